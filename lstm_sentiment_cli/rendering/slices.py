"""Which kinds of texts are answered worst, as a table for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from lstm_sentiment_cli.rendering.metrics import plain_table, share

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.slices import SliceFigures


def slice_table(slices: Sequence["SliceFigures"]) -> Table:
    """Return one line for each kind of texts, the worst first: its accuracy, and that of the rest.

    "worse" stands where the two intervals do not touch, "few rows" where they say little.
    """
    table = plain_table("texts", "rows", "accuracy", "of the rest", "")
    for each in slices:
        table.add_row(
            each.name,
            f"{each.rows:,}",
            share(each.accuracy),
            share(each.rest),
            "few rows" if each.small else "worse" if each.worse else "",
        )
    return table
