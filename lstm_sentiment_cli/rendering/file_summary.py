"""The result of scoring a file: counts, a histogram, the most confident lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.text import Text

from lstm_sentiment_cli.rendering.cells import (
    PERCENTAGE_CELLS,
    count_bars,
    fitted,
    fitted_line,
    percentage,
)
from lstm_sentiment_cli.rendering.style import Display, label_colours

_NARROWEST_TEXT = 20


class Line(NamedTuple):
    """A line of the file about which the model is confident."""

    probability: float
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class FileSummary:
    """The result of scoring a file."""

    path: str
    labels: tuple[str, ...]
    records: int  # all of them, also those that could not be read
    counts: Mapping[str, int]
    """Answer → number of records; every label, and "uncertain" if it occurs."""
    histogram: Sequence[int]
    """Number of records by the probability of the first label, in intervals of equal width."""
    surest: Mapping[str, Sequence[Line]]
    """Label → the lines with its highest probabilities, highest first, no text twice."""
    unreadable: int = 0
    undecodable: int = 0
    truncated: int = 0
    max_tokens: int = 0  # how many tokens of a text the model reads
    stopped: bool = False  # whether the user stopped it before the end of the file


def file_summary(summary: FileSummary, display: Display) -> Text:
    """Return counts, histogram and most confident lines under headings."""
    colours = label_colours(summary.labels)
    parts = [fitted_line(_told(summary), display, "bold")]
    scored = sum(summary.counts.values())
    if scored:
        counts = count_bars(summary.counts, display, colours)
        parts += [counts, Text(), *_histogram(summary, display)]
        for label, lines in summary.surest.items():
            if lines:
                parts += [Text(), *_surest(label, lines, display)]
    if notes := _notes(summary):
        parts += [Text(), *(fitted_line(note, display, "dim") for note in notes)]
    return Text("\n").join(parts)


def _told(summary: FileSummary) -> str:
    noun = "record" if summary.records == 1 else "records"
    stopped = "stopped after " if summary.stopped else ""
    return f"{summary.path}: {stopped}{summary.records:,} {noun}"


def _histogram(summary: FileSummary, display: Display) -> list[Text]:
    """Return a heading and a line for each interval: "0.0-0.1 1,203  60.0% ██████"."""
    bins = len(summary.histogram)
    counts = {
        f"{number / bins:.1f}-{(number + 1) / bins:.1f}": count
        for number, count in enumerate(summary.histogram)
    }
    heading = fitted_line(f"probability of {summary.labels[0]}", display, "bold")
    return [heading, count_bars(counts, display)]


def _surest(label: str, lines: Sequence[Line], display: Display) -> list[Text]:
    """Return a heading and lines: the percentage, the line number if there is room, the text."""
    number_cells = max(len(f"{line.number:,}") for line in lines)
    numbered = display.width - PERCENTAGE_CELLS - number_cells - 2 >= _NARROWEST_TEXT
    said = f"most {label}, with line numbers" if numbered else f"most {label}"
    shown = [fitted_line(said, display, "bold")]
    for line in lines:
        head = f"{percentage(line.probability)} "
        if numbered:
            head += f"{line.number:>{number_cells},} "
        room = max(display.width - len(head), 1)
        shown.append(Text(head + fitted(line.text, room, display.ellipsis)))
    return shown


def _notes(summary: FileSummary) -> list[str]:
    notes = []
    if summary.unreadable:
        notes.append(f"{summary.unreadable:,} could not be read")
    if summary.undecodable:
        notes.append(f"{summary.undecodable:,} contain bytes that are not UTF-8")
    if summary.truncated:
        notes.append(
            f"{summary.truncated:,} were truncated: "
            f"the model reads the first {summary.max_tokens} tokens"
        )
    return notes
