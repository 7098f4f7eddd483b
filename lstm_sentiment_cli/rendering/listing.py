"""Rows of a few columns, the last of them wrapped: what /help, /set and `config show` print."""

from collections.abc import Sequence

from rich.text import Text

from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.visible import visible

_GAP = "  "
_BELOW = "    "
_NARROWEST_LAST = 24


def listing(rows: Sequence[Sequence[str]], width: int) -> Text:
    """Return the rows as aligned columns, the first one bold: "/quit  leave, as Ctrl-D does".

    The last column is wrapped between words, never inside of one. Where it would be left with
    little room it stands below the others, indented.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    *heads, last = zip(*shown, strict=True)
    widths = [max(map(cells, column)) for column in heads]
    beside = sum(widths) + len(_GAP) * len(widths)
    is_narrow = width - beside < min(_NARROWEST_LAST, max(map(cells, last), default=0))
    indent = _BELOW if is_narrow else " " * beside
    lines: list[Text] = []
    for row, tail in zip(zip(*heads, strict=True), last, strict=True):
        head = _padded(row, widths)
        first, *others = wrapped(tail, width - len(indent))
        if is_narrow:
            others, first = [first, *others] if tail else [], ""
        line = Text((head + first).rstrip())
        line.stylize("bold", 0, len(row[0]))
        lines += [line, *(Text(indent + other) for other in others)]
    return Text("\n").join(lines)


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, broken between words: ("a good day", 6) → ["a good", "day"].

    A word that is wider than a line has one of its own, and stays whole.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and cells(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(
        cell + " " * (wanted - cells(cell)) + _GAP for cell, wanted in zip(row, widths, strict=True)
    )
