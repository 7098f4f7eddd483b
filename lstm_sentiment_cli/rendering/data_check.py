"""What labelled files hold, in a few lines or as tables."""

from itertools import islice
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.check import DataCheck

_MOST_LABELS = 5
_MOST_UNREADABLE = 10


def summary(check: "DataCheck") -> list[str]:
    """Return the counts in a line, and a line for each thing to be wary of."""
    counts = ", ".join(f"{rows:,} {label}" for label, rows in check.by_label.items())
    lines = [f"{sum(check.by_label.values()):,} examples: {counts}"]
    return lines + [f"{rows:,} {what}" for what, rows in _warnings(check).items() if rows]


def check_table(check: "DataCheck") -> Table:
    """Return one line for each count: "positive 100"."""
    table = _table("", "count")
    examples = sum(check.by_label.values())
    for label, rows in check.by_label.items():
        share = f" ({rows / examples:.0%})" if examples else ""
        table.add_row(Text(visible(label)), f"{rows:,}{share}")
    for what, rows in _warnings(check).items():
        table.add_row(Text(visible(what)), f"{rows:,}")
    table.add_row("rows in all", f"{check.rows:,}", end_section=True)
    lengths = check.lengths
    table.add_row("words in a text, on average", f"{lengths.mean:.1f}")
    table.add_row("half have at most", f"{lengths.median:,.0f}")
    table.add_row("95% have at most", f"{lengths.percentile_95:,.0f}")
    table.add_row("the longest has", f"{lengths.longest:,}")
    return table


def unreadable_table(check: "DataCheck") -> Table:
    """Return the first rows that could not be read: file, line and why."""
    table = _table("unreadable", "line", "problem")
    table.columns[-1].justify = "left"
    for row in check.unreadable[:_MOST_UNREADABLE]:
        table.add_row(Text(visible(row.path)), f"{row.line:,}", Text(visible(row.problem)))
    if len(check.unreadable) > _MOST_UNREADABLE:
        table.add_row(f"and {len(check.unreadable) - _MOST_UNREADABLE:,} more", "", "")
    return table


def _warnings(check: "DataCheck") -> dict[str, int]:
    """Return what is not as one would wish → how often."""
    shown = ", ".join(islice(check.left_out, _MOST_LABELS))
    more = ", …" if len(check.left_out) > _MOST_LABELS else ""
    others = f"rows of other labels ({shown}{more})" if shown else "rows of other labels"
    return {
        others: sum(check.left_out.values()),
        "rows that could not be read": len(check.unreadable),
        "texts without a word": check.empties,
        "texts that occurred before": check.duplicates,
        "texts that occur with different labels": check.contradictions,
    }


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text(first), overflow="fold")
    for heading in others:
        table.add_column(Text(heading), justify="right", overflow="fold")
    return table
