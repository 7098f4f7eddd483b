"""A measurement written into files: as one page, or each plot by itself."""

import logging
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.atomic import check_writable, write_folder, writing
from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.records.writer import STDOUT, Destination, open_destination, write_whole

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.report.pictures import History

_OTHERWISE = "or choose another place"
_OF_PAGES = (".html", ".htm", "")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a page and a folder of SVG files go, those that are wanted."""

    report: Path | None = None
    plots: Path | None = None
    force: bool = False

    def check(self) -> None:
        """Raise SentimentError if they cannot be written, before seconds are spent on them."""
        if self.report or self.plots:
            require()
        if self.report:
            self._open(self.report).discard()
        if self.plots:
            with writing(self.plots, _OTHERWISE):
                check_writable(self.plots.parent)
                self._check_plots(self.plots)

    def write(self, measured: "Measurement", predictor: "Predictor", history: "History") -> None:
        """Write the page, with explanations of its mistakes, and the plots, each as a whole."""
        self.check()
        # Matplotlib would report its caches and the fonts it looks for.
        logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
        from lstm_sentiment_cli.report.pictures import pictures

        drawn = pictures(measured, history)
        if self.report:
            from lstm_sentiment_cli.inference.explanation import explain
            from lstm_sentiment_cli.report.page import page

            explanations = explain(predictor, [mistake.text for mistake in measured.mistakes])
            self.write_page(page(measured, predictor.manifest, drawn, explanations))
        if self.plots:
            files = {f"{each.name}.svg": each.svg.encode() for each in drawn}
            write_folder(self.plots, files, self._check_plots, _OTHERWISE)

    def write_page(self, page: str) -> None:
        """Write a page where the report goes."""
        assert self.report
        write_whole(self._open(self.report), page.encode())

    def _open(self, path: Path) -> Destination:
        with blaming("report"):
            if path.suffix.lower() not in _OF_PAGES:
                raise SentimentError(
                    f"a report is a page of HTML, but {path} is not; name the file {path.stem}.html"
                )
            if str(path) == STDOUT:
                raise SentimentError(
                    "a report goes to a file, because tables go to standard output; "
                    "give a name such as report.html"
                )
            return open_destination(str(path), force=self.force)

    def _check_plots(self, folder: Path) -> None:
        """Raise SentimentError unless nothing is there, or only plots that may be replaced."""
        if not os.path.lexists(folder):
            return
        with blaming("plots"):
            if not folder.is_dir():
                raise SentimentError(f"cannot write {folder}: it is a file; name a folder")
            if not self.force:
                raise SentimentError(
                    f"{folder} already exists; replace it with --force, or name another folder"
                )
            other = next((each for each in folder.iterdir() if each.suffix != ".svg"), None)
            if other:
                raise SentimentError(
                    f"cannot replace {folder}: it contains {other.name}, which is not a plot; "
                    "name another folder"
                )


def require() -> None:
    """Raise SentimentError if the libraries for reports are not installed; import none of them."""
    if not all(map(find_spec, ("matplotlib", "jinja2"))):
        raise SentimentError(
            "reports and plots need Matplotlib and Jinja; install them with: "
            "pip install 'lstm-sentiment-cli[report]'"
        )
