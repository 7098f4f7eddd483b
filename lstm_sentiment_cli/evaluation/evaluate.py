"""From right labels and probabilities to everything that is reported of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.figures import CONFUSION_FIGURES, ROW_FIGURES
from lstm_sentiment_cli.evaluation.metrics import ConfusionMatrix, Interval, IntVector
from lstm_sentiment_cli.evaluation.resampling import confusion_intervals, method, row_intervals
from lstm_sentiment_cli.inference.prediction import FloatMatrix

FIGURES = ("accuracy", *CONFUSION_FIGURES, *ROW_FIGURES)
LABEL_FIGURES = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class LabelFigures:
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
    by_label: dict[str, LabelFigures]
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
            **{name: getattr(self, name).to_json() for name in FIGURES},
            "interval_method": self.interval_method,
            "by_label": {
                label: {name: getattr(figures, name).to_json() for name in LABEL_FIGURES}
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
    means, f1 = intervals[: len(CONFUSION_FIGURES)], intervals[len(CONFUSION_FIGURES) :]
    return Evaluation(
        labels=tuple(labels),
        rows=len(gold),
        confusion=confusion,
        accuracy=confusion.accuracy(),
        by_label={
            label: LabelFigures(*figures)
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
        **dict(zip(CONFUSION_FIGURES, means, strict=True)),
        **row_intervals(gold, probabilities),
    )
