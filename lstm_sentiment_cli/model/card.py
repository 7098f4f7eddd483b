"""README.md of a model folder: the model card, written from the facts the folder holds."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lstm_sentiment_cli.figures import (
    NONE,
    TITLES,
    difference,
    figure,
    interval_in,
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


def section(title: str, *paragraphs: str) -> str:
    """Return a section of the paragraphs that hold something, or nothing when none does."""
    filled = [paragraph for paragraph in paragraphs if paragraph]
    return "\n\n".join([f"## {title}", *filled]) + "\n" if filled else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or nothing when it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(header)} |", "|---" * len(header) + "|", *lines])


def bullets(facts: Mapping[str, object]) -> str:
    """Return "- name: value" for the facts that are known."""
    return "\n".join(
        f"- {name}: {one_line(value)}" for name, value in facts.items() if value is not None
    )


Facts = Mapping[str, object]


def kinds_of_text(metrics: Facts) -> str:
    """Return a table of the accuracy by kind of text, a column for each set that has them."""
    columns: dict[str, dict[str, object]] = {}
    evaluations = metrics.get("evaluations")
    for measured in evaluations if isinstance(evaluations, list) else []:
        if isinstance(measured, Mapping) and isinstance(measured.get("slices"), list):
            columns[one_line(measured.get("name"))] = {
                one_line(each.get("name")): each.get("accuracy")
                for each in measured["slices"]
                if isinstance(each, Mapping)
            }
    kinds = dict.fromkeys(kind for column in columns.values() for kind in column)
    rows = [
        [
            kind.replace("|", " "),
            *(_figure("accuracy", column.get(kind)) for column in columns.values()),
        ]
        for kind in kinds
    ]
    return table(("kind of text", *map(code, columns)), rows)


_PROPOSERS = {
    "bayesian": "Bayesian optimisation",
    "random": "random search",
    "grid": "a grid",
}
_OBJECTIVES = {"log_loss": "lowest mean log loss", "accuracy": "highest mean accuracy"}


def how_chosen(search: object) -> list[str]:
    """Return sentences from the facts of provenance["search"]; what is not known is left out.

    Nothing but numbers and words of our own comes out, whatever the facts hold.
    """
    if not isinstance(search, Mapping):
        return []
    return list(filter(None, [_trials(search), _scores(search), *_comparison(search)]))


def _trials(search: Mapping[str, object]) -> str:
    trials, folds = _count(search.get("complete")), _count(search.get("folds"))
    proposer = _PROPOSERS.get(str(search.get("algorithm")))
    objective = _OBJECTIVES.get(str(search.get("objective")))
    if not (trials and folds and proposer and objective):
        return ""
    if trials == "1":
        return f"The only complete trial was chosen, trained on {folds} folds."
    return (
        f"Of {trials} complete trials, proposed by {proposer} (Keras Tuner) and each trained on "
        f"{folds} folds, the one of the {objective} was chosen."
    )


def _scores(search: Mapping[str, object]) -> str:
    score, of_reference = _mean(search.get("score")), _mean(search.get("reference_score"))
    if not score:
        return ""
    if search.get("trial") == search.get("reference"):
        return f"It is the reference network itself, with {score}: no trial was better."
    other = f", the reference {of_reference}" if of_reference else ""
    return (
        f"Trial {_count(search.get('trial')) or '-'} had {score}{other}: mean and standard "
        "deviation over the folds, which were used for choosing and so flatter the winner."
    )


def _comparison(search: Mapping[str, object]) -> list[str]:
    facts = search.get("comparison")
    if facts is None:
        return ["Nothing was held out: no rows tell whether it is better than the reference."]
    if not isinstance(facts, Mapping):
        return []
    rows, accuracy = _count(facts.get("rows")), interval_in(facts.get("accuracy"))
    if not (rows and accuracy):
        return []
    measured = f"On {rows} rows that no trial saw, its accuracy was {share(accuracy)}"
    reference = interval_in(facts.get("reference_accuracy"))
    outcome = verdict("this model", "the reference", facts)
    if not (reference and outcome):
        return [f"{measured}."]
    said = f"{measured}, the reference's {share(reference)}. {outcome[0].upper()}{outcome[1:]}."
    return [said, *_log_losses(facts)]


def _log_losses(facts: Mapping[str, object]) -> list[str]:
    names = ("log_loss", "reference_log_loss", "log_loss_difference")
    ours, reference, gained = (interval_in(facts.get(name)) for name in names)
    if not (ours and reference and gained):
        return []
    _, low, high = gained
    beyond = "lower" if high < 0 else "higher" if low > 0 else ""
    return [
        f"Its log loss on them was {figure('log_loss', ours)}, the reference's "
        f"{figure('log_loss', reference)}: a difference of {difference(gained)}, "
        f"{f'{beyond} by more than chance' if beyond else 'which may be chance'}."
    ]


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else ""


def _mean(value: object) -> str:
    """Return {"mean": 0.4512, "deviation": 0.0031} as 0.4512 ± 0.0031."""
    match value:
        case {"mean": int() | float() as mean, "deviation": int() | float() as deviation}:
            return f"{mean:.4f} ± {deviation:.4f}"
        case _:
            return ""


_INTENDED_USE = """\
For the overall tone of many short informal English texts, or a first impression of one.
Read the probabilities, not only the answer: near one half the model does not know."""

_LIMITS = """\
- It has read English tweets; other languages and long texts are beyond it.
- Irony and sarcasm, quotations, and praise or blame that only the context shows are often misread.
- Dialects, and groups whose language is rare in its training data, are read less well.
- A name or a topic can carry a tone of its own, from the texts in which it stood.
- Words and emoji younger than its training data are unknown to it.
- It is not made for decisions about people."""

_TUNED = """\
`cross-validation` is of the folds' networks instead, each on the rows that it had not learnt;
the hyperparameters were chosen by these figures, which flatter them.
`hold-out` is of this network before it learnt these rows, too."""

_FILES = (
    (f"`{MANIFEST}`", "labels, hyperparameters, temperature, provenance, checksums"),
    (f"`{TOKENIZER}`", "the vocabulary, and the version of the normaliser"),
    (f"`{GRAPH}`", "the network with its weights; it ends in logits"),
    (f"`{METRICS}`", "what was measured, with intervals"),
    (f"`{HISTORY}`", "loss and accuracy by epoch"),
    (f"`{CARD}`", "this card"),
)


def card(name: str, manifest: Manifest, metrics: Facts, tokenizer: Tokenizer) -> str:
    """Return the card as Markdown; a fact that is not known is left out or shown as a dash."""
    sections = [
        f"# {one_line(name)}\n",
        opening(manifest) + "\n",
        section("How to use it", _usage(name)),
        section("Figures", _figures(metrics)),
        section("Kinds of text", kinds_of_text(metrics)),
        section("Behaviour", *map(_behaviour, objects_in(metrics.get("behaviour")))),
        section("Network", _network(manifest, tokenizer)),
        section("Training data", _training_data(manifest.provenance)),
        section("How it was chosen", "\n".join(how_chosen(manifest.provenance.get("search")))),
        section("How it was trained", _training(manifest.provenance)),
        section("How it was calibrated", _calibrations(manifest.provenance)),
        section("How it was quantised", _quantisation(manifest.provenance.get("quantisation"))),
        section("Intended use", _INTENDED_USE),
        section("Limits", _LIMITS),
        section("Files", table(("file", "what it holds"), _FILES)),
    ]
    return "\n".join(filter(None, sections))


def opening(manifest: Manifest) -> str:
    """Return what a model is, in a few sentences; labels are code spans."""
    *labels, last = map(code, manifest.labels)
    version, created = (manifest.provenance.get(key) for key in ("package_version", "created"))
    trainer = f"lstm-sentiment {one_line(version)}" if version else "lstm-sentiment"
    when = f" on {one_line(created)[:10]}" if created else ""
    return (
        "A stacked LSTM for short informal English texts.\n"
        f"It gives the probability that a text is {', '.join(labels)} or {last}, in this order.\n"
        f"Trained by {trainer}{when}; it runs offline, on ONNX Runtime."
    )


def _usage(name: str) -> str:
    return (
        f"    lstm-sentiment predict --model {shlex.quote(one_line(name))} 'i love this'\n\n"
        "or in Python\n\n"
        "    from lstm_sentiment_cli import SentimentModel\n"
        f"    SentimentModel.load({one_line(name)!r}).predict(['i love this'])"
    )


_METRICS = ("accuracy", "macro_f1", "average_recall", "log_loss")


def _figures(metrics: Facts) -> str:
    rows = [
        [
            code(measured.get("name", "validation")),
            one_line(measured.get("rows")),
            *(_figure(name, measured.get(name)) for name in _METRICS),
        ]
        for measured in measured_on(metrics)
    ]
    header = ("measured on", "rows", *map(TITLES.__getitem__, _METRICS))
    figures = table(header, rows)
    note = f"\n\n{_TUNED}" if metrics.get("used_for_choosing") is True else ""
    return figures and f"Of the exported network; in brackets the 95% interval.\n\n{figures}{note}"


def measured_on(metrics: Facts) -> Iterator[Facts]:
    """Yield each set of figures: those of validation, then those measured on other data."""
    if "accuracy" in metrics:
        yield metrics
    yield from objects_in(metrics.get("evaluations"))


def _behaviour(recorded: Facts) -> str:
    """Return what was passed of the behaviour suite: by capability, the worst first."""
    by_capability = recorded.get("by_capability")
    rates = dict(by_capability) if isinstance(by_capability, Mapping) else {}
    rows = [
        [one_line(name).replace("|", " "), *_passed(rate)]
        for name, rate in [*rates.items(), ("total", recorded)]
        if isinstance(rate, Mapping)
    ]
    header = ("capability", "passed", "of", "rate")
    return f"{code(recorded.get('name'))}, cases for single capabilities:\n\n{table(header, rows)}"


def _passed(rate: Facts) -> list[str]:
    counts = [one_line(rate.get(fact)).replace("|", " ") for fact in ("passed", "asked")]
    return [*counts, _figure("rate", rate.get("rate"))]


def _figure(name: str, fact: object) -> str:
    """Return a metric with its interval, as far as it is known."""
    if bounded := interval_in(fact):
        return figure(name, bounded)
    match fact:
        case {"value": int() | float() as value} | (int() | float() as value):
            return parts(name, (value, value, value))[0]
        case _:
            return NONE


def _network(manifest: Manifest, tokenizer: Tokenizer) -> str:
    # As JSON: what a config file would say, 18000 and not 18,000.
    knobs = manifest.hyperparameters.items()
    rows = [(code(name), code(json.dumps(value, ensure_ascii=False))) for name, value in knobs]
    facts: Facts = {
        "vocabulary": f"{len(tokenizer.vocabulary):,} tokens",
        "longest text": f"{tokenizer.max_tokens:,} tokens; what comes after is not read",
        "temperature of the probabilities": manifest.temperature,
        "precision of the weights": manifest.precision,
    }
    return "\n\n".join(filter(None, [bullets(facts), table(("hyperparameter", "value"), rows)]))


def _training_data(provenance: Facts) -> str:
    rows = [
        [
            code(file.get("name")),
            *(one_line(file.get(fact)) for fact in ("rows", "by_label", "weight")),
            *(one_line(file.get("strip_emoticons")), code(str(file.get("sha256"))[:12])),
        ]
        for file in objects_in(provenance.get("data"))
    ]
    header = ("file", "rows", "by label", "weight", "emoticons left out", "sha256")
    split = provenance.get("split")
    facts = split if isinstance(split, Mapping) else {}
    known = {
        "rows for training": facts.get("training_rows"),
        "rows for validation": facts.get("validation_rows"),
        "fingerprint of all examples": provenance.get("fingerprint"),
    }
    ways = {
        f"{code(file.get('name'))} was read": way
        for file in objects_in(provenance.get("data"))
        if (way := _reading(file))
    }
    return "\n\n".join(filter(None, [table(header, rows), bullets(ways), bullets(known)]))


def _reading(file: Facts) -> str:
    """Return what else was done with a file's rows; a model of before knows nothing of it."""
    ways = {
        "with labels balanced": file.get("balanced") is True,
        "for its words alone": file.get("unlabelled") is True,
        f"with emoji added to a share of {one_line(file.get('emoji'))}": file.get("emoji"),
        f"in a share of {one_line(file.get('share'))}": file.get("share", 1) != 1,
    }
    return ", ".join(way for way, done in ways.items() if done)


def _training(provenance: Facts) -> str:
    seconds, seed = provenance.get("seconds"), provenance.get("seed")
    command = provenance.get("command")
    known = {
        "epochs": provenance.get("epochs"),
        "best epoch": provenance.get("best_epoch"),
        "seed": None if seed is None else str(seed),
        "minutes": round(seconds / 60, 1) if isinstance(seconds, int | float) else None,
        "goes on from": provenance.get("parent"),
        "learnt from": provenance.get("teachers") or None,
        "made with": provenance.get("versions"),
    }
    words = command if isinstance(command, list) else []
    typed = "    " + " ".join(shlex.quote(one_line(str(word))) for word in words) if words else ""
    return "\n\n".join(filter(None, [typed, bullets(known)]))


def _calibrations(provenance: Facts) -> str:
    """Return a line for each temperature that was fitted after the training."""
    facts = ("rows", "temperature_before", "temperature_after")
    rows = [
        [
            one_line(step.get("created"))[:10],
            code(step.get("files")),
            *(one_line(step.get(fact)) for fact in facts),
        ]
        for step in objects_in(provenance.get("calibrations"))
    ]
    return table(("on", "fitted to", "rows", "temperature before", "after"), rows)


def _quantisation(facts: object) -> str:
    """Return what the weights' fewer bits did to the rows they were checked on."""
    if not isinstance(facts, Mapping):
        return ""
    names = {
        "from": "parent",
        "checked on": "files",
        "rows": "rows",
        "share of answers that changed": "flipped",
        "largest difference of a probability": "largest_difference",
        "accuracy before": "accuracy_before",
        "accuracy after": "accuracy_after",
    }
    return bullets({shown: facts.get(name) for shown, name in names.items()})


def objects_in(value: object) -> list[Facts]:
    """Return the objects of a list in JSON; [] for all else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
