"""What was measured of a model: metrics, slices, mistakes, behaviour, comparisons, thresholds."""

from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.figures import METRICS, figure, points, share
from lstm_sentiment_cli.rendering.cells import lines_with_text, percentage, plain_table
from lstm_sentiment_cli.rendering.style import Display, visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.behaviour import (
        BehaviourResult,
        Outcome,
        Rate,
        Rates,
        SuiteResult,
    )
    from lstm_sentiment_cli.evaluation.comparison import Comparison
    from lstm_sentiment_cli.evaluation.measurement import Mistake
    from lstm_sentiment_cli.evaluation.people import Changed, PeopleResult, Shift
    from lstm_sentiment_cli.evaluation.predictions import Evaluation
    from lstm_sentiment_cli.evaluation.slices import SliceMetrics
    from lstm_sentiment_cli.evaluation.threshold import ThresholdChoice
    from lstm_sentiment_cli.inference.decision import Decision


def metrics_table(
    model: str, evaluation: "Evaluation", comparison: "Comparison[Evaluation] | None"
) -> Table:
    """Return a line for each metric, "accuracy  81.2% (80.4-82.0)"; a peer has its own column."""
    headings = [model, comparison.peer] if comparison else ["value (95% interval)"]
    evaluations = [evaluation, comparison.result] if comparison else [evaluation]
    table = plain_table("metric", *headings)
    for name, metric in METRICS.items():
        table.add_row(metric.title, *(figure(name, each.metrics[name]) for each in evaluations))
    table.add_row("examples", *(f"{each.rows:,}" for each in evaluations))
    return table


def label_table(evaluation: "Evaluation") -> Table:
    """Return a line for each label: precision, recall, F1 and the number of examples."""
    table = plain_table("label", "precision", "recall", "F1", "examples")
    for label, figures in evaluation.by_label.items():
        metrics = map(share, (figures.precision, figures.recall, figures.f1))
        table.add_row(visible(label), *metrics, f"{figures.support:,}")
    return table


def counts_table(labels: Sequence[str], rows: Sequence[Sequence[int]]) -> Table:
    """Return a confusion matrix as metrics.json has it: a list for each true label."""
    table = plain_table("true label", *(f"as {label}" for label in labels))
    for number, (label, counts) in enumerate(zip(labels, rows, strict=True)):
        cells = [Text(f"{count:,}") for count in counts]
        cells[number].style = "bold"  # the diagonal
        table.add_row(visible(label), *cells)
    return table


def counts_lines(labels: Sequence[str], rows: Sequence[Sequence[int]]) -> list[str]:
    """Return a confusion matrix for a log: "true label positive: 90 as positive, 10 as …"."""
    return [
        f"true label {label}: "
        + ", ".join(f"{count:,} as {other}" for other, count in zip(labels, counts, strict=True))
        for label, counts in zip(labels, rows, strict=True)
    ]


def slice_table(slices: Sequence["SliceMetrics"]) -> Table:
    """Return a line for each kind of text, the worst first: its accuracy, and that of the rest.

    It is marked "worse" if the two intervals do not overlap, "few rows" if they mean little.
    """
    table = plain_table("texts", "rows", "accuracy", "accuracy on the rest", "")
    for each in slices:
        mark = "few rows" if each.small else "worse" if each.worse else ""
        table.add_row(each.name, f"{each.rows:,}", share(each.accuracy), share(each.rest), mark)
    return table


_EXPECTED = {"same": "the same", "up": "more positive", "down": "more negative"}


def behaviour_table(model: str, suite: "SuiteResult") -> Table:
    """Return a line for each capability, the worst first, then for each kind, then the total.

    "negation  15/22  68.2% (47.3-83.6)"; the rate of a peer has a column of its own.
    """
    beside = suite.comparison
    headings = [model, beside.peer] if beside else ["rate (95% interval)"]
    table = plain_table(_CAPABILITY[suite.name], "passed", *headings)
    of_model = _sections(suite.rates)
    of_peer = _sections(beside.result) if beside else [{}] * len(of_model)
    for section, theirs in zip(of_model, of_peer, strict=True):
        for title, rate in section.items():
            peer = [share(theirs[title].share)] if beside else []
            table.add_row(visible(title), f"{rate.passed}/{rate.asked}", share(rate.share), *peer)
        table.add_section()
    return table


_CAPABILITY = {"behaviour": "capability", "reversals": "capability (reversals)"}


def _sections(rates: "Rates") -> "list[dict[str, Rate]]":
    kinds = rates.by_kind if len(rates.by_kind) > 1 else {}
    return [dict(rates.worst_first()), kinds, {"total": rates.total}]


def people_table(behaviour: "BehaviourResult") -> Table:
    """Return a line for each kind of word for people, then for each tone of text, then the total.

    "religion  31/44  70.5% (55.8-81.8)  muslim -1.43": sets whose answer changes with the word, and
    the largest shift of log-odds. The share of a peer takes the place of the shift.
    """
    people, beside = behaviour.people, behaviour.people_comparison
    headings = [behaviour.model, beside.peer] if beside else ["share (95% interval)", "top shift"]
    table = plain_table("words for people", "sets changed", *headings)
    largest = {kind: its[0] for kind, its in people.shifts.items()} | {_ALL: people.largest_shift}
    of_peer = _changes(beside.result) if beside else [{}] * 3
    for section, theirs in zip(_changes(people), of_peer, strict=True):
        for title, its in section.items():
            last = share(theirs[title].share) if beside else _shift(largest.get(title))
            table.add_row(title, f"{its.changed}/{its.sets}", share(its.share), last)
        table.add_section()
    return table


_ALL = "total"


def _changes(people: "PeopleResult") -> "list[dict[str, Changed]]":
    by_tone = {f"{tone} texts": its for tone, its in people.by_tone.items()}
    return [people.by_kind, by_tone, {_ALL: people.total}]


def _shift(shift: "Shift | None") -> str:
    return f"{shift.word} {shift.log_odds:+.2f}" if shift else ""


def right_tones(people: "PeopleResult") -> str:
    """Return the shares of texts with the right answer: "right tone: positive texts 91.0% (…)"."""
    shares = (f"{tone} texts {share(its)}" for tone, its in people.right.items())
    return f"right tone: {', '.join(shares)}"


def some_failures(suite: "SuiteResult", most: int) -> list["Outcome"]:
    """Return some failures: one of each capability, the worst first, then a second of each."""
    by_capability: dict[str, list[Outcome]] = {each: [] for each, _ in suite.rates.worst_first()}
    for failure in suite.failures:
        by_capability[failure.case.capability].append(failure)
    rounds = chain.from_iterable(zip_longest(*by_capability.values()))
    return [failure for failure in rounds if failure is not None][:most]


def failure_lines(failures: Sequence["Outcome"], display: Display) -> Text:
    """Return a heading and a line for each failure: "positive  negative 97.2%  never let down".

    The second text of a pair has a line of its own below, which begins with an arrow.
    """
    arrow = display.sign("→ ", "-> ")
    rows = [("expected", "predicted", "text")]
    for each in failures:
        expected = _EXPECTED.get(each.case.expected, each.case.expected)
        rows.append((expected, _answered(each, arrow), each.case.text))
        if each.case.other:
            rows.append(("", "", arrow + each.case.other))
    return lines_with_text(rows, display)


def _answered(failure: "Outcome", arrow: str) -> str:
    """Return "negative 97.2%", "positive → negative", or the two tones: "+0.731 → +0.702"."""
    if failure.case.expected in {"up", "down"}:
        return f" {arrow}".join(f"{tone:+.3f}" for tone in failure.tones)
    if len(failure.answers) > 1:
        return f" {arrow}".join(failure.predicted)
    return f"{failure.predicted[0]} {percentage(max(failure.answers[0].values())).strip()}"


def to_paste(decision: "Decision") -> Text:
    """Return the rule as options of `predict`, and as lines of lstm-sentiment.toml."""
    options, settings = [], ["[predict]"]
    if decision.threshold is not None:
        options.append(f"--threshold {decision.threshold:g}")
        settings.append(f"threshold = {decision.threshold:g}")
    if decision.uncertain is not None:
        band = ",".join(f"{end:g}" for end in decision.uncertain)
        options.append(f"--uncertain {band}")
        settings.append(f'uncertain = "{band}"')
    return Text.assemble(
        "options for predict:\n",
        (f"  {' '.join(options)}\n", "bold"),
        "or in lstm-sentiment.toml:",
        *(f"\n  {line}" for line in settings),
    )


def figures_table(found: "ThresholdChoice") -> Table:
    """Return the effect of the rule on all rows."""
    answers, gain = found.metrics, found.gain
    table = plain_table("metric", "value (95% interval)")
    if gain is None:
        table.add_row("rows answered", f"{answers.coverage:.1%}")
        table.add_row("accuracy on these", share(answers.accuracy))
    else:
        what = gain.objective.replace("-", " ").replace("f1", "F1")
        table.add_row(f"{what} at 0.5", f"{gain.before:.1%}")
        table.add_row(f"{what} at {found.decision.threshold:g}", f"{gain.after:.1%}")
        table.add_row("difference", points(gain.difference))
    table.add_row("rows", f"{answers.rows:,}")
    return table


def answers_table(found: "ThresholdChoice") -> Table:
    """Return a line for each label: precision, recall and the number of answers."""
    table = plain_table("label", "precision", "recall", "answers")
    for label, its in found.metrics.by_label.items():
        table.add_row(
            visible(label), share(its.precision), f"{its.recall.value:.1%}", f"{its.answers:,}"
        )
    return table


def mistake_lines(mistakes: Sequence["Mistake"], display: Display, *, several_files: bool) -> Text:
    """Return a heading and a line for each mistake: " 99.1% positive negative 12 oh great".

    With several files, the line number follows the name of its file: "a.csv:12".
    """
    rows = [("sure", "predicted", "true", "line", "text")]
    for each in mistakes:
        line = f"{PurePath(each.file).name}:{each.line}" if several_files else str(each.line)
        rows.append((percentage(each.probability), each.predicted, each.label, line, each.text))
    return lines_with_text(rows, display)
