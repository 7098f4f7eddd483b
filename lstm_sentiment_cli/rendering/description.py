"""What labelled files hold, as bars and tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.blocks import ellipsis
from lstm_sentiment_cli.rendering.cells import fitted
from lstm_sentiment_cli.rendering.counts import count_bars
from lstm_sentiment_cli.rendering.metrics import plain_table
from lstm_sentiment_cli.rendering.palette import label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.describe import Bin, Description
    from lstm_sentiment_cli.records.telling import TellingWord

_WIDEST_WORD = 16


def headline(description: "Description") -> str:
    """Return how many texts there are, and how many rows are no such."""
    others = {
        "rows of other labels": sum(description.left_out.values()),
        "rows that could not be read": description.unreadable,
    }
    shown = (f"{rows:,} {what}" for what, rows in others.items() if rows)
    return ", ".join([f"{description.texts:,} texts", *shown])


def label_balance(description: "Description", width: int, *, unicode: bool = True) -> Text:
    """Return a bar for each label."""
    counts = description.by_label
    return count_bars(counts, width, unicode=unicode, colours=label_colours(list(counts)))


def facts_table(description: "Description") -> Table:
    """Return one line for each thing to know of the texts beside their labels."""
    table = plain_table("texts", "count")
    facts = {
        "that occurred before": description.duplicates,
        "that occur with different labels": description.contradictions,
        "without a word": description.empties,
        **{f"with {_article(sign)}": count for sign, count in description.with_signs.items()},
    }
    for what, count in facts.items():
        share = f" ({count / description.texts:.1%})" if description.texts else ""
        table.add_row(what, f"{count:,}{share}")
    return table


def length_line(description: "Description") -> str:
    """Return the lengths in a line."""
    lengths, over = description.lengths, description.over_max_tokens
    return (
        f"words in a text: half have at most {lengths.median:,.0f}, 95% at most "
        f"{lengths.percentile_95:,.0f}, the longest {lengths.longest:,}; {over:,} texts have more "
        f"than {description.max_tokens}, which is what a model reads by default"
    )


def length_histogram(description: "Description", width: int, *, unicode: bool = True) -> Text:
    """Return a bar for each range of lengths."""
    counts = {_range(each): each.texts for each in description.histogram}
    return count_bars(counts, width, unicode=unicode)


def telling_tables(description: "Description", *, unicode: bool = True) -> Columns:
    """Return a table of words for each label, beside each other where there is room."""
    return Columns(
        [
            _telling_table(label, words, unicode=unicode)
            for label, words in description.telling_words.items()
            if words
        ],
        padding=(0, 3),
    )


def _telling_table(label: str, words: "Sequence[TellingWord]", *, unicode: bool) -> Table:
    table = plain_table(fitted(label, _WIDEST_WORD, ellipsis(unicode)), "z", "here", "elsewhere")
    for each in words:
        word = Text(fitted(each.word, _WIDEST_WORD, ellipsis(unicode)))
        table.add_row(word, f"{each.z:.1f}", f"{each.here:,}", f"{each.elsewhere:,}")
    return table


def _article(sign: str) -> str:
    return {"user": "a @user", "url": "an address", "hashtag": "a hashtag"}.get(sign, f"an {sign}")


def _range(bin_: "Bin") -> str:
    if bin_.last is None:
        return f"{bin_.first:,} and more"
    return f"{bin_.first:,} to {bin_.last:,}" if bin_.last > bin_.first else f"{bin_.first:,}"
