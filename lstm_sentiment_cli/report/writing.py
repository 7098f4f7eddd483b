"""A measurement written into files: as one page, or each plot by itself."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.atomic import check_writable, write_folder, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.writer import STDOUT, Destination, open_destination

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.report.pictures import History, Picture

_OTHERWISE = "or choose another place"


def require() -> None:
    """Raise SentimentError if the libraries for reports are not installed; import none of them."""
    if not all(map(find_spec, ("matplotlib", "jinja2"))):
        raise SentimentError(
            "reports and plots need Matplotlib and Jinja; install them with: "
            "pip install 'lstm-sentiment-cli[report]'"
        )


def check_report(path: Path, *, force: bool) -> None:
    """Raise SentimentError if no report can be written there, before seconds are spent on it."""
    _open(path, force=force).discard()


def check_plots(folder: Path, *, force: bool) -> None:
    """Raise SentimentError if no folder of plots can be written there."""
    with writing(folder, _OTHERWISE):
        check_writable(folder.parent)
        _check_place(folder, force=force)


def write_report(
    path: Path, measured: "Measurement", predictor: "Predictor", history: "History", *, force: bool
) -> None:
    """Write the page, with explanations of its mistakes; an older page stays until it is whole."""
    drawn = _pictures(measured, history)
    from lstm_sentiment_cli.inference.explanation import explain
    from lstm_sentiment_cli.report.page import page

    explanations = explain(predictor, [mistake.text for mistake in measured.mistakes])
    content = page(measured, predictor.manifest, drawn, explanations).encode()
    destination = _open(path, force=force)
    try:
        destination.write(content)
    except BaseException:
        destination.discard()
        raise
    destination.commit()


def write_plots(
    folder: Path, measured: "Measurement", history: "History", *, force: bool
) -> list[Path]:
    """Write a folder of plots as SVG files and return them; it is written whole or not at all."""
    check_plots(folder, force=force)
    drawn = {f"{each.name}.svg": each.svg.encode() for each in _pictures(measured, history)}
    write_folder(folder, drawn, lambda place: _check_place(place, force=force), _OTHERWISE)
    return [folder / name for name in drawn]


def _pictures(measured: "Measurement", history: "History") -> "list[Picture]":
    require()
    # Matplotlib would report its caches and the fonts it looks for.
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    from lstm_sentiment_cli.report.pictures import pictures

    return pictures(measured, history)


def _open(path: Path, *, force: bool) -> Destination:
    if str(path) == STDOUT:
        raise SentimentError(
            "a report goes to a file, because tables go to standard output; "
            "give a name such as report.html",
            "report",
        )
    return open_destination(str(path), force=force)


def _check_place(folder: Path, *, force: bool) -> None:
    """Raise SentimentError unless nothing is there, or only plots that may be replaced."""
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise SentimentError(f"cannot write {folder}: it is a file; name a folder", "plots")
    if not force:
        raise SentimentError(
            f"{folder} exists already; replace it with --force, or name another folder", "plots"
        )
    for entry in folder.iterdir():
        if entry.suffix != ".svg":
            raise SentimentError(
                f"{folder} is not replaced: {entry.name} in it is not a plot; name another folder",
                "plots",
            )
