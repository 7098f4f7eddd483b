"""The surest mistakes, a line each, the text last, so that no text can shift a column."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.bars import percentage
from lstm_sentiment_cli.rendering.blocks import ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.mistakes import Mistake

_HEADINGS = ("  sure", "answered", "right", "line", "text")
_WIDEST = 20
_NARROWEST_TEXT = 20


def mistake_lines(
    mistakes: Sequence["Mistake"], width: int, *, several_files: bool, unicode: bool = True
) -> Text:
    """Return a heading and a line for each mistake: " 99.1% positive negative 12 oh great".

    Where there are several files, the name of its own stands before the line: "a.csv:12". A narrow
    terminal leaves out where a text stands.
    """
    rows = [
        (
            percentage(each.probability),
            each.predicted,
            each.label,
            f"{PurePath(each.file).name}:{each.line}" if several_files else str(each.line),
            each.text,
        )
        for each in mistakes
    ]
    *columns, texts = zip(_HEADINGS, *rows, strict=True)
    laid = [_column(column, ellipsis(unicode)) for column in columns]
    if _room(laid, width) < _NARROWEST_TEXT:
        laid.pop()
    room = max(_room(laid, width), 1)
    lines = [
        Text("  ".join([*row, fitted(text, room, ellipsis(unicode))]))
        for *row, text in zip(*laid, texts, strict=True)
    ]
    lines[0].stylize("bold")
    return Text("\n").join(lines)


def _column(values: Sequence[str], end: str) -> list[str]:
    widest = max(cells(fitted(value, _WIDEST, end)) for value in values)
    return [padded(value, widest, end) for value in values]


def _room(columns: Sequence[Sequence[str]], width: int) -> int:
    """Return how many cells are left for the text, two spaces after each column."""
    return width - sum(cells(column[0]) + 2 for column in columns)
