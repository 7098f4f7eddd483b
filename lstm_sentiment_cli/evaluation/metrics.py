"""Metrics of a classifier, from its probabilities and the true labels.

A share of nothing (the precision of a label that is never predicted) is 0.0, as with scikit-learn's
`zero_division=0`.

Metrics that need the single rows are functions of how often each row was drawn, so that the
measured value and its resamples share one definition: the measurement draws each row once, a
resample draws some rows several times and others never.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.runtime import FloatMatrix

IntVector = npt.NDArray[np.integer[Any]]
FloatVector = npt.NDArray[np.float64]
BoolVector = npt.NDArray[np.bool_]

CALIBRATION_BINS = 15
# The quantile of the standard normal distribution that leaves 2.5 % on either side.
Z95 = 1.959963984540054
# Probabilities are float32: one that reads 0 is only known to be smaller than this.
_SMALLEST = float(np.finfo(np.float32).eps)


class Interval(NamedTuple):
    """A metric with the bounds of its 95 % confidence interval; NaN where it is undefined."""

    value: float
    low: float
    high: float

    @property
    def defined(self) -> bool:
        """Whether the metric exists: with examples of one label only, there is no ROC AUC."""
        return not math.isnan(self.value)

    @classmethod
    def around(
        cls, value: float, low: float, high: float, lowest: float = 0.0, highest: float = 1.0
    ) -> "Interval":
        """Keep the bounds within the metric's range, and on their sides of the value."""
        return cls(value, max(lowest, min(value, low)), min(highest, max(value, high)))

    def to_json(self) -> dict[str, float] | None:
        """Return {"value": …, "low": …, "high": …}, or None if it is undefined."""
        return self._asdict() if self.defined else None


def fields_json(record: Any) -> dict[str, Any]:
    """Return the fields of a dataclass as plain JSON, intervals as `Interval.to_json` has them."""
    values = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {name: its.to_json() if isinstance(its, Interval) else its for name, its in values}


def wilson(successes: int, trials: int) -> Interval:
    """Return a proportion with its score interval (Wilson 1927): 8 of 10 → 0.8, 0.490 to 0.943.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927). Without trials the interval is 0 to 1.
    """
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)
    share = successes / trials
    spread = Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    margin = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    # Rounding could push the bounds past a share of exactly 0 or 1.
    return Interval.around(share, centre - margin, centre + margin)


def confusion_matrix(gold: IntVector, predicted: IntVector, labels: int) -> npt.NDArray[np.int64]:
    """Count label numbers (n,), a row for each true label: [0, 0, 1], [0, 1, 1] → [[1, 1], [0, 1]].

    A column is a predicted label.
    """
    cells = np.ravel_multi_index((gold, predicted), (labels, labels))
    return np.bincount(cells, minlength=labels**2).reshape(labels, labels)


def log_losses(gold: IntVector, probabilities: FloatMatrix) -> FloatVector:
    """Return -ln of each true label's probability, clipped away from 0: 0.5 → 0.693."""
    of_gold = probabilities[np.arange(len(gold)), gold].astype(np.float64)
    return np.asarray(-np.log(of_gold.clip(_SMALLEST, 1 - _SMALLEST)))


def brier_scores(gold: IntVector, probabilities: FloatMatrix) -> FloatVector:
    """Return half the squared distance of each row from certainty about the true label: 0 to 1.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78 (1950), sums over all labels (0 to 2). With two labels, half of that is the usual
    score of one probability: correct at 0.9 → 0.01.
    """
    errors = probabilities.astype(np.float64)
    errors[np.arange(len(gold)), gold] -= 1.0
    return np.asarray(np.square(errors).sum(axis=1) / 2)


# (n,), how often each row was drawn → the metrics.
RowMetrics = Callable[[IntVector], FloatVector]
_Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Rows in the order of a score, the highest first."""

    order: _Places  # (n,)
    ends: _Places  # (groups,): in that order, the last place of each group of equal scores
    belongs: BoolVector  # (n,), in that order: the row has the label that the score is for

    @classmethod
    def of(cls, belongs: BoolVector, scores: npt.NDArray[np.float32]) -> "Ranking":
        """Sort n rows by their scores (n,)."""
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(order) - 1)
        return cls(order, ends, belongs[order])

    def areas(self, drawn: IntVector) -> tuple[float, float]:
        """Return the areas under the ROC curve (ties on its diagonals) and under the PR curve.

        The latter is the average precision: the precision at each score, weighted by the recall
        it adds. NaN if none of the drawn rows has the label, or all have it.
        """
        ordered = drawn[self.order]
        found = np.cumsum(ordered * self.belongs)[self.ends]
        answered = np.cumsum(ordered)[self.ends]
        positives, negatives = int(found[-1]), int(answered[-1] - found[-1])
        if not positives or not negatives:
            return np.nan, np.nan
        new_found = np.diff(found, prepend=0)
        new_others = np.diff(answered, prepend=0) - new_found
        precision = found / np.maximum(answered, 1)
        roc = _sum(new_others, found - new_found / 2) / (positives * negatives)
        return roc, _sum(new_found, precision) / positives


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Rows in the order of their confidence, the lowest first."""

    order: _Places  # (n,)
    starts: _Places  # (n,): in that order, the first place of the same confidence
    surplus: FloatVector  # (n,), in that order: confidence, less 1 where the prediction is correct

    @classmethod
    def of(cls, confidence: npt.NDArray[np.float32], right: BoolVector) -> "Calibration":
        """Sort n rows by their confidence (n,)."""
        order = np.argsort(confidence, kind="stable")
        ordered = confidence[order]
        starts = np.searchsorted(ordered, ordered)
        return cls(order, starts, ordered.astype(np.float64) - right[order])

    def error(self, drawn: IntVector) -> float:
        """Return the mean distance of confidence from accuracy: 0.9 sure, 0.8 correct → 0.1.

        The expected calibration error of C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On
        calibration of modern neural networks", ICML 2017, over bins of equal count instead of
        equal width: most tweets are predicted with high confidence, so the other bins of equal
        width would be noise. Rows of equal confidence share a bin, so their order does not matter.
        """
        ordered = drawn[self.order]
        reach = np.cumsum(ordered)
        rows = int(reach[-1])
        borders = np.arange(1, CALIBRATION_BINS) * rows // CALIBRATION_BINS
        cuts = self.starts[np.searchsorted(reach, borders, side="right")]
        surplus = np.append(0.0, np.cumsum(ordered * self.surplus))
        return float(np.abs(np.diff(surplus[[0, *cuts, -1]])).sum() / rows)


def measured_metrics(gold: IntVector, probabilities: FloatMatrix) -> FloatVector:
    """Return ROW_METRICS of n rows: gold (n,), probabilities (n, labels).

    With two labels the areas are those of the first; with more, the mean over the labels for
    which they are defined, each against the rest.
    """
    # One part after the other: millions of sorted rows take much memory, needed once at a time.
    drawn = np.ones(len(gold), np.int32)
    return np.concatenate([part(gold, probabilities)(drawn) for part in ROW_PARTS.values()])


def row_metrics(gold: IntVector, probabilities: FloatMatrix) -> RowMetrics:
    """Prepare n rows: the function returned gives ROW_METRICS for how often each is drawn."""
    parts = [part(gold, probabilities) for part in ROW_PARTS.values()]
    return lambda drawn: np.concatenate([part(drawn) for part in parts])


def _areas(gold: IntVector, probabilities: FloatMatrix) -> RowMetrics:
    ranked = range(1 if probabilities.shape[1] == 2 else probabilities.shape[1])
    rankings = [Ranking.of(gold == label, probabilities[:, label]) for label in ranked]

    def metrics(drawn: IntVector) -> FloatVector:
        areas = np.array([ranking.areas(drawn) for ranking in rankings])
        defined = areas[~np.isnan(areas[:, 0])]
        return np.asarray(defined.mean(axis=0) if len(defined) else areas[0])

    return metrics


def _means(gold: IntVector, probabilities: FloatMatrix) -> RowMetrics:
    losses, scores = log_losses(gold, probabilities), brier_scores(gold, probabilities)
    return lambda drawn: np.array([_sum(drawn, losses), _sum(drawn, scores)]) / drawn.sum()


def _calibration(gold: IntVector, probabilities: FloatMatrix) -> RowMetrics:
    right = probabilities.argmax(axis=1) == gold
    calibration = Calibration.of(probabilities.max(axis=1), right)
    return lambda drawn: np.array([calibration.error(drawn)])


ROW_PARTS = {("roc_auc", "pr_auc"): _areas, ("log_loss", "brier"): _means, ("ece",): _calibration}
"""Metrics that need the single rows → what computes them, of n rows as `row_metrics` gets them."""
ROW_METRICS = tuple(chain.from_iterable(ROW_PARTS))


def confusion_metrics(counts: IntVector) -> FloatVector:
    """Return CONFUSION_METRICS, then F1 by label, of one confusion matrix or of many.

    (…, labels, labels), rows the true label, columns the predicted → (…, metrics + labels).
    """
    means = [compute(counts) for compute in CONFUSION_METRICS.values()]
    return np.concatenate([np.stack(means, axis=-1), _by_label(counts)[2]], axis=-1)


def _by_label(counts: IntVector) -> tuple[FloatVector, FloatVector, FloatVector]:
    """Return precision, recall and F1 of each label: (…, labels, labels) → (…, labels)."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    support, answered = counts.sum(axis=-1), counts.sum(axis=-2)
    return _shares(right, answered), _shares(right, support), _shares(2 * right, support + answered)


CONFUSION_METRICS: dict[str, Callable[[IntVector], FloatVector]] = {
    "accuracy": lambda counts: np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1)),
    "average_recall": lambda counts: _by_label(counts)[1].mean(axis=-1),
    "macro_precision": lambda counts: _by_label(counts)[0].mean(axis=-1),
    "macro_f1": lambda counts: _by_label(counts)[2].mean(axis=-1),
}
"""Metrics that follow from the confusion matrix → what computes them: (…, labels, labels) → (…)."""


def _shares(parts: IntVector, wholes: IntVector) -> FloatVector:
    return np.divide(parts, wholes, out=np.zeros(parts.shape), where=wholes > 0)


def _sum(weights: IntVector, values: FloatVector) -> float:
    # Not by @, which may share the work among threads: on a busy machine they wait for each other,
    # and their number would show in the last digits.
    return float((weights * values).sum())
