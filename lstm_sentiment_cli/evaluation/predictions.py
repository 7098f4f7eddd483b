"""Predictions of labelled rows, and all metrics of them with confidence intervals."""

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
    fields_json,
)
from lstm_sentiment_cli.evaluation.resampling import confusion_intervals, method, row_intervals
from lstm_sentiment_cli.inference.runtime import FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """True labels and predictions of n rows, in order: a dozen bytes a row, no text."""

    labels: tuple[str, ...]
    gold: npt.NDArray[np.int16]  # (n,) number of the true label
    probabilities: FloatMatrix  # (n, labels), in the order of labels
    lengths: npt.NDArray[np.uint16]
    """(n,) tokens of the text, including those that the model does not read; at most 65,535."""
    slices: npt.NDArray[np.uint16]  # (n,) the bits of SLICES that the text belongs to

    @classmethod
    def joined(cls, windows: Sequence["Predictions"]) -> "Predictions":
        """Return the rows of all windows: at least one window, all of the same labels."""
        return cls(
            windows[0].labels,
            np.concatenate([window.gold for window in windows]),
            np.concatenate([window.probabilities for window in windows]),
            np.concatenate([window.lengths for window in windows]),
            np.concatenate([window.slices for window in windows]),
        )

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.gold)

    @property
    def predicted(self) -> npt.NDArray[np.intp]:
        """(n,) number of the most probable label; of equal ones the first."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def right(self) -> BoolVector:
        """(n,) whether the prediction is correct."""
        return np.asarray(self.predicted == self.gold)

    @property
    def confidence(self) -> npt.NDArray[np.float32]:
        """(n,) probability of the predicted label."""
        return np.asarray(self.probabilities.max(axis=1))

    def support(self) -> dict[str, int]:
        """Return label → number of rows that have it."""
        counts = np.bincount(self.gold, minlength=len(self.labels)).tolist()
        return dict(zip(self.labels, counts, strict=True))


METRIC_NAMES = ("accuracy", *CONFUSION_METRICS, *ROW_METRICS)
LABEL_METRIC_NAMES = ("precision", "recall", "f1")


def metric_names(labels: Sequence[str]) -> list[str]:
    """Return every metric by its path in the JSON: "accuracy", "by_label.positive.recall"."""
    by_label = (f"by_label.{label}.{name}" for label in labels for name in LABEL_METRIC_NAMES)
    return [*METRIC_NAMES, *by_label]


@dataclass(frozen=True, slots=True)
class LabelMetrics:
    """How well one label is distinguished from the others."""

    precision: Interval
    recall: Interval
    f1: Interval
    support: int  # examples that have this label


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """All metrics of a classifier on labelled examples, with 95 % intervals."""

    rows: int
    labels: tuple[str, ...]
    accuracy: Interval
    average_recall: Interval
    macro_precision: Interval
    macro_f1: Interval
    roc_auc: Interval
    """Area under the ROC curve, see `row_metrics`; undefined with examples of one label only."""
    pr_auc: Interval
    """Average precision: area under the precision-recall curve; undefined as ROC AUC is."""
    log_loss: Interval
    brier: Interval
    ece: Interval  # expected calibration error: the mean distance of confidence from accuracy
    interval_method: str
    by_label: dict[str, LabelMetrics]
    confusion: ConfusionMatrix

    def by_name(self) -> dict[str, Interval]:
        """Return every metric by its name in `metric_names`."""
        values = [getattr(self, name) for name in METRIC_NAMES]
        for metrics in self.by_label.values():
            values += [getattr(metrics, name) for name in LABEL_METRIC_NAMES]
        return dict(zip(metric_names(self.labels), values, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a metric is {"value": …, "low": …, "high": …}, or null."""
        return fields_json(self) | {
            "labels": list(self.labels),
            "by_label": {label: fields_json(each) for label, each in self.by_label.items()},
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
            "the model gives probabilities that are not numbers; "
            "its weights are broken: train it again"
        )
    confusion = ConfusionMatrix.of(gold, probabilities.argmax(axis=1), len(labels))
    intervals = confusion_intervals(confusion)
    means, f1 = intervals[: len(CONFUSION_METRICS)], intervals[len(CONFUSION_METRICS) :]
    columns = (confusion.precision(), confusion.recall(), f1, confusion.support.tolist())
    return Evaluation(
        labels=tuple(labels),
        rows=len(gold),
        confusion=confusion,
        accuracy=confusion.accuracy(),
        by_label={
            label: LabelMetrics(*metrics) for label, *metrics in zip(labels, *columns, strict=True)
        },
        interval_method=method(len(gold)),
        **dict(zip(CONFUSION_METRICS, means, strict=True)),
        **row_intervals(gold, probabilities),
    )
