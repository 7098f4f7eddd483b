"""README.md of a model folder: the model card, written from the facts the folder holds."""

import json
import shlex
from collections.abc import Iterator, Mapping

from lstm_sentiment_cli.model.chosen import how_chosen
from lstm_sentiment_cli.model.kinds import kinds_of_text
from lstm_sentiment_cli.model.manifest import (
    CARD,
    GRAPH,
    HISTORY,
    MANIFEST,
    METRICS,
    TOKENIZER,
    Manifest,
)
from lstm_sentiment_cli.model.markdown import bullets, code, one_line, section, table
from lstm_sentiment_cli.text.tokenizer import Tokenizer

Facts = Mapping[str, object]

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
        _opening(manifest) + "\n",
        section("How to use it", _usage(name)),
        section("Figures", _figures(metrics)),
        section("Kinds of text", kinds_of_text(metrics, _figure)),
        section("Behaviour", *map(_behaviour, _objects(metrics.get("behaviour")))),
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


def _opening(manifest: Manifest) -> str:
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


def _figures(metrics: Facts) -> str:
    rows = [
        [
            code(measured.get("name", "validation")),
            one_line(measured.get("rows")),
            *(_figure(measured.get(name)) for name in ("accuracy", "macro_f1")),
            *(_figure(measured.get(name)) for name in ("average_recall", "log_loss")),
        ]
        for measured in _measured(metrics)
    ]
    header = ("measured on", "rows", "accuracy", "macro F1", "average recall", "log loss")
    figures = table(header, rows)
    note = f"\n\n{_TUNED}" if metrics.get("used_for_choosing") is True else ""
    return figures and f"Of the exported network; in brackets the 95 % interval.\n\n{figures}{note}"


def _measured(metrics: Facts) -> Iterator[Facts]:
    """Yield each set of figures: those of validation, then those measured on other data."""
    if "accuracy" in metrics:
        yield metrics
    yield from _objects(metrics.get("evaluations"))


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
    return [*counts, _figure(rate.get("rate"))]


def _figure(value: object) -> str:
    """Return 0.82, or a share with its interval: 0.82 (0.80 to 0.84), in as few digits."""
    match value:
        case {"value": int() | float() as share, "low": low, "high": high} if all(
            isinstance(bound, int | float) for bound in (low, high)
        ):
            return f"{share:.3f} ({low:.3f} to {high:.3f})"
        case {"value": int() | float() as share}:
            return f"{share:.3f}"
        case int() | float():
            return f"{value:.3f}"
        case _:
            return one_line(None)


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
        for file in _objects(provenance.get("data"))
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
        for file in _objects(provenance.get("data"))
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
        for step in _objects(provenance.get("calibrations"))
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


def _objects(value: object) -> list[Facts]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
