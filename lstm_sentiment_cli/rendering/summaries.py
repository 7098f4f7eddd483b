"""A summary as lines: shares with their intervals, differences, words and surest texts."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.figures import counted, listed, points, share
from lstm_sentiment_cli.rendering.cells import (
    cells,
    fitted,
    fitted_line,
    listing,
    padded,
    percentage,
    wrapped,
)
from lstm_sentiment_cli.rendering.style import Display, label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.metrics import Interval
    from lstm_sentiment_cli.summary.groups import Group, Period
    from lstm_sentiment_cli.summary.summary import Summary

REST, ALL, NONE = "the rest", "all", "(none)"
_GAP = "  "
_WIDEST_NAME, _NARROWEST_NAME = 24, 8
_WIDEST_BAR, _NARROWEST_BAR = 40, 12
_WIDEST_LINE, _NARROWEST_LINE = 40, 8
_LINE = "▁▂▃▄▅▆▇█"
_MOST_WORDS = 8
_FEW = "*"


def name_of(group: "Group", summary: "Summary") -> str:
    """Return what a group is called: the values of its columns, "all" or "the rest"."""
    if group.name is None:
        return REST if group is summary.rest else ALL
    return ", ".join(value or NONE for value in group.name)


def summary_parts(summary: "Summary", display: Display, *, naive: bool = False) -> Text:
    """Return all of a summary, made to fit the display."""
    files = listed(summary.reading.names, 3)
    stopped = "stopped after " if summary.reading.stopped else ""
    told = f"{stopped}{counted(summary.whole.texts, 'text')} of {files}"
    parts = [fitted_line(told, display, "bold"), Text(), *_table(summary, display, naive=naive)]
    parts += _differences(summary, display)
    for group in summary.groups or [summary.whole]:
        parts += _what_moves_it(group, summary, display)
    return Text("\n").join(parts)


def _table(summary: "Summary", display: Display, *, naive: bool) -> Iterator[Text]:
    """Yield the heading, a line for each group (of more labels, for each label), and notes."""
    labels = summary.labels
    shown = labels if len(labels) > 2 else labels[:1]
    colours = label_colours(labels)
    groups = [*summary.rows, *([summary.whole] if summary.groups else [])]
    columns = _columns(groups, shown, naive=naive)
    if summary.groups:
        names = ["", *(name_of(group, summary) for group in groups for _ in shown)]
        most = max(min(_WIDEST_NAME, display.width // 3), _NARROWEST_NAME)
        width = min(max(cells(fitted(name, most)) for name in names), most)
        names = [padded(name, width, display.ellipsis) for name in names]
        if len(shown) > 1:
            names = [names[0], *(_once(names[1:], len(shown)))]
        columns.insert(0, names)
    heads = [_GAP.join(row).rstrip() for row in zip(*columns, strict=True)]
    bar, line = _rooms(display.width - max(map(cells, heads)), over=bool(summary.every))
    widest = max(map(cells, heads))
    title = f"{heads[0]:{widest}}"
    title += (_GAP + _scale(bar, display)) if bar else ""
    title += (_GAP + _each_sign(summary, line)) if line else ""
    yield fitted_line(title.rstrip(), display, "bold")
    each = ((group, place) for group in groups for place in range(len(shown)))
    for head, (group, place) in zip(heads[1:], each, strict=True):
        row = Text(fitted(head, display.width, display.ellipsis))
        if bar or line:
            row.append(" " * (widest - cells(head)))
        if bar:
            row.append(
                _GAP + interval_bar(group.shares[place], bar, display), colours[shown[place]]
            )
        if line:
            row.append(_GAP + sparkline(group.periods, place, line, display), colours[shown[place]])
        row.rstrip()
        yield row
    yield from _notes(summary, groups, display, line=bool(line))


def _each_sign(summary: "Summary", line: int) -> str:
    """Return the heading of the lines over time: what a sign stands for."""
    step = _step(len(summary.whole.periods), line)
    every = f"every {counted(step, str(summary.every))}" if step > 1 else f"every {summary.every}"
    return every[:line]


def _step(periods: int, room: int) -> int:
    """Return how many periods share a sign."""
    return max(1, -(-periods // max(room, 1)))


def _once(names: Sequence[str], times: int) -> Iterator[str]:
    """Yield each name once, and as many spaces where it is repeated."""
    for place, name in enumerate(names):
        yield " " * cells(name) if place % times else name


def _columns(groups: Sequence["Group"], shown: Sequence[str], *, naive: bool) -> list[list[str]]:
    """Return the columns that every width has, headings first, each with cells of one width."""
    texts, label, shares, counts = ["texts"], [""], [""], ["counted"]
    if len(shown) == 1:
        shares[0] = shown[0]
    for group in groups:
        for place, its in enumerate(shown):
            texts.append("" if place else f"{group.texts:,}{_FEW if group.few else ''}")
            label.append(its)
            shares.append(share(group.shares[place]))
            counts.append(percentage(group.counted[place]))
    columns = [_aligned(texts, right=True)]
    columns += [_aligned(label)] if len(shown) > 1 else []
    columns += [_aligned(shares)]
    return columns + ([_aligned(counts, right=True)] if naive else [])


def _aligned(values: Sequence[str], *, right: bool = False) -> list[str]:
    values = [fitted(value, _WIDEST_NAME) for value in values]
    width = max(map(cells, values))
    spaces = [" " * (width - cells(value)) for value in values]
    pairs = zip(spaces, values, strict=True)
    return [space + value if right else value + space for space, value in pairs]


def _rooms(room: int, *, over: bool) -> tuple[int, int]:
    """Return the cells of the bar and of the line over time, 0 where one does not fit."""
    room -= len(_GAP)
    if not over:
        return (min(room, _WIDEST_BAR) if room >= _NARROWEST_BAR else 0), 0
    if room < _NARROWEST_BAR + len(_GAP) + _NARROWEST_LINE:
        return 0, (min(room, _WIDEST_LINE) if room >= _NARROWEST_LINE else 0)
    bar = min(max((room - len(_GAP)) // 2, _NARROWEST_BAR), _WIDEST_BAR)
    return bar, min(room - len(_GAP) - bar, _WIDEST_LINE)


def _scale(room: int, display: Display) -> str:
    """Return the heading of the bars: "0%      50%      100%"."""
    half = "50%".center(room - 6) if room >= 2 * _NARROWEST_BAR else " " * (room - 6)
    return fitted(f"0%{half}100%", room, display.ellipsis)


def interval_bar(interval: "Interval", room: int, display: Display) -> str:
    """Return an interval on a line from 0 % to 100 %: "   ━━●━━━   "."""
    value, low, high = (round(each * (room - 1)) for each in interval)
    dash, dot = display.sign("━", "-"), display.sign("●", "o")
    return " " * low + dash * (value - low) + dot + dash * (high - value) + " " * (room - 1 - high)


def sparkline(periods: Sequence["Period"], place: int, room: int, display: Display) -> str:
    """Return a sign for the share in each period, or in several if there are more than cells.

    From 0 % to 100 % signs rise; without blocks they are the digits 0 to 9. Where there are no
    texts there is a space.
    """
    signs = _LINE if display.unicode else "0123456789"
    step = _step(len(periods), room)
    line = ""
    for start in range(0, len(periods), step):
        some = [each for each in periods[start : start + step] if each.texts]
        texts = sum(each.texts for each in some)
        mean = sum(each.shares[place].value * each.texts for each in some) / max(texts, 1)
        line += signs[min(int(mean * len(signs)), len(signs) - 1)] if some else " "
    return line


def _notes(
    summary: "Summary", groups: Sequence["Group"], display: Display, *, line: bool
) -> Iterator[Text]:
    from lstm_sentiment_cli.summary.groups import FEW

    if any(group.few for group in groups):
        yield fitted_line(f"{_FEW} fewer than {FEW} texts: too few to say much", display, "dim")
    if summary.whole.periods and line:
        first, last = summary.whole.periods[0].start, summary.whole.periods[-1].start
        told = f"{summary.every}s from {first} to {last}; height: 0% to 100%, blank: no texts"
        yield from (Text(part, "dim") for part in wrapped(told, display.width))


def _differences(summary: "Summary", display: Display) -> list[Text]:
    """Return which groups differ from the others by more than chance, and how many do not."""
    if len(summary.groups) < 2 and not summary.rest:
        return []
    labels = summary.labels
    if summary.compared:
        first, second = (name_of(group, summary) for group in summary.groups)
        gap, tested = f"{first} minus {second}", summary.groups[:1]
        told, none = f"{gap}, more than chance:", f"{gap}: no more than chance"
    else:
        tested = summary.groups
        told = "different from all other texts, by more than chance:"
        none = "no group differs from all other texts by more than chance"
    found, alike = [], 0
    for group in tested:
        for label, each, differs in zip(labels, group.differences, group.differs, strict=False):
            if differs:
                found.append((name_of(group, summary), label, points(each)))
        alike += not any(group.differs)
    lines = [Text()]
    if found:
        lines += [Text(part, "bold") for part in wrapped(told, display.width)]
        rows = [
            (fitted(name, min(_WIDEST_NAME, display.width)), f"{label} {gap}")
            for name, label, gap in found
        ]
        return [*lines, listing(rows, display.width), *_alike(alike, display, summary)]
    if summary.compared and tested[0].differences:
        none += f", {points(tested[0].differences[0])}"
    return [*lines, *(Text(line) for line in wrapped(none, display.width))]


def _alike(groups: int, display: Display, summary: "Summary") -> list[Text]:
    if not groups or summary.compared:
        return []
    said = f"{counted(groups, 'other group')}: no more than chance"
    return [Text(line, "dim") for line in wrapped(said, display.width)]


def _what_moves_it(group: "Group", summary: "Summary", display: Display) -> Iterator[Text]:
    """Yield, for each label, its telling words and its surest texts with their lines."""
    if not any(group.surest.values()):
        return
    yield Text()
    if summary.groups:
        yield fitted_line(name_of(group, summary), display, "bold underline")
    colours = label_colours(summary.labels)
    for label in summary.labels:
        words = ", ".join(word.word for word in group.words.get(label, ())[:_MOST_WORDS])
        if not group.surest.get(label):
            continue
        told = f"{label}, typical words: {words}" if words else label
        yield fitted_line(told, display, colours[label])
        for text in group.surest[label]:
            yield fitted_line(f"{percentage(text.probability)} sure: {text.text}", display)
