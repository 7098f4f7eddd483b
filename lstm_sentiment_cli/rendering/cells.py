"""How much room text takes at a terminal, counted in cells: "hi" 2, "👍" 2, "é" 1."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from lstm_sentiment_cli.rendering.style import visible

# No grapheme needs more characters than this for one cell; what lies behind cannot be seen.
_CHARACTERS_PER_CELL = 16


def cells(text: str) -> int:
    """Return how many cells text takes at most.

    Terminals differ on emoji that are joined into one: some draw a family in two cells, some its
    members one after another. The larger figure keeps both inside the line.
    """
    return max(cell_len(text), sum(map(cell_len, text)))


def fitted(text: str, width: int, ellipsis: str = "…") -> str:
    """Return text made visible, in at most width cells: ("good morning", 7) → "good m…"."""
    reach = max(width, 0) * _CHARACTERS_PER_CELL
    shown = visible(text[:reach])
    if len(text) <= reach and cells(shown) <= width:
        return shown
    room = width - cells(ellipsis)
    if room < 0:
        return ""
    return shown[: _longest(shown, room)].rstrip() + ellipsis


def padded(text: str, width: int, ellipsis: str = "…") -> str:
    """Return text made visible, in exactly width cells: ("good", 6) → "good  "."""
    shown = fitted(text, width, ellipsis)
    return shown + " " * (width - cells(shown))


def lines_of(text: str, width: int) -> list[tuple[int, int]]:
    """Return where lines of at most width cells begin and end: ("so good", 5) → [(0, 2), (3, 7)].

    A line ends at a space; only a word that is longer than a line is broken.
    """
    lines: list[tuple[int, int]] = []
    for word in re.finditer(r"[^ ]+", text):
        start, end = word.span()
        if lines and cells(text[lines[-1][0] : end]) <= width:
            lines[-1] = (lines[-1][0], end)
            continue
        while cells(text[start : min(end, start + width * _CHARACTERS_PER_CELL)]) > width:
            fits = _longest(text[start : start + width * _CHARACTERS_PER_CELL], width)
            lines.append((start, start + max(fits, 1)))
            start = lines[-1][1]
        if start < end:
            lines.append((start, end))
    return lines


def _longest(text: str, room: int) -> int:
    """Return how many characters of text fit into room cells."""
    return bisect_right(range(len(text) + 1), room, key=lambda end: cells(text[:end])) - 1


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
