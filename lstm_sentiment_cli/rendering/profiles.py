"""Profiles of files, as bars and tables: of labelled texts, and of the answers to a file."""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.console import Group
from rich.table import Table

from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.rendering.cells import (
    count_bars,
    fitted,
    plain_table,
)
from lstm_sentiment_cli.rendering.style import Display, label_colours, visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.profile import Bin, DataCheck, Description, Keyword


_MOST_LABELS = 5
_MOST_UNREADABLE = 10


def summary(check: "DataCheck") -> list[str]:
    """Return a line of counts, and a line for each problem."""
    counts = ", ".join(f"{rows:,} {label}" for label, rows in check.by_label.items())
    lines = [f"{counted(sum(check.by_label.values()), 'example')}: {counts}"]
    lines += [f"{what}: {rows:,}" for what, rows in _probabilities(check).items()]
    return lines + [f"{what}: {rows:,}" for what, rows in _problems(check).items() if rows]


def check_tables(check: "DataCheck") -> Group:
    """Return a table of counts, "positive  100 (50%)", and one of the first unreadable rows."""
    counts = plain_table("", "count")
    examples = sum(check.by_label.values())
    for label, rows in check.by_label.items():
        share = f" ({rows / examples:.0%})" if examples else ""
        counts.add_row(visible(label), f"{rows:,}{share}")
    for what, rows in _probabilities(check).items():
        counts.add_row(what, f"{rows:,}")
    for what, rows in _problems(check).items():
        counts.add_row(visible(what), f"{rows:,}")
    counts.add_row("total rows", f"{check.rows:,}", end_section=True)
    lengths = check.lengths
    counts.add_row("words per text, mean", f"{lengths.mean:.1f}")
    counts.add_row("median", f"{lengths.median:,.0f}")
    counts.add_row("95th percentile", f"{lengths.percentile_95:,.0f}")
    counts.add_row("maximum", f"{lengths.longest:,}")
    if not check.unreadable:
        return Group(counts)
    unreadable = plain_table("unreadable", "line", "problem")
    unreadable.columns[-1].justify = "left"
    for row in check.unreadable[:_MOST_UNREADABLE]:
        unreadable.add_row(visible(row.path), f"{row.line:,}", visible(row.problem))
    if len(check.unreadable) > _MOST_UNREADABLE:
        unreadable.add_row(f"and {len(check.unreadable) - _MOST_UNREADABLE:,} more", "", "")
    return Group(counts, unreadable)


def _probabilities(check: "DataCheck") -> dict[str, int]:
    """Return how many examples have probabilities; their labels may be the most probable ones."""
    if not check.with_probabilities:
        return {}
    return {
        "with probabilities alone": check.with_probabilities - check.with_both,
        "with a label and probabilities": check.with_both,
    }


_OTHER_BYTES = "with bytes of another encoding (see --encoding)"


def _undecodable(check: "DataCheck") -> dict[str, int]:
    """Return the rows that were read with gaps, if there are any: there should be none."""
    return {f"rows {_OTHER_BYTES}": check.undecodable} if check.undecodable else {}


def _problems(check: "DataCheck") -> dict[str, int]:
    """Return each kind of problem, and how many rows or texts have it."""
    shown = ", ".join(islice(check.left_out, _MOST_LABELS))
    more = ", …" if len(check.left_out) > _MOST_LABELS else ""
    others = f"rows with other labels ({shown}{more})" if shown else "rows with other labels"
    return {
        others: sum(check.left_out.values()),
        "rows that could not be read": len(check.unreadable),
        **_undecodable(check),
        **_oddities(check),
    }


def _oddities(check: "DataCheck") -> dict[str, int]:
    return {
        "texts without words": check.empties,
        "duplicate texts": check.duplicates,
        "texts with conflicting labels": check.contradictions,
    }


_WIDEST_WORD = 16


def description_parts(description: "Description", display: Display) -> Group:
    """Return the counts of texts and labels, their lengths, other facts and keywords."""
    check, lengths = description.check, description.check.lengths
    others = {
        "with other labels": sum(check.left_out.values()),
        "that could not be read": len(check.unreadable),
        _OTHER_BYTES: check.undecodable,
    }
    told = (f"{counted(rows, 'row')} {what}" for what, rows in others.items() if rows)
    facts = plain_table("", "count")
    articles = {"user": "an @user", "url": "an address", "hashtag": "a hashtag"}
    signs = {
        f"texts with {articles.get(each, f'an {each}')}": count
        for each, count in description.with_signs.items()
    }
    for what, count in (_probabilities(check) | _oddities(check) | signs).items():
        share = f" ({count / check.texts:.1%})" if check.texts else ""
        facts.add_row(what, f"{count:,}{share}")
    keywords = (_keyword_table(*each, display) for each in description.keywords.items())
    return Group(
        ", ".join([counted(check.texts, "text"), *told]),
        count_bars(check.by_label, display, label_colours(list(check.by_label))),
        "",
        f"words per text: median {lengths.median:,.0f}, 95th percentile "
        f"{lengths.percentile_95:,.0f}, maximum {lengths.longest:,}; "
        f"longer than the {description.max_tokens} tokens that a model reads by default: "
        f"{counted(description.over_max_tokens, 'text')}",
        count_bars({_range(each): each.texts for each in description.histogram}, display),
        facts,
        Columns(keywords, padding=(0, 3)),  # side by side where there is room
    )


def _keyword_table(label: str, words: "Sequence[Keyword]", display: Display) -> Table:
    table = plain_table(fitted(label, _WIDEST_WORD, display.ellipsis), "z", "here", "elsewhere")
    for each in words:
        word = fitted(each.word, _WIDEST_WORD, display.ellipsis)
        table.add_row(word, f"{each.z:.1f}", f"{each.here:,}", f"{each.elsewhere:,}")
    if not words:
        table.add_row("none", "", "", "")
    return table


def _range(bin_: "Bin") -> str:
    if bin_.last is None:
        return f"{bin_.first:,} or more"
    return f"{bin_.first:,} to {bin_.last:,}" if bin_.last > bin_.first else f"{bin_.first:,}"
