"""What a model passed of the behaviour suite: a table of capabilities, and cases it failed."""

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.bars import percentage
from lstm_sentiment_cli.rendering.blocks import ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded
from lstm_sentiment_cli.rendering.metrics import name, plain_table, share
from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.behaviour import Behaviour, Beside, Failure, Rate

_EXPECTED = {"same": "the same", "up": "more positive", "down": "more negative"}
_NARROWEST_TEXT = 20


def behaviour_table(behaviour: "Behaviour") -> Table:
    """Return one line for each capability, the worst first, then for each kind, then the total.

    "negation  15/22  68.2% (47.3-83.6)"; with a peer, its share stands behind.
    """
    rates, beside = behaviour.rates, behaviour.comparison
    headings = ["passed", visible(behaviour.model) if beside else "rate (95% interval)"]
    table = plain_table("capability", *headings, *([visible(beside.peer)] if beside else []))
    of_peer = beside.rates if beside else None
    _add(table, rates.worst_first(), of_peer.by_capability if of_peer else None)
    table.add_section()
    _add(table, list(rates.by_kind.items()), of_peer.by_kind if of_peer else None)
    table.add_section()
    _add(table, [("total", rates.total)], {"total": of_peer.total} if of_peer else None)
    return table


def beside_line(model: str, beside: "Beside") -> str:
    """Return "a passes more than b: +5.8 points (+0.2 to +11.3), p = 0.0450 (McNemar; …)"."""
    paired = beside.paired
    value, low, high = (100 * bound for bound in paired.difference)
    is_what = {
        "better": f"{model} passes more than {beside.peer}",
        "worse": f"{model} passes less than {beside.peer}",
    }.get(paired.verdict, f"{model} and {beside.peer} are a tie")
    p = "p < 0.0001" if paired.p < 0.0001 else f"p = {paired.p:.4f}"
    return (
        f"{is_what}: {value:+.1f} points ({low:+.1f} to {high:+.1f}), {p} (McNemar; "
        f"only {model} passes {paired.only_first:,} cases, only {beside.peer} "
        f"{paired.only_second:,})"
    )


def some_failures(behaviour: "Behaviour", most: int) -> list["Failure"]:
    """Return a choice of failures: one of each capability, the worst first, then a second one."""
    by_capability: dict[str, list[Failure]] = {
        each: [] for each, _ in behaviour.rates.worst_first()
    }
    for failure in behaviour.failures:
        by_capability[failure.case.capability].append(failure)
    rounds = chain.from_iterable(zip_longest(*by_capability.values()))
    return [failure for failure in rounds if failure is not None][:most]


def failure_lines(failures: Sequence["Failure"], width: int, *, unicode: bool = True) -> Text:
    """Return a heading and a line for each failure: "positive  negative 97.2%  never let down".

    The second text of a pair has a line of its own below, which begins with an arrow.
    """
    arrow = "→ " if unicode else "-> "
    end = ellipsis(unicode)
    rows = [("expected", "answered", "text")]
    for each in failures:
        expected = _EXPECTED.get(each.case.expected, each.case.expected)
        rows.append((expected, _answered(each, arrow), each.case.text))
        if each.case.other:
            rows.append(("", "", arrow + each.case.other))
    widths = [max(cells(visible(row[column])) for row in rows) for column in (0, 1)]
    room = width - sum(widths) - 4
    if room < _NARROWEST_TEXT:  # what was answered goes: the text tells which case it is
        widths, room = widths[:1], max(width - widths[0] - 2, 1)
    lines = [
        "  ".join(
            [
                *(padded(row[column], cell, end) for column, cell in enumerate(widths)),
                fitted(row[-1], room, end),
            ]
        ).rstrip()
        for row in rows
    ]
    text = Text("\n").join(map(Text, lines))
    text.stylize("bold", 0, len(lines[0]))
    return text


def _add(
    table: Table, rates: Sequence[tuple[str, "Rate"]], of_peer: "dict[str, Rate] | None"
) -> None:
    for title, rate in rates:
        peer = [] if of_peer is None else [share(of_peer[title].share)]
        table.add_row(name(title), f"{rate.passed}/{rate.asked}", share(rate.share), *peer)


def _answered(failure: "Failure", arrow: str) -> str:
    """Return "negative 97.2%", "positive → negative", or how the tone moved: "+0.731 → +0.702"."""
    if failure.case.expected in {"up", "down"}:
        return f" {arrow}".join(f"{tone:+.3f}" for tone in failure.tones)
    if failure.other_answer is not None:
        return f" {arrow}".join(failure.predicted)
    return f"{failure.predicted[0]} {percentage(max(failure.answer.values())).strip()}"
