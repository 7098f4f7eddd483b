"""Models: a list with comparable accuracies, the summary of one, and its card."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.figures import counted, interval_in, share
from lstm_sentiment_cli.rendering.cells import plain_table
from lstm_sentiment_cli.rendering.style import Display, visible

if TYPE_CHECKING:
    from rich.markdown import Markdown

    from lstm_sentiment_cli.model.overview import MeasuredAccuracy, Overview


def models_table(overviews: Sequence["Overview"]) -> Group:
    """Return a line for each model, and below on which rows the accuracies were measured."""
    marks: dict[str, str] = {}
    notes: dict[str, str] = {}
    table = plain_table("name", "labels", "accuracy", "trained", "from", numbers=False)
    for each in overviews:
        measured = ""
        if accuracy := _most_comparable(each, overviews):
            mark = marks.setdefault(accuracy.data, f"[{len(marks) + 1}]")
            measured = f"{accuracy.accuracy:.1%} {mark}"
            notes.setdefault(f"{mark} {counted(accuracy.rows, 'row')} of {accuracy.name}", "")
        labels = ", ".join(each.labels or ("damaged",))
        source = f"{each.source} (shadowed)" if each.shadowed else each.source
        cells = (each.name, labels, measured, (each.created or "")[:10], source)
        table.add_row(*map(visible, cells))
    comparable = ["Only accuracies on the same rows can be compared."] if len(notes) > 1 else []
    return Group(table, *map(visible, [*notes, *comparable]))


def _most_comparable(
    overview: "Overview", others: Sequence["Overview"]
) -> "MeasuredAccuracy | None":
    """Return the accuracy on the data that most models were measured on.

    Among several such, prefer one measured after the training, then the one on the most rows.
    """
    models = Counter(data for other in others for data in {each.data for each in other.accuracies})
    return max(
        overview.accuracies,
        key=lambda each: (models[each.data], each.after_training, each.rows),
        default=None,
    )


def model_summary(about: str, measured: Sequence[Mapping[str, object]], typed: str) -> Group:
    """Return what a model is, its metrics and how to use it; `typed` is how the user names it."""
    table = plain_table("measured on", "rows", "accuracy (95% interval)")
    for each in measured:
        name, rows, accuracy = each.get("name", "validation"), each.get("rows"), "accuracy"
        if "asked" in each:
            name, rows, accuracy = f"{name}: cases passed", each["asked"], "rate"
        table.add_row(
            visible(str(name)),
            f"{rows:,}" if isinstance(rows, int) else "",
            share(interval_in(each.get(accuracy))),
        )
    quoted = shlex.quote(typed)
    return Group(
        visible(about),
        table,
        visible(f"Use it:         lstm-sentiment predict --model {quoted} 'i love this'"),
        visible(f"Read its card:  lstm-sentiment models show {quoted} --full"),
    )


def model_card(card: str, display: Display) -> "Markdown | Text":
    """Return a rendered card; where its bullets cannot be drawn, its Markdown."""
    harmless = "\n".join(map(visible, card.split("\n")))
    if not display.unicode:
        return Text(harmless)
    from rich.markdown import Markdown, TableElement  # slow to import; lists do without

    class FoldedTable(TableElement):
        """A table that folds long cells; Rich would cut them."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for table in super().__rich_console__(console, options):
                if isinstance(table, Table):
                    for column in table.columns:
                        column.overflow = "fold"
                yield table

    class Card(Markdown):
        elements = Markdown.elements | {"table_open": FoldedTable}

    # Links would be sent to the terminal as escape codes. The theme has no background.
    return Card(harmless, hyperlinks=False, code_theme="ansi_dark")
