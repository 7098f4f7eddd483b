"""The figures of an evaluation as tables for people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.comparison import Comparison
    from lstm_sentiment_cli.evaluation.evaluate import Evaluation
    from lstm_sentiment_cli.evaluation.metrics import Interval

NONE = "-"
_SHARES = {
    "accuracy": "accuracy",
    "average recall": "average_recall",
    "macro precision": "macro_precision",
    "macro F1": "macro_f1",
}
_SCORES = {
    "ROC AUC": "roc_auc",
    "PR AUC": "pr_auc",
    "log loss": "log_loss",
    "Brier score": "brier",
    "calibration error": "ece",
}


def metrics_table(evaluation: "Evaluation") -> Table:
    """Return one line for each figure of the whole: "accuracy  81.2% (80.4-82.0)"."""
    return _metrics(("value (95% interval)", evaluation))


def comparison_table(model: str, evaluation: "Evaluation", comparison: "Comparison") -> Table:
    """Return the figures of a model beside those of its peer, in a column each."""
    return _metrics((model, evaluation), (comparison.peer, comparison.evaluation))


def label_table(evaluation: "Evaluation") -> Table:
    """Return one line for each label: how often its answers were right, how many were found."""
    table = plain_table("label", "precision", "recall", "F1", "examples")
    for label, figures in evaluation.by_label.items():
        table.add_row(
            name(label),
            *map(share, (figures.precision, figures.recall, figures.f1)),
            f"{figures.support:,}",
        )
    return table


def confusion_table(evaluation: "Evaluation") -> Table:
    """Return the confusion matrix: a line for each right label, a column for each answer."""
    return counts_table(evaluation.labels, evaluation.confusion.counts.tolist())


def counts_table(labels: Sequence[str], rows: Sequence[Sequence[int]]) -> Table:
    """Return a confusion matrix as metrics.json has it: a list for each right label."""
    table = plain_table("right label", *(f"as {visible(label)}" for label in labels))
    for number, (label, counts) in enumerate(zip(labels, rows, strict=True)):
        right = {number: "bold"}  # the diagonal
        cells = [
            Text(f"{count:,}", style=right.get(column, "")) for column, count in enumerate(counts)
        ]
        table.add_row(name(label), *cells)
    return table


def counts_lines(labels: Sequence[str], rows: Sequence[Sequence[int]]) -> list[str]:
    """Return a confusion matrix for a log: "right label positive: 90 as positive, 10 as …"."""
    return [
        f"right label {label}: "
        + ", ".join(f"{count:,} as {other}" for other, count in zip(labels, counts, strict=True))
        for label, counts in zip(labels, rows, strict=True)
    ]


def plain_table(first: str, *others: str) -> Table:
    """Return an empty table: the first column of names, the others of numbers."""
    # Two spaces between columns: so the intervals of two labels fit into 80.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(Text(first), overflow="fold")
    for heading in others:
        table.add_column(Text(heading), justify="right", overflow="fold")
    return table


def name(label: str) -> Text:
    """Return a label, or another name that a user chose, as it can be shown."""
    return Text(visible(label))


def share(interval: "Interval | None") -> str:
    """Return a share with its interval: "81.2% (80.4-82.0)"; "-" where there is none."""
    if interval is None or not interval.defined:
        return NONE
    return f"{interval.value:.1%} ({100 * interval.low:.1f}-{100 * interval.high:.1f})"


def _score(interval: "Interval") -> str:
    """Return a figure that is no share with its interval: "0.4038 (0.3980-0.4100)"."""
    if not interval.defined:
        return NONE
    return f"{interval.value:.4f} ({interval.low:.4f}-{interval.high:.4f})"


def _metrics(*columns: "tuple[str, Evaluation]") -> Table:
    table = plain_table("figure", *(visible(heading) for heading, _ in columns))
    evaluations = [evaluation for _, evaluation in columns]
    for shown, figures in ((share, _SHARES), (_score, _SCORES)):
        for title, figure in figures.items():
            table.add_row(title, *(shown(getattr(each, figure)) for each in evaluations))
    table.add_row("examples", *(f"{each.rows:,}" for each in evaluations))
    return table
