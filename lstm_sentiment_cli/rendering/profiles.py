"""The content of labelled files, as bars and tables."""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.cells import count_bars, fitted, plain_table
from lstm_sentiment_cli.rendering.style import Display, label_colours, visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.profile import Bin, DataCheck, Description, Keyword


_MOST_LABELS = 5
_MOST_UNREADABLE = 10


def summary(check: "DataCheck") -> list[str]:
    """Return a line of counts, and a line for each problem."""
    counts = ", ".join(f"{rows:,} {label}" for label, rows in check.by_label.items())
    lines = [f"{sum(check.by_label.values()):,} examples: {counts}"]
    return lines + [f"{what}: {rows:,}" for what, rows in _problems(check).items() if rows]


def check_table(check: "DataCheck") -> Table:
    """Return a line for each count, "positive  100 (50%)", and for the lengths."""
    table = plain_table("", "count")
    examples = sum(check.by_label.values())
    for label, rows in check.by_label.items():
        share = f" ({rows / examples:.0%})" if examples else ""
        table.add_row(visible(label), f"{rows:,}{share}")
    for what, rows in _problems(check).items():
        table.add_row(visible(what), f"{rows:,}")
    table.add_row("total rows", f"{check.rows:,}", end_section=True)
    lengths = check.lengths
    table.add_row("words per text, mean", f"{lengths.mean:.1f}")
    table.add_row("median", f"{lengths.median:,.0f}")
    table.add_row("95th percentile", f"{lengths.percentile_95:,.0f}")
    table.add_row("maximum", f"{lengths.longest:,}")
    return table


def unreadable_table(check: "DataCheck") -> Table:
    """Return the first rows that could not be read: file, line and problem."""
    table = plain_table("unreadable", "line", "problem")
    table.columns[-1].justify = "left"
    for row in check.unreadable[:_MOST_UNREADABLE]:
        table.add_row(visible(row.path), f"{row.line:,}", visible(row.problem))
    if len(check.unreadable) > _MOST_UNREADABLE:
        table.add_row(f"and {len(check.unreadable) - _MOST_UNREADABLE:,} more", "", "")
    return table


def _problems(check: "DataCheck") -> dict[str, int]:
    """Return each kind of problem, and how many rows or texts have it."""
    shown = ", ".join(islice(check.left_out, _MOST_LABELS))
    more = ", …" if len(check.left_out) > _MOST_LABELS else ""
    others = f"rows of other labels ({shown}{more})" if shown else "rows of other labels"
    return {
        others: sum(check.left_out.values()),
        "rows that could not be read": len(check.unreadable),
        **_oddities(check),
    }


def _oddities(check: "DataCheck") -> dict[str, int]:
    return {
        "texts without words": check.empties,
        "duplicate texts": check.duplicates,
        "texts with conflicting labels": check.contradictions,
    }


_WIDEST_WORD = 16


def headline(description: "Description") -> str:
    """Return the number of texts, and of rows that were left out."""
    others = {
        "rows of other labels": sum(description.check.left_out.values()),
        "rows that could not be read": len(description.check.unreadable),
    }
    shown = (f"{rows:,} {what}" for what, rows in others.items() if rows)
    return ", ".join([f"{description.check.texts:,} texts", *shown])


def label_balance(description: "Description", display: Display) -> Text:
    """Return a bar for each label."""
    counts = description.check.by_label
    return count_bars(counts, display, label_colours(list(counts)))


def facts_table(description: "Description") -> Table:
    """Return a line for each fact about the texts other than their labels."""
    table = plain_table("", "count")
    facts = {
        **_oddities(description.check),
        **{f"texts with {_article(sign)}": count for sign, count in description.with_signs.items()},
    }
    for what, count in facts.items():
        share = f" ({count / description.check.texts:.1%})" if description.check.texts else ""
        table.add_row(what, f"{count:,}{share}")
    return table


def length_line(description: "Description") -> str:
    """Return the lengths as a sentence."""
    lengths, over = description.check.lengths, description.over_max_tokens
    return (
        f"words per text: median {lengths.median:,.0f}, 95th percentile "
        f"{lengths.percentile_95:,.0f}, maximum {lengths.longest:,}; {over:,} texts are longer "
        f"than the {description.max_tokens} tokens that a model reads by default"
    )


def length_histogram(description: "Description", display: Display) -> Text:
    """Return a bar for each range of lengths."""
    counts = {_range(each): each.texts for each in description.histogram}
    return count_bars(counts, display)


def keyword_tables(description: "Description", display: Display) -> Columns:
    """Return a table of words for each label, side by side where there is room."""
    return Columns(
        [_keyword_table(label, words, display) for label, words in description.keywords.items()],
        padding=(0, 3),
    )


def _keyword_table(label: str, words: "Sequence[Keyword]", display: Display) -> Table:
    table = plain_table(fitted(label, _WIDEST_WORD, display.ellipsis), "z", "here", "elsewhere")
    for each in words:
        word = fitted(each.word, _WIDEST_WORD, display.ellipsis)
        table.add_row(word, f"{each.z:.1f}", f"{each.here:,}", f"{each.elsewhere:,}")
    if not words:
        table.add_row("none", "", "", "")
    return table


def _article(sign: str) -> str:
    return {"user": "a @user", "url": "an address", "hashtag": "a hashtag"}.get(sign, f"an {sign}")


def _range(bin_: "Bin") -> str:
    if bin_.last is None:
        return f"{bin_.first:,} and more"
    return f"{bin_.first:,} to {bin_.last:,}" if bin_.last > bin_.first else f"{bin_.first:,}"
