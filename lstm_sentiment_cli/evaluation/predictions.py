"""What is kept of every row that was measured: a dozen bytes, no text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import (
    CONFUSION_METRICS,
    ROW_METRICS,
    BoolVector,
    ConfusionMatrix,
    Interval,
    IntVector,
)
from lstm_sentiment_cli.evaluation.resampling import confusion_intervals, method, row_intervals
from lstm_sentiment_cli.inference.runtime import FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Right labels and what was answered, of n rows in their order."""

    labels: tuple[str, ...]
    gold: npt.NDArray[np.int16]
    """(n,) number of the right label."""
    probabilities: FloatMatrix
    """(n, labels), in the order of labels."""
    lengths: npt.NDArray[np.uint16]
    """(n,) tokens of the text, also those the model does not read; at most 65,535."""
    slices: npt.NDArray[np.uint16]
    """(n,) the bits of SLICES that the text belongs to."""

    @property
    def rows(self) -> int:
        """How many rows were measured."""
        return len(self.gold)

    @property
    def predicted(self) -> npt.NDArray[np.intp]:
        """(n,) number of the most probable label; of equal ones the first."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def right(self) -> BoolVector:
        """(n,) whether the answer was the right label."""
        return np.asarray(self.predicted == self.gold)


def joined(windows: Sequence[Predictions]) -> Predictions:
    """Return the rows of all windows, which are of the same labels and at least one."""
    return Predictions(
        windows[0].labels,
        np.concatenate([window.gold for window in windows]),
        np.concatenate([window.probabilities for window in windows]),
        np.concatenate([window.lengths for window in windows]),
        np.concatenate([window.slices for window in windows]),
    )


METRIC_NAMES = ("accuracy", *CONFUSION_METRICS, *ROW_METRICS)
LABEL_METRIC_NAMES = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class LabelMetrics:
    """How well one label is told from the others."""

    precision: Interval
    recall: Interval
    f1: Interval
    support: int
    """Examples that have this label."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What was measured of a classifier on labelled examples, with 95 % intervals."""

    labels: tuple[str, ...]
    rows: int
    confusion: ConfusionMatrix
    accuracy: Interval
    by_label: dict[str, LabelMetrics]
    average_recall: Interval
    macro_precision: Interval
    macro_f1: Interval
    roc_auc: Interval
    """Area under the ROC curve, as `row_figures` has it; undefined with examples of one label."""
    pr_auc: Interval
    """Average precision: area under the precision-recall curve; undefined as ROC AUC is."""
    log_loss: Interval
    brier: Interval
    ece: Interval
    """Expected calibration error: how far confidence is from accuracy on average."""
    interval_method: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a figure is {"value": …, "low": …, "high": …}, or null."""
        return {
            "rows": self.rows,
            "labels": list(self.labels),
            **{name: getattr(self, name).to_json() for name in METRIC_NAMES},
            "interval_method": self.interval_method,
            "by_label": {
                label: {name: getattr(figures, name).to_json() for name in LABEL_METRIC_NAMES}
                | {"support": figures.support}
                for label, figures in self.by_label.items()
            },
            "confusion": self.confusion.counts.tolist(),
        }


def evaluate_predictions(
    labels: Sequence[str], gold: IntVector, probabilities: FloatMatrix
) -> Evaluation:
    """Measure n predictions: gold (n,) numbers of labels, probabilities (n, labels)."""
    if not len(gold):
        raise SentimentError(
            f"nothing to measure: no row has a label of the model ({', '.join(labels)})"
        )
    if not np.isfinite(probabilities).all():
        raise SentimentError(
            "the model gives probabilities that are no numbers; "
            "its weights are broken: train it again"
        )
    confusion = ConfusionMatrix.of(gold, probabilities.argmax(axis=1), len(labels))
    intervals = confusion_intervals(confusion)
    means, f1 = intervals[: len(CONFUSION_METRICS)], intervals[len(CONFUSION_METRICS) :]
    return Evaluation(
        labels=tuple(labels),
        rows=len(gold),
        confusion=confusion,
        accuracy=confusion.accuracy(),
        by_label={
            label: LabelMetrics(*figures)
            for label, *figures in zip(
                labels,
                confusion.precision(),
                confusion.recall(),
                f1,
                confusion.support.tolist(),
                strict=True,
            )
        },
        interval_method=method(len(gold)),
        **dict(zip(CONFUSION_METRICS, means, strict=True)),
        **row_intervals(gold, probabilities),
    )
