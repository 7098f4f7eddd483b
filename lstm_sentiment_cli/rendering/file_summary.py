"""The result of scoring a file: counts, a histogram, the most confident lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.text import Text

from lstm_sentiment_cli.rendering.cells import PERCENTAGE_CELLS, count_bars, fitted, percentage
from lstm_sentiment_cli.rendering.style import Display, label_colours

_NARROWEST_TEXT = 20


class Line(NamedTuple):
    """A line of the file that a model is sure of."""

    probability: float
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What there is to say of a file that was scored."""

    path: str
    labels: tuple[str, ...]
    records: int
    """Scored or not, unreadable ones too."""
    counts: Mapping[str, int]
    """Answer → records that got it; every label, and "uncertain" where there are some."""
    histogram: Sequence[int]
    """Records by the probability of the first label, in intervals as wide as each other."""
    surest: Mapping[str, Sequence[Line]]
    """Label → the lines it is the likeliest of, the surest first, no text twice."""
    unreadable: int = 0
    undecodable: int = 0
    truncated: int = 0
    max_tokens: int = 0
    """So many tokens of a text the model reads."""
    stopped: bool = False
    """Before the end of the file: this is what came before."""


def file_summary(summary: FileSummary, display: Display) -> Text:
    """Return counts, histogram and surest lines under headings, with empty lines between."""
    colours = label_colours(summary.labels)
    parts = [_fitted(_told(summary), display, "bold")]
    scored = sum(summary.counts.values())
    if scored:
        counts = count_bars(summary.counts, display, colours)
        parts += [counts, Text(), *_histogram(summary, display)]
        for label, lines in summary.surest.items():
            if lines:
                parts += [Text(), *_surest(label, lines, display)]
    if notes := _notes(summary):
        parts += [Text(), *(_fitted(note, display, "dim") for note in notes)]
    return Text("\n").join(parts)


def _told(summary: FileSummary) -> str:
    noun = "record" if summary.records == 1 else "records"
    stopped = "stopped after " if summary.stopped else ""
    return f"{summary.path}: {stopped}{summary.records:,} {noun}"


def _fitted(text: str, display: Display, style: str) -> Text:
    return Text(fitted(text, display.width, display.ellipsis), style=style)


def _histogram(summary: FileSummary, display: Display) -> list[Text]:
    """Return a heading, and a line for each interval: "0.0-0.1 1,203 ██████"."""
    bins = len(summary.histogram)
    highest = max(*summary.histogram, 1)
    figures = [f"{count:,}" for count in summary.histogram]
    figure_cells = max(map(len, figures))
    lines = [_fitted(f"probability of {summary.labels[0]}", display, "bold")]
    for number, count in enumerate(summary.histogram):
        low, high = number / bins, (number + 1) / bins
        head = f"{low:.1f}-{high:.1f} {figures[number]:>{figure_cells}} "
        drawn = display.bar(count / highest, display.width - len(head))
        lines.append(Text(head + drawn))
    return lines


def _surest(label: str, lines: Sequence[Line], display: Display) -> list[Text]:
    """Return a heading, and a line each: percentage, where it stands if there is room, the text."""
    number_cells = max(len(f"{line.number:,}") for line in lines)
    numbered = display.width - PERCENTAGE_CELLS - number_cells - 2 >= _NARROWEST_TEXT
    said = f"most {label}, with line numbers" if numbered else f"most {label}"
    shown = [_fitted(said, display, "bold")]
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
