"""What was measured, written into files: as one page, or each plot by itself."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.atomic import check_writable, write_folder, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.writer import STDOUT, Destination, open_destination

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.model.manifest import Manifest
    from lstm_sentiment_cli.report.pictures import History


_OTHERWISE = "or choose another place"


def require() -> None:
    """Raise SentimentError when what draws and writes is not installed; nothing is imported."""
    if not all(map(find_spec, ("matplotlib", "jinja2"))):
        raise SentimentError(
            "reports and plots need Matplotlib and Jinja; install them with: "
            "pip install 'lstm-sentiment-cli[report]'"
        )


def check_report(path: Path, *, force: bool) -> None:
    """Raise SentimentError when no report can be written there, before its seconds are spent."""
    _open(path, force=force).discard()


def check_plots(folder: Path, *, force: bool) -> None:
    """Raise SentimentError when no folder of plots can be written there."""
    with writing(folder, _OTHERWISE):
        check_writable(folder.parent)
        _check_place(folder, force=force)


def write_report(
    path: Path, measured: "Measurement", manifest: "Manifest", history: "History", *, force: bool
) -> None:
    """Write the page; an older one stays as it was until the new one is whole."""
    require()
    destination = _open(path, force=force)
    try:
        with _silent():
            from lstm_sentiment_cli.report.page import page
            from lstm_sentiment_cli.report.pictures import pictures

            written = page(measured, manifest, pictures(measured, history))
        destination.write(written.encode())
    except BaseException:
        destination.discard()
        raise
    destination.commit()


def write_plots(
    folder: Path, measured: "Measurement", history: "History", *, force: bool
) -> list[Path]:
    """Write a folder of plots as SVG files and return them; it is there whole or not at all."""
    require()
    check_plots(folder, force=force)
    with _silent():
        from lstm_sentiment_cli.report.pictures import pictures

        drawn = {f"{each.name}.svg": each.svg.encode() for each in pictures(measured, history)}
    write_folder(folder, drawn, lambda place: _check_place(place, force=force), _OTHERWISE)
    return [folder / name for name in drawn]


def _open(path: Path, *, force: bool) -> Destination:
    if str(path) == STDOUT:
        raise SentimentError(
            "a report goes to a file, standard output has the figures; name one like report.html",
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
                f"{folder} is not replaced: {entry.name} in it is no plot; name another folder",
                "plots",
            )


@contextmanager
def _silent() -> Iterator[None]:
    """Keep Matplotlib from telling of its caches and of the fonts it looks for."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
