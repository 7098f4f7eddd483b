"""One HTML page of a whole measurement, which loads nothing from elsewhere."""

import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined

from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.figures import METRICS, parts, verdict
from lstm_sentiment_cli.inference.explanation import Explanation
from lstm_sentiment_cli.model.card import objects_in, one_line
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.rendering.cells import cells, fitted
from lstm_sentiment_cli.rendering.explanations import hue, shade, strongest
from lstm_sentiment_cli.rendering.style import Display, label_colours, visible
from lstm_sentiment_cli.report.pictures import Picture, drawn_labels, examples
from lstm_sentiment_cli.report.plots import COLOURS, themed, variable

HEADLINES = ("accuracy", "macro_f1", "roc_auc", "ece")
_FILE_FACTS = ("name", "sha256", "rows", "by_label", "weight", "strip_emoticons")
# Tweets are shorter; the rest of longer texts is cut off.
_TEXT_CELLS = 600
_STRONGEST = Display(80, unicode=True, colours=0)
_FILTERS: dict[str, Callable[..., object]] = {
    "count": "{:,}".format,
    "examples": examples,
    "parts": lambda bounded, name: parts(name, bounded),
    "shown": lambda text, cells=_TEXT_CELLS: fitted(str(text), cells),
    "themed": themed,
}


def page(
    measured: Measurement,
    manifest: Manifest,
    pictures: Sequence[Picture],
    explanations: Sequence[Explanation],
) -> str:
    """Return the page; all text from users is escaped. An explanation belongs to each mistake."""
    labels = measured.evaluation.labels
    drawn = list(drawn_labels(measured.evaluation).values())
    command = manifest.provenance.get("command")
    return rendered(
        "page.html",
        measured=measured,
        evaluation=measured.evaluation,
        pictures={picture.name: picture for picture in pictures},
        mistakes=[
            (mistake, list(pieces(mistake.text, why, labels)), strongest(why, labels, _STRONGEST))
            for mistake, why in zip(measured.mistakes, explanations, strict=True)
        ],
        swatches={label: variable(shade) for label, shade in label_colours(drawn).items()},
        verdict=verdict,
        metrics=METRICS,
        headlines=HEADLINES,
        made=_made(manifest),
        command=shlex.join(map(str, command)) if isinstance(command, list) else None,
        data_files=[
            {fact: one_line(each.get(fact)) for fact in _FILE_FACTS}
            for each in objects_in(manifest.provenance.get("data"))
        ],
        hyperparameters={
            name: json.dumps(value, ensure_ascii=False)
            for name, value in manifest.hyperparameters.items()
        },
    )


def rendered(template: str, **values: object) -> str:
    """Return a page made of a template of this folder, with style and colours; all is escaped."""
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    return environment.get_template(template).render(
        style=_resource("page.css"),
        colours=COLOURS,
        version=version("lstm-sentiment-cli"),
        **values,
    )


class Piece(NamedTuple):
    """A part of a text, with the colour of the label it speaks for."""

    text: str
    shade: int = 0  # how strongly it speaks, from 0, not at all, to 3
    colour: str = ""


def pieces(text: str, explanation: Explanation, labels: Sequence[str]) -> Iterator[Piece]:
    """Yield the parts of a text, made visible and cut off where it is long."""
    found, end = [], 0
    for each in explanation.contributions:
        colour = variable(hue(each, explanation, labels))
        found.append(Piece(text[end : each.start]))
        found.append(Piece(text[each.start : each.end], shade(each, explanation), colour))
        end = each.end
    room = _TEXT_CELLS
    for piece in (*found, Piece(text[end:])):
        shown = fitted(piece.text, room)
        yield piece._replace(text=shown)
        room -= cells(shown)
        if shown != visible(piece.text):  # it was cut off
            return


def _resource(name: str) -> str:
    return files("lstm_sentiment_cli.report").joinpath(name).read_text(encoding="utf-8")


def _made(manifest: Manifest) -> dict[str, str]:
    """Return what is known about how a model was made, by whatever version."""
    facts: dict[str, object] = {
        "labels": manifest.labels,
        "temperature": manifest.temperature,
        "precision": manifest.precision,
        **manifest.provenance,
    }
    return {
        # A seed is a name rather than a number: 20261, not 20,261.
        name.replace("_", " "): str(fact) if name == "seed" else _facts(fact)
        for name, fact in facts.items()
        if fact is not None and name not in {"data", "command"}  # shown apart
    }


def _facts(fact: object) -> str:
    """Return {"training_rows": 180, "parent": None} as "training rows 180, parent -"."""
    if isinstance(fact, dict):
        words = (f"{name.replace('_', ' ')} {one_line(each)}" for name, each in fact.items())
        return ", ".join(words)
    return one_line(fact)
