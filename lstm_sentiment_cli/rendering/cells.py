"""Text measured in terminal cells ("hi" takes 2, "👍" 2): cut, wrapped, listed, in tables."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from lstm_sentiment_cli.rendering.style import Display, visible

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table

# No grapheme needs more characters than this for one cell; what follows cannot be seen.
_CHARACTERS_PER_CELL = 16


def cells(text: str) -> int:
    """Return how many cells text takes at most.

    Terminals differ on joined emoji: some draw a family in two cells, others draw its members one
    after another. The larger number keeps both within the line.
    """
    return max(cell_len(text), sum(map(cell_len, text)))


def fitted(text: str, width: int, ellipsis: str = "…") -> str:
    """Return text made harmless, in at most width cells: ("good morning", 7) → "good m…"."""
    reach = max(width, 0) * _CHARACTERS_PER_CELL
    shown = visible(text[:reach])
    if len(text) <= reach and cells(shown) <= width:
        return shown
    room = width - cells(ellipsis)
    if room < 0:
        return ""
    return shown[: _longest(shown, room)].rstrip() + ellipsis


def padded(text: str, width: int, ellipsis: str = "…") -> str:
    """Return text made harmless, in exactly width cells: ("good", 6) → "good  "."""
    shown = fitted(text, width, ellipsis)
    return shown + " " * (width - cells(shown))


def fitted_line(text: str, display: Display, style: str = "") -> Text:
    """Return as much of a text as fits on one line."""
    return Text(fitted(text, display.width, display.ellipsis), style=style)


def line_spans(text: str, width: int, *, whole_words: bool = False) -> list[tuple[int, int]]:
    """Return where lines of at most width cells begin and end: ("so good", 5) → [(0, 2), (3, 7)].

    A line ends at a space. A word longer than a line is broken, unless words stay whole.
    """
    lines: list[tuple[int, int]] = []
    for word in re.finditer(r"[^ ]+", text):
        start, end = word.span()
        if lines and cells(text[lines[-1][0] : end]) <= width:
            lines[-1] = (lines[-1][0], end)
            continue
        reach = width * _CHARACTERS_PER_CELL
        while not whole_words and cells(text[start : min(end, start + reach)]) > width:
            lines.append((start, start + max(_longest(text[start : start + reach], width), 1)))
            start = lines[-1][1]
        if start < end:
            lines.append((start, end))
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, its words whole: ("a good day", 6) → ["a good", "day"]."""
    return [text[start:end] for start, end in line_spans(text, width, whole_words=True)] or [""]


def _longest(text: str, room: int) -> int:
    """Return how many characters of text fit in room cells."""
    return bisect_right(range(len(text) + 1), room, key=lambda end: cells(text[:end])) - 1


_GAP = "  "
_BELOW = "    "
_NARROWEST_LAST = 24


def listing(rows: Sequence[Sequence[str]], width: int) -> Text:
    """Return the rows as aligned columns, the first one bold: "/quit  leave, as Ctrl-D does".

    The last column is wrapped between words. In a narrow terminal it stands below the others,
    indented.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    *heads, last = zip(*shown, strict=True)
    widths = [max(map(cells, column)) for column in heads]
    beside = sum(widths) + len(_GAP) * len(widths)
    is_narrow = width - beside < min(_NARROWEST_LAST, max(map(cells, last), default=0))
    indent = _BELOW if is_narrow else " " * beside
    lines: list[Text] = []
    for row, tail in zip(zip(*heads, strict=True), last, strict=True):
        head = "".join(padded(*each) + _GAP for each in zip(row, widths, strict=True))
        first, *others = wrapped(tail, width - len(indent))
        if is_narrow:
            others, first = [first, *others] if tail else [], ""
        line = Text((head + first).rstrip())
        line.stylize("bold", 0, len(row[0]))
        lines += [line, *(Text(indent + other) for other in others)]
    return Text("\n").join(lines)


def column_cells(names: Iterable[str], display: Display, most: int) -> int:
    """Return how many cells a column takes: as many as its widest name, but at most so many."""
    widest = max((cells(fitted(name, display.width)) for name in names), default=0)
    return max(min(widest, most), 1)


PERCENTAGE_CELLS = 6
_NARROWEST_NAME = 8
_SHORTEST_BAR = 2


def percentage(share: float) -> str:
    """Return a share in percent, always as wide: 0.9713 → " 97.1%", 1 → "100.0%"."""
    return f"{share:{PERCENTAGE_CELLS}.1%}"


def count_bars(
    counts: Mapping[str, int], display: Display, colours: Mapping[str, str] | None = None
) -> Text:
    """Return a line for each count, with the longest bar for the highest: "positive  12  60.0% ██".

    Percentages are of the sum of the counts.
    """
    total, highest = max(sum(counts.values()), 1), max([*counts.values(), 1])
    rows = []
    for name, count in counts.items():
        figure = f"{count:,} {percentage(count / total)}"
        rows.append((name, figure, count / highest, (colours or {}).get(name, "")))
    return bar_lines(rows, display)


def bar_lines(rows: Sequence[tuple[str, str, float, str]], display: Display) -> Text:
    """Return a line for each name, figure, share and its colour: "good  +1.22 ████"."""
    figure_cells = max((len(figure) for _, figure, _, _ in rows), default=0)
    # A line is: name, space, figure, space, bar.
    room = display.width - figure_cells - 2
    most = min(max(room // 2, _NARROWEST_NAME), room - _SHORTEST_BAR)
    name_cells = column_cells((name for name, *_ in rows), display, most)
    lines = []
    for name, figure, share, colour in rows:
        head = f"{padded(name, name_cells, display.ellipsis)} {figure:>{figure_cells}} "
        lines.append(Text.assemble(head, (display.bar(share, room - name_cells), colour)))
    return Text("\n").join(lines)


_NARROWEST_TEXT = 20
_WIDEST_COLUMN = 24


def lines_with_text(rows: Sequence[Sequence[str]], display: Display) -> Text:
    """Return a bold heading and aligned lines, each ending in a text cut to the room there is.

    In a narrow terminal the column before the text is left out.
    """
    *columns, texts = zip(*rows, strict=True)
    end = display.ellipsis
    fitting = [[fitted(cell, _WIDEST_COLUMN, end) for cell in column] for column in columns]
    widths = [max(map(cells, column)) for column in fitting]
    room = display.width - sum(widths) - len(_GAP) * len(widths)
    if room < _NARROWEST_TEXT:
        room = max(room + widths.pop() + len(_GAP), 1)
    lines = [
        _GAP.join([*map(padded, row, widths), fitted(text, room, end)]).rstrip()
        for row, text in zip(zip(*fitting, strict=True), texts, strict=True)
    ]
    return Text.assemble((lines[0], "bold"), *(f"\n{line}" for line in lines[1:]))


def plain_table(first: str, *others: str, numbers: bool = True) -> "Table":
    """Return an empty table with these headings; all columns but the first hold numbers."""
    from rich import box
    from rich.table import Table

    # Two spaces between columns, so that three metrics with their intervals fit in 80 cells.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(Text(visible(first)), overflow="fold")
    for heading in others:
        justify: JustifyMethod = "right" if numbers else "left"
        table.add_column(Text(visible(heading)), justify=justify, overflow="fold")
    return table
