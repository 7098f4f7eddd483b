"""`lstm-sentiment evaluate`, and the metrics that a model must reach."""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import DATA, MODEL, OUTPUT, option
from lstm_sentiment_cli.cli.settings import given_by
from lstm_sentiment_cli.cli.terminal import Terminal, print_json
from lstm_sentiment_cli.errors import ExitCode, SentimentError, blaming, suggestion
from lstm_sentiment_cli.figures import METRICS, PEERS, PEOPLE_METRICS, metric_of
from lstm_sentiment_cli.records.formats import either

if TYPE_CHECKING:
    from rich.console import Console

    from lstm_sentiment_cli.evaluation.behaviour import BehaviourResult
    from lstm_sentiment_cli.evaluation.comparison import Comparison
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.evaluation.metrics import Interval

# Typer exports no name for the error whose exit code is 2.
_UsageError: Any = typer.BadParameter.__base__

Behaviour = Annotated[
    bool,
    option("--behaviour", "Test single capabilities on built-in cases, in place of DATA.", DATA),
]
OnlyRandom = Annotated[
    bool,
    option("--only-random", "Measure only on the rows that label drew at random.", DATA),
]
Against = Annotated[
    str | None,
    option(
        "--against MODEL|vader|majority",
        "Compare with another model, VADER or the most frequent label, on the same rows.",
        MODEL,
        values=lambda: [*PEERS, *options.model_names()],
    ),
]
Mistakes = Annotated[
    int | None,
    option(
        "--mistakes N",
        "Number of mistakes to show, the most confident first.",
        OUTPUT,
        default="10; in JSON and report 20",
    ),
]
Report = Annotated[Path | None, option("--report FILE", "Write an HTML report.", OUTPUT)]
Plots = Annotated[Path | None, option("--plots DIR", "Write the plots as SVG files.", OUTPUT)]
FailUnder = Annotated[
    list[str] | None,
    option(
        "--fail-under NAME=VALUE",
        "Exit with code 4 if a metric is below VALUE: accuracy=0.8. Repeatable.",
        OUTPUT,
    ),
]
_LOSSES = [name for name, each in (METRICS | PEOPLE_METRICS).items() if each.lower_is_better]
FailOver = Annotated[
    list[str] | None,
    option(
        "--fail-over NAME=VALUE",
        f"Exit with code 4 if {either(_LOSSES)} is above VALUE. Repeatable.",
        OUTPUT,
    ),
]
Record = Annotated[
    str | None,
    option("--record NAME", "Add the metrics to the model's card, under this name.", OUTPUT),
]


def evaluate(
    context: typer.Context,
    data: options.OptionalDataFiles = None,
    *,
    behaviour: Behaviour = False,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    skip_unreadable: options.SkipUnreadable = False,
    only_random: OnlyRandom = False,
    model: options.Model = options.DEFAULT_MODEL,
    against: Against = None,
    mistakes: Mistakes = None,
    report: Report = None,
    plots: Plots = None,
    record: Record = None,
    fail_under: FailUnder = None,
    fail_over: FailOver = None,
    force: options.Force = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Measure a model on labelled files.

    Shows metrics with 95% intervals, the confusion matrix, the kinds of text the model is worse
    on, and its most confident mistakes. --behaviour needs no data: it tests negation, emoji,
    names and some twenty other capabilities on small cases, and whether words for groups of
    people change the answer; --fail-under then takes behaviour=0.7 and behaviour.negation=0.6,
    --fail-over people.changed=0.05.

    Examples:
      lstm-sentiment evaluate tweets.csv
      lstm-sentiment evaluate tweets.csv --against majority
      lstm-sentiment evaluate --behaviour --fail-under behaviour=0.7
    """
    terminal = Terminal(quiet, no_color)
    _check_options(context)
    from lstm_sentiment_cli.evaluation.behaviour import behaviour_names, evaluate_behaviour
    from lstm_sentiment_cli.evaluation.comparison import open_peer
    from lstm_sentiment_cli.evaluation.measurement import MOST_MISTAKES, record_result
    from lstm_sentiment_cli.evaluation.predictions import metric_names
    from lstm_sentiment_cli.inference.predictor import Predictor, bulk_processes
    from lstm_sentiment_cli.model.folder import load_artifact
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.report.writing import Places

    places = Places(report, plots, force)
    places.check()
    folder = find_model(model)
    predictor = Predictor.load(folder, children=bulk_processes())
    known = (behaviour_names if behaviour else metric_names)(predictor.labels)
    requirements = read_requirements(fail_under or (), fail_over or (), known)
    peer = None if against is None else open_peer(against, predictor)
    result: BehaviourResult | Measurement
    if behaviour:
        result = evaluate_behaviour(predictor, peer)
    else:
        files = data_files(data or (), text_column, label_column, encoding, delimiter)
        files = [replace(file, only_random=only_random) for file in files]
        result = options.measure(
            predictor,
            files,
            terminal,
            peer,
            skip_unreadable=skip_unreadable,
            most_mistakes=MOST_MISTAKES if mistakes is None else mistakes,
            metrics=True,
        )
        if report or plots:
            places.write(result, predictor, load_artifact(folder).history)
    if record:
        record_result(folder, record, result)
    _show(result, terminal, _SHOWN if mistakes is None else mistakes, as_json=as_json)
    _enforce(requirements, result.by_name())


_SHOWN = 10  # mistakes or failures, unless another number is asked for
# Options that are about DATA, or about what is written of it.
_OF_DATA = (
    *("text_column", "label_column", "encoding", "delimiter", "skip_unreadable", "only_random"),
    *("mistakes", "report", "plots", "force"),
)


def _check_options(context: typer.Context) -> None:
    """Raise an error if DATA is missing, or for what would have no effect beside --behaviour.

    What a settings file says about DATA is passed over: it is meant for other runs.
    """
    given = context.params
    if given["mistakes"] is not None and given["mistakes"] < 0:
        raise SentimentError(f"--mistakes must be 0 or more, got {given['mistakes']}", "mistakes")
    if not given["behaviour"]:
        if not given["data"]:
            raise _UsageError("Missing argument 'DATA'.", ctx=context)
        return
    for name in _OF_DATA:
        if flag := given_by(context, name):
            raise SentimentError(f"{flag} has no effect with --behaviour; leave one of them out")
    if data := given["data"]:
        problem = f"--behaviour tests built-in cases, not {data[0]}"
        raise SentimentError(f"{problem}; leave one of them out")


def _show(
    result: "BehaviourResult | Measurement", terminal: Terminal, most: int, *, as_json: bool
) -> None:
    from lstm_sentiment_cli.evaluation.behaviour import BehaviourResult

    if isinstance(result, BehaviourResult):
        _say_skipped(result, terminal)
    if as_json:
        print_json(result.to_json())
    elif isinstance(result, BehaviourResult):
        _show_behaviour(result, terminal)
    else:
        _show_metrics(result, terminal, most)


def _say_skipped(result: "BehaviourResult", terminal: Terminal) -> None:
    from lstm_sentiment_cli.figures import counted

    if skipped := sum(suite.not_asked for suite in result.suites.values()):
        cases = counted(skipped, "case")
        terminal.say(f"skipped {cases} that expect a label the model does not have")


def _show_behaviour(result: "BehaviourResult", terminal: Terminal) -> None:
    """Print a table of each suite with some failures, then how much words for people matter."""
    from lstm_sentiment_cli.figures import counted
    from lstm_sentiment_cli.rendering import evaluations as tables

    console = terminal.stdout()
    for suite in result.suites.values():
        console.print(tables.behaviour_table(result.model, suite))
        if failures := tables.some_failures(suite, _SHOWN):
            console.print(tables.failure_lines(failures, terminal.display(console)), soft_wrap=True)
            if more := len(suite.failures) - len(failures):
                console.print(f"and {counted(more, 'more failure')}: --json lists all of them")
        _show_verdict(result.model, suite.comparison, console, of="pass rate", row="case")
    console.print(tables.people_table(result), tables.right_tones(result.people))
    compared = result.people_comparison
    _show_verdict(result.model, compared, console, of="share unchanged", row="set")


def _show_metrics(measured: "Measurement", terminal: Terminal, most: int) -> None:
    """Print the metrics, the confusion matrix, slices and mistakes."""
    from lstm_sentiment_cli.rendering import evaluations as tables

    console = terminal.stdout()
    evaluation, comparison = measured.evaluation, measured.comparison
    console.print(
        tables.metrics_table(measured.model, evaluation, comparison),
        tables.label_table(evaluation),
        tables.counts_table(evaluation.labels, evaluation.confusion.tolist()),
        tables.slice_table(measured.slices),
    )
    if mistakes := measured.mistakes[:most]:
        several, display = len(measured.files) > 1, terminal.display(console)
        lines = tables.mistake_lines(mistakes, display, several_files=several)
        console.print(lines, soft_wrap=True)
    _show_verdict(measured.model, comparison, console)


def _show_verdict(
    model: str,
    comparison: "Comparison[Any] | None",
    console: "Console",
    *,
    of: str = "accuracy",
    row: str = "row",
) -> None:
    from lstm_sentiment_cli.figures import verdict
    from lstm_sentiment_cli.rendering.style import visible

    if comparison:
        said = verdict(model, comparison.peer, comparison.paired.to_json(), of=of, row=row)
        console.print("", visible(said), sep="\n")


Requirement = tuple[str, float]
"""A metric, as the JSON names it, and the worst value that is good enough."""


def read_requirements(
    under: Sequence[str], over: Sequence[str], known: Sequence[str]
) -> list[Requirement]:
    """Read --fail-under and --fail-over: "accuracy=0.8"; known are the names of all metrics."""
    options = (("fail-under", under), ("fail-over", over))
    return [_read(typed, option, known) for option, given in options for typed in given]


def misses(requirements: Sequence[Requirement], metrics: "Mapping[str, Interval]") -> Iterator[str]:
    """Yield a line for each metric that is worse than required, or undefined."""
    for metric, limit in requirements:
        measured = metrics[metric]
        if not measured.defined:
            yield f"failed: {metric} is undefined on examples of a single label"
        elif metric in _LOSSES and measured.value > limit:
            yield f"failed: {metric} is {measured.value:.6g}, above {limit:g}"
        elif metric not in _LOSSES and measured.value < limit:
            yield f"failed: {metric} is {measured.value:.6g}, below {limit:g}"


def _enforce(requirements: Sequence[Requirement], metrics: "Mapping[str, Interval]") -> None:
    """End with exit code 4 and a line on stderr, --quiet or not, for each requirement missed."""
    from lstm_sentiment_cli.rendering.style import visible

    lines = list(misses(requirements, metrics))
    for line in lines:
        sys.stderr.write(visible(line) + "\n")
    if lines:
        raise typer.Exit(ExitCode.FIGURE_MISSED)


def _read(typed: str, option: str, known: Sequence[str]) -> Requirement:
    with blaming(option.replace("-", "_")):
        metric, equals, value = typed.rpartition("=")  # a label may contain the sign too
        if not equals:
            loss = "ece=0.03" if "ece" in known else "people.changed=0.05"
            example = f"{known[0]}=0.8" if option == "fail-under" else loss
            raise SentimentError(f"--{option} takes NAME=VALUE, such as {example}; got '{typed}'")
        if metric not in known:
            simple = [name for name in known if "." not in name or name in PEOPLE_METRICS]
            other = next(name for name in known if name not in simple)
            raise SentimentError(
                f"--{option}: unknown metric '{metric}'{suggestion(metric, known)}; "
                f"choose from {', '.join(simple)}, and more such as {other}"
            )
        right, better = ("fail-over", "lower") if metric in _LOSSES else ("fail-under", "higher")
        if option != right:
            raise SentimentError(f"for {metric}, {better} is better: use --{right} {typed}")
        try:
            limit = float(value)
        except ValueError:
            limit = math.nan
        low, high = metric_of(metric).bounds
        if not low <= limit <= high:
            bounds = f"{low:g} or more" if high == math.inf else f"from {low:g} to {high:g}"
            raise SentimentError(f"{metric} must be {bounds}; got '{value}'")
        return metric, limit
