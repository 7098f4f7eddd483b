"""README.md of a model folder: the model card, written from the facts that the folder holds.

The facts come from JSON that anyone may have written. What is missing or of another kind is left
out or shown as a dash.
"""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from lstm_sentiment_cli.figures import (
    NONE,
    difference,
    figure,
    interval_in,
    metric_of,
    parts,
    share,
    verdict,
)
from lstm_sentiment_cli.model.manifest import (
    CARD,
    GRAPH,
    HISTORY,
    MANIFEST,
    METRICS,
    TOKENIZER,
    Manifest,
)
from lstm_sentiment_cli.text.tokenizer import Tokenizer

Facts = Mapping[str, object]

_USAGE = """\
    lstm-sentiment predict --model {} 'i love this'

or in Python

    from lstm_sentiment_cli import SentimentModel
    SentimentModel.load({!r}).predict(['i love this'])"""

_INTENDED_USE = """\
For the overall tone of many short, informal English texts, or a first impression of one.
Read the probabilities, not only the label: close to one half, the model is unsure."""

_LIMITS = """\
- It was trained on English tweets, not on other languages or long texts.
- It often misreads irony and sarcasm, quotations, and praise or blame that only shows in context.
- It is less accurate on dialects and on the language of groups that are rare in its training data.
- A name or a topic can sway the answer by itself, because of the training texts that mention it.
- It does not know words or emoji that are newer than its training data.
- It is not made for decisions about people."""

_TUNED = """\
`cross-validation` measures the networks of the folds, each on the rows it was not trained on.
The hyperparameters were chosen by these metrics, which are therefore optimistic.
`hold-out` measures this network before it was trained on these rows too."""

_CARD_METRICS = ("accuracy", "macro_f1", "average_recall", "log_loss")
_FILES = {
    MANIFEST: "labels, hyperparameters, temperature, provenance, checksums",
    TOKENIZER: "the vocabulary, and the version of the normaliser",
    GRAPH: "the network with its weights; its outputs are logits",
    METRICS: "the metrics, with intervals",
    HISTORY: "loss and accuracy by epoch",
    CARD: "this card",
}


def card(name: str, manifest: Manifest, metrics: Facts, tokenizer: Tokenizer) -> str:
    """Return the card as Markdown."""
    provenance = manifest.provenance
    sections: dict[str, Iterable[str]] = {
        "How to use it": [_USAGE.format(shlex.quote(one_line(name)), one_line(name))],
        "Metrics": _metrics(metrics),
        "Kinds of text": [kinds_of_text(metrics)],
        "Behaviour": chain.from_iterable(map(_behaviour, objects_in(metrics.get("behaviour")))),
        "Network": _network(manifest, tokenizer),
        "Training data": _training_data(manifest),
        "Choice of hyperparameters": ["\n".join(how_chosen(provenance.get("search")))],
        "Training": _training(provenance),
        "Calibration": [_calibrations(objects_in(provenance.get("calibrations")))],
        "Intended use": [_INTENDED_USE],
        "Limits": [_LIMITS],
        "Files": [_table({"file": code(name), "content": its} for name, its in _FILES.items())],
    }
    text = [f"# {one_line(name)}", opening(manifest)]
    for title, paragraphs in sections.items():
        if filled := list(filter(None, paragraphs)):
            text += [f"## {title}", *filled]
    return "\n\n".join(text) + "\n"


def opening(manifest: Manifest) -> str:
    """Return what a model is, in a few sentences; labels are code spans."""
    *labels, last = map(code, manifest.labels)
    version, created = (manifest.provenance.get(key) for key in ("package_version", "created"))
    trainer = f"lstm-sentiment {one_line(version)}" if version else "lstm-sentiment"
    when = f" on {one_line(created)[:10]}" if created else ""
    return (
        "A stacked LSTM for short, informal English texts.\n"
        f"It gives the probability that a text is {', '.join(labels)} or {last}, in this order.\n"
        f"It was trained by {trainer}{when} and runs offline, on ONNX Runtime."
    )


def _metrics(metrics: Facts) -> Iterator[str]:
    rows = _table(
        {"measured on": code(each.get("name", "validation")), "rows": _cell(each.get("rows"))}
        | {metric_of(name).title: _figure(name, each.get(name)) for name in _CARD_METRICS}
        for each in measured_on(metrics)
    )
    if rows:
        yield "Metrics of the exported network, with 95% intervals in brackets."
        yield rows
        if metrics.get("used_for_choosing") is True:
            yield _TUNED


def measured_on(metrics: Facts) -> Iterator[Facts]:
    """Yield each set of metrics: those on the validation rows, then those on other data."""
    if "accuracy" in metrics:
        yield metrics
    yield from objects_in(metrics.get("evaluations"))


def kinds_of_text(metrics: Facts) -> str:
    """Return a table of the accuracy by kind of text, with a column for each data set."""
    accuracies = {
        code(measured.get("name")): {
            one_line(each.get("name")): each.get("accuracy") for each in slices
        }
        for measured in objects_in(metrics.get("evaluations"))
        if (slices := objects_in(measured.get("slices")))
    }
    return _table(
        {"kind of text": _cell(kind)}
        | {name: _figure("accuracy", found.get(kind)) for name, found in accuracies.items()}
        for kind in dict.fromkeys(chain.from_iterable(accuracies.values()))
    )


def _behaviour(recorded: Facts) -> Iterator[str]:
    """Yield how many cases of the behaviour suites passed, and how much words for people matter."""
    yield f"{code(recorded.get('name'))}, cases that each test a single capability:"
    yield _rates(recorded)
    if reversals := _object(recorded.get("reversals")):
        yield "More cases, for what turns the tone of the words:"
        yield _rates(reversals)
    yield from _people(_object(recorded.get("people")))


def _rates(recorded: Facts) -> str:
    """Return how many cases of a suite passed: by capability, the worst first."""
    rates = {**_object(recorded.get("by_capability")), "total": recorded}
    return _table(
        {
            "capability": _cell(capability),
            "passed": _cell(_object(rate).get("passed")),
            "of": _cell(_object(rate).get("asked")),
            "rate": _figure("rate", _object(rate).get("rate")),
        }
        for capability, rate in rates.items()
    )


def _people(recorded: Facts) -> Iterator[str]:
    """Yield in how many sets of texts the answer changes with a word for people, by kind."""
    if not recorded:
        return
    yield (
        "Words for people: texts that differ only in a word for a group, or in a name.\n"
        f"In {_cell(recorded.get('changed'))} of {_cell(recorded.get('sets'))} sets of them the "
        "answer changes.\n"
        "A shift is how far a word moves the log-odds of positive from the mean of its kind."
    )
    kinds = {**_object(recorded.get("by_kind")), "total": recorded}
    yield _table(
        {
            "words for people": _cell(kind),
            "changed": _cell(its.get("changed")),
            "of": _cell(its.get("sets")),
            "share": _figure("share", its.get("share")),
            "largest shift": _shift(its.get("largest_shift")),
        }
        for kind, its in zip(kinds, map(_object, kinds.values()), strict=True)
    )


def _shift(fact: object) -> str:
    """Return {"word": "young", "log_odds": -0.3} as young -0.30."""
    match fact:
        case {"word": word, "log_odds": int() | float() as log_odds}:
            return f"{_cell(word)} {log_odds:+.2f}"
        case _:
            return NONE


def _network(manifest: Manifest, tokenizer: Tokenizer) -> Iterator[str]:
    yield bullets(
        {
            "vocabulary": f"{len(tokenizer.vocabulary):,} tokens",
            "longest text": f"{tokenizer.max_tokens:,} tokens; the rest of a text is not read",
            "temperature of the probabilities": manifest.temperature,
            "precision of the weights": manifest.precision,
        }
    )
    yield _table(
        # As JSON: what a config file would say, 18000 and not 18,000.
        {"hyperparameter": code(name), "value": code(json.dumps(value, ensure_ascii=False))}
        for name, value in manifest.hyperparameters.items()
    )


def _training_data(manifest: Manifest) -> Iterator[str]:
    provenance = manifest.provenance
    files = objects_in(provenance.get("data"))
    yield _table(
        {
            "file": code(file.get("name")),
            "rows": _cell(file.get("rows")),
            "by label": _cell(file.get("by_label")),
            "weight": _cell(file.get("weight")),
            "emoticons removed": _cell(file.get("strip_emoticons")),
            "sha256": code(str(file.get("sha256"))[:12]),
        }
        for file in files
    )
    yield _teaching(files, manifest.hyperparameters.get("teacher_share"))
    yield bullets({code(file.get("name")): _treatment(file) or None for file in files})
    split = _object(provenance.get("split"))
    yield bullets(
        {
            "rows for training": split.get("training_rows"),
            "rows for validation": split.get("validation_rows"),
            "fingerprint of all examples": provenance.get("fingerprint"),
        }
    )


def _teaching(files: Sequence[Facts], teacher_share: object) -> str:
    """Return what was learnt from probabilities, if anything was."""
    rows = ", ".join(
        f"{rows} rows of {code(file.get('name'))}"
        for file in files
        if (rows := _count(file.get("with_probabilities"))).strip("0")
    )
    if not rows:
        return ""
    told = (
        f"It learnt from the probabilities that another classifier gave: {rows}.\n"
        "A row without a label counts as having its most probable one."
    )
    if any(file.get("with_both") for file in files):
        told += (
            "\nWhere a row has a label too, their weight in the target is "
            f"{code(teacher_share)} (`teacher_share`)."
        )
    return told


def _treatment(file: Facts) -> str:
    """Return what else was done with the rows of a file, as far as the facts tell."""
    done = {
        "labels balanced": file.get("balanced") is True,
        # Of models that earlier versions made.
        "used for its words only": file.get("unlabelled") is True,
        f"emoji added to a share of {one_line(file.get('emoji'))}": file.get("emoji"),
        f"a share of {one_line(file.get('share'))} used": file.get("share", 1) != 1,
    }
    return ", ".join(what for what, is_done in done.items() if is_done)


_PROPOSERS = {"bayesian": "Bayesian optimisation", "random": "random search", "grid": "grid search"}
_OBJECTIVES = {"log_loss": "lowest mean log loss", "accuracy": "highest mean accuracy"}


def how_chosen(search: object) -> list[str]:
    """Return how a search chose the hyperparameters, in sentences, as far as it is known.

    `search` is provenance["search"]. Only numbers and words of our own come out of it.
    """
    facts = _object(search)
    return list(filter(None, [_trials(facts), _scores(facts), *_comparison(facts)]))


def _trials(search: Facts) -> str:
    trials, folds = _count(search.get("complete")), _count(search.get("folds"))
    proposer = _PROPOSERS.get(str(search.get("algorithm")))
    objective = _OBJECTIVES.get(str(search.get("objective")))
    if not (trials and folds and proposer and objective):
        return ""
    if trials == "1":
        return f"The only complete trial was chosen, trained on {folds} folds."
    return (
        f"Of {trials} complete trials, proposed by {proposer} (Keras Tuner) and each trained on "
        f"{folds} folds, the one with the {objective} was chosen."
    )


def _scores(search: Facts) -> str:
    score, of_reference = _mean(search.get("score")), _mean(search.get("reference_score"))
    if not score:
        return ""
    if search.get("trial") == search.get("reference"):
        return f"It is the reference network itself, which scored {score}: no trial was better."
    other = f", the reference {of_reference}" if of_reference else ""
    return (
        f"Trial {_count(search.get('trial')) or '-'} scored {score}{other} (mean and standard "
        "deviation over the folds). It was chosen by this score, which is therefore optimistic."
    )


def _comparison(search: Facts) -> Iterator[str]:
    if search and search.get("comparison") is None:
        yield "No rows were held out, so it was not compared with the reference on new data."
    facts = _object(search.get("comparison"))
    rows, accuracy = _count(facts.get("rows")), interval_in(facts.get("accuracy"))
    if not (rows and accuracy):
        return
    measured = f"On {rows} rows that no trial used, its accuracy was {share(accuracy)}"
    reference = interval_in(facts.get("reference_accuracy"))
    outcome = verdict("this model", "the reference", facts)
    if reference and outcome:
        outcome = outcome[0].upper() + outcome[1:]
        yield f"{measured}, that of the reference {share(reference)}. {outcome}."
        yield _log_losses(facts)
    else:
        yield f"{measured}."


def _log_losses(facts: Facts) -> str:
    names = ("log_loss", "reference_log_loss", "log_loss_difference")
    ours, reference, gained = (interval_in(facts.get(name)) for name in names)
    if not (ours and reference and gained):
        return ""
    _, low, high = gained
    beyond = "lower" if high < 0 else "higher" if low > 0 else ""
    return (
        f"Its log loss on these rows was {figure('log_loss', ours)}, that of the reference "
        f"{figure('log_loss', reference)}: a difference of {difference(gained)}, "
        f"{f'significantly {beyond}' if beyond else 'which may be due to chance'}."
    )


def _training(provenance: Facts) -> Iterator[str]:
    seconds, seed = provenance.get("seconds"), provenance.get("seed")
    command = provenance.get("command")
    if isinstance(command, list) and command:
        yield "    " + " ".join(shlex.quote(one_line(str(word))) for word in command)
    yield bullets(
        {
            "epochs": provenance.get("epochs"),
            "best epoch": provenance.get("best_epoch"),
            "seed": None if seed is None else str(seed),
            "minutes": round(seconds / 60, 1) if isinstance(seconds, int | float) else None,
            "continued from": provenance.get("parent"),
            "teachers": provenance.get("teachers") or None,  # of models of earlier versions
            "versions": provenance.get("versions"),
        }
    )


def _calibrations(steps: Iterable[Facts]) -> str:
    """Return a row for each temperature that was fitted after the training."""
    return _table(
        {
            "date": one_line(step.get("created"))[:10],
            "fitted to": code(step.get("files")),
            "rows": _cell(step.get("rows")),
            "temperature before": _cell(step.get("temperature_before")),
            "after": _cell(step.get("temperature_after")),
        }
        for step in steps
    )


def one_line(value: object) -> str:
    r"""Return a value on one line: "a\n b" → "a b", 12000 → "12,000", True → "yes", None → "-"."""
    if isinstance(value, list | tuple):
        return ", ".join(map(one_line, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{one_line(key)} {one_line(each)}" for key, each in value.items())
    if value is None or isinstance(value, bool):
        return {None: NONE, True: "yes", False: "no"}[value]
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return " ".join(str(value).split())


def code(value: object) -> str:
    r"""Return a value as a code span, in which nothing is markup: "a|<b>" → "`a\|<b>`"."""
    # A bar ends a cell even in a code span, and a backtick would end the span.
    return f"`{one_line(value).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def bullets(facts: Facts) -> str:
    """Return "- name: value" for the facts that are known."""
    return "\n".join(
        f"- {name}: {one_line(value)}" for name, value in facts.items() if value is not None
    )


def objects_in(value: object) -> list[Facts]:
    """Return the objects of a list in JSON; [] for anything else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _object(value: object) -> Facts:
    return value if isinstance(value, Mapping) else {}


def _table(rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows of title → cell as a table; nothing without rows."""
    lines: list[str] = []
    for row in rows:
        lines = lines or [f"| {' | '.join(row)} |", "|---" * len(row) + "|"]
        lines.append(f"| {' | '.join(row.values())} |")
    return "\n".join(lines)


def _cell(value: object) -> str:
    return one_line(value).replace("|", " ")


def _figure(name: str, fact: object) -> str:
    """Return a metric with its interval, as far as it is known."""
    if bounded := interval_in(fact):
        return figure(name, bounded)
    match fact:
        case {"value": int() | float() as value} | (int() | float() as value):
            return parts(name, (value, value, value))[0]
        case _:
            return NONE


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else ""


def _mean(value: object) -> str:
    """Return {"mean": 0.4512, "deviation": 0.0031} as 0.4512 ± 0.0031."""
    match value:
        case {"mean": int() | float() as mean, "deviation": int() | float() as deviation}:
            return f"{mean:.4f} ± {deviation:.4f}"
        case _:
            return ""
