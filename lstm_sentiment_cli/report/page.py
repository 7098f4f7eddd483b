"""One HTML page of all that was measured; it needs nothing from elsewhere."""

import json
import shlex
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.figures import TITLES, parts, verdict
from lstm_sentiment_cli.model.card import one_line
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.rendering.cells import fitted
from lstm_sentiment_cli.rendering.style import label_colours
from lstm_sentiment_cli.report.pictures import (
    Picture,
    drawn_labels,
    examples,
)
from lstm_sentiment_cli.report.theme import COLOURS, themed, variable

MEANINGS = {
    "accuracy": "right answers among all",
    "average_recall": "share of a label that is found, mean over labels",
    "macro_precision": "share of a label's answers that are right, mean",
    "macro_f1": "precision and recall in one, mean over labels",
    "roc_auc": "how well labels are ranked; chance has 0.5",
    "pr_auc": "mean precision as more and more are found",
    "log_loss": "mean -ln of the right label's probability; 0 is best",
    "brier": "mean squared error of probabilities; 0 is best",
    "ece": "how far confidence is from accuracy; 0 is best",
}
GROUPS = {
    "answers": ("accuracy", "average_recall", "macro_precision", "macro_f1"),
    "probabilities": ("roc_auc", "pr_auc", "log_loss", "brier", "ece"),
}
HEADLINES = ("accuracy", "macro_f1", "roc_auc", "ece")
_FILE_FACTS = ("name", "sha256", "rows", "by_label", "weight", "strip_emoticons")
# A tweet is shorter; what is longer is no text for this model.
_TEXT_CELLS = 600


def page(measured: Measurement, manifest: Manifest, pictures: Sequence[Picture]) -> str:
    """Return the page; what users and strangers wrote is escaped wherever it stands."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "count": "{:,}".format,
        "examples": examples,
        "parts": lambda bounded, name: parts(name, bounded),
        "shown": lambda text, cells=_TEXT_CELLS: fitted(str(text), cells),
        "themed": themed,
    }
    return environment.from_string(_resource("page.html")).render(
        style=_resource("page.css"),
        measured=measured,
        evaluation=measured.evaluation,
        pictures={picture.name: picture for picture in pictures},
        swatches={
            label: variable(shade)
            for label, shade in label_colours(drawn_labels(measured.evaluation)).items()
        },
        verdict=verdict,
        titles=TITLES,
        meanings=MEANINGS,
        groups=GROUPS,
        headlines=HEADLINES,
        colours=COLOURS,
        made=_made(manifest),
        command=_command(manifest.provenance),
        data_files=_data_files(manifest.provenance),
        hyperparameters=_as_json(manifest.hyperparameters),
        version=version("lstm-sentiment-cli"),
    )


def _resource(name: str) -> str:
    return files("lstm_sentiment_cli.report").joinpath(name).read_text(encoding="utf-8")


def _made(manifest: Manifest) -> dict[str, str]:
    """Return what is known of how a model was made, whichever version of us wrote it."""
    facts: dict[str, object] = {
        "labels": manifest.labels,
        "temperature": manifest.temperature,
        "precision": manifest.precision,
        **manifest.provenance,
    }
    shown_apart = ("data", "command")
    return {
        # A seed is a name more than a number: 20261, not 20,261.
        _words(name): str(fact) if name == "seed" else _facts(fact)
        for name, fact in facts.items()
        if fact is not None and name not in shown_apart
    }


def _facts(fact: object) -> str:
    """Return {"training_rows": 180, "parent": None} as "training rows 180, parent -"."""
    if isinstance(fact, dict):
        return ", ".join(f"{_words(name)} {one_line(each)}" for name, each in fact.items())
    return one_line(fact)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _command(provenance: Mapping[str, object]) -> str | None:
    words = provenance.get("command")
    return shlex.join(map(str, words)) if isinstance(words, list) else None


def _data_files(provenance: Mapping[str, object]) -> list[dict[str, str]]:
    """Return the facts of each file of the training data; a dash for what is not known."""
    data = provenance.get("data")
    files = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    return [{fact: one_line(each.get(fact)) for fact in _FILE_FACTS} for each in files]


def _as_json(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: json.dumps(fact, ensure_ascii=False) for name, fact in facts.items()}
