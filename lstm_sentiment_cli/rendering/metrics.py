"""The figures of an evaluation as tables for people."""

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.evaluate import Evaluation
    from lstm_sentiment_cli.evaluation.metrics import Interval


def metrics_table(evaluation: "Evaluation") -> Table:
    """Return one line for each figure of the whole: "accuracy  81.2% (80.4-82.0)"."""
    table = _table("figure", "value (95% interval)")
    table.add_row("accuracy", _interval(evaluation.accuracy))
    table.add_row("average recall", _share(evaluation.average_recall))
    table.add_row("macro precision", _share(evaluation.macro_precision))
    table.add_row("macro F1", _share(evaluation.macro_f1))
    table.add_row("log loss", f"{evaluation.log_loss:.4f}")
    table.add_row("Brier score", f"{evaluation.brier:.4f}")
    table.add_row("calibration error", f"{evaluation.ece:.4f}")
    table.add_row("examples", f"{evaluation.rows:,}")
    return table


def label_table(evaluation: "Evaluation") -> Table:
    """Return one line for each label: how often its answers were right, how many were found."""
    table = _table("label", "precision", "recall", "F1", "examples")
    for label, figures in evaluation.by_label.items():
        table.add_row(
            _name(label),
            _interval(figures.precision),
            _interval(figures.recall),
            _share(figures.f1),
            f"{figures.support:,}",
        )
    return table


def confusion_table(evaluation: "Evaluation") -> Table:
    """Return the confusion matrix: a line for each right label, a column for each answer."""
    table = _table("right label", *(f"as {visible(label)}" for label in evaluation.labels))
    rows = evaluation.confusion.counts.tolist()
    for number, (label, counts) in enumerate(zip(evaluation.labels, rows, strict=True)):
        right = {number: "bold"}  # the diagonal
        cells = [
            Text(f"{count:,}", style=right.get(column, "")) for column, count in enumerate(counts)
        ]
        table.add_row(_name(label), *cells)
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text(first), overflow="fold")
    for heading in others:
        table.add_column(Text(heading), justify="right")
    return table


def _name(label: str) -> Text:
    # Labels are whatever the trainer's data held.
    return Text(visible(label))


def _share(value: float) -> str:
    return f"{value:.1%}"


def _interval(interval: "Interval") -> str:
    low, high = 100 * interval.low, 100 * interval.high
    return f"{_share(interval.value)} ({low:.1f}-{high:.1f})"
