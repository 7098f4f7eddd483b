"""Predictions of labelled rows, and all metrics of them with confidence intervals.

The intervals come from the spread of a metric over resamples of the rows. Their ends are the metric
plus the quantiles of (resample - mean of the resamples): metrics such as the calibration error are
larger in resamples than in the rows they come from, and the distance from their own mean does not
carry that over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import (
    CONFUSION_METRICS,
    ROW_METRICS,
    BoolVector,
    FloatVector,
    Interval,
    IntVector,
    confusion_matrix,
    confusion_metrics,
    fields_json,
    measured_metrics,
    row_metrics,
    wilson,
)
from lstm_sentiment_cli.figures import METRICS, metric_of
from lstm_sentiment_cli.inference.runtime import FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """True labels and predictions of n rows, in order: a dozen bytes a row, no text."""

    labels: tuple[str, ...]
    gold: npt.NDArray[np.int16]  # (n,) number of the true label
    probabilities: FloatMatrix  # (n, labels), in the order of labels
    lengths: npt.NDArray[np.uint16]  # (n,) all tokens, read by the model or not; at most 65,535
    slices: npt.NDArray[np.uint16]  # (n,) the bits of SLICES that the text belongs to

    @classmethod
    def joined(cls, windows: Sequence["Predictions"]) -> "Predictions":
        """Return the rows of all windows: at least one window, all of the same labels."""
        columns = ("gold", "probabilities", "lengths", "slices")
        joined = (np.concatenate([getattr(each, name) for each in windows]) for name in columns)
        return cls(windows[0].labels, *joined)

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


LABEL_METRIC_NAMES = ("precision", "recall", "f1")


def metric_names(labels: Sequence[str]) -> list[str]:
    """Return every metric by its path in the JSON: "accuracy", "by_label.positive.recall"."""
    by_label = (f"by_label.{label}.{name}" for label in labels for name in LABEL_METRIC_NAMES)
    return [*METRICS, *by_label]


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
    metrics: dict[str, Interval]
    """Each of METRICS; with examples of one label only, ROC AUC and PR AUC are undefined."""
    interval_method: str
    by_label: dict[str, LabelMetrics]
    confusion: npt.NDArray[np.int64]
    """(labels, labels) how often each label, by column, was predicted for each true one, by row."""

    def by_name(self) -> dict[str, Interval]:
        """Return every metric by its name in `metric_names`."""
        labels = self.by_label.values()
        of_labels = (getattr(each, name) for each in labels for name in LABEL_METRIC_NAMES)
        values = [*self.metrics.values(), *of_labels]
        return dict(zip(metric_names(self.labels), values, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a metric is {"value": …, "low": …, "high": …}, or null."""
        return {
            "rows": self.rows,
            "labels": list(self.labels),
            **{name: its.to_json() for name, its in self.metrics.items()},
            "interval_method": self.interval_method,
            "by_label": {label: fields_json(each) for label, each in self.by_label.items()},
            "confusion": self.confusion.tolist(),
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
    confusion = confusion_matrix(gold, probabilities.argmax(axis=1), len(labels))
    right, support = confusion.diagonal().tolist(), confusion.sum(axis=1).tolist()
    precision = map(wilson, right, confusion.sum(axis=0).tolist())
    recall = map(wilson, right, support)
    of_confusion = confusion_intervals(confusion)
    by_label = zip(labels, precision, recall, of_confusion[-len(labels) :], support, strict=True)
    found = dict(zip(CONFUSION_METRICS, of_confusion, strict=False))
    found |= row_intervals(gold, probabilities) | {"accuracy": wilson(sum(right), len(gold))}
    return Evaluation(
        labels=tuple(labels),
        rows=len(gold),
        confusion=confusion,
        metrics={name: found[name] for name in METRICS},
        by_label={label: LabelMetrics(*metrics) for label, *metrics in by_label},
        interval_method=method(len(gold)),
    )


SAMPLES = 1000
MOST_ROWS_TO_BOOTSTRAP = 50_000
SUBSETS, SAMPLES_OF_A_SUBSET = 20, 100
# A subset of n rows has n to this power: large enough by the paper, small enough to be fast.
_SUBSET_POWER = 0.7
TAILS = (0.025, 0.975)
_SEED = 20
_FloatTable = npt.NDArray[np.float64]


def method(rows: int) -> str:
    """Describe how the intervals for this number of rows are made."""
    bootstrap = f"percentile bootstrap, {SAMPLES:,} samples"
    if rows <= MOST_ROWS_TO_BOOTSTRAP:
        return f"Wilson for accuracy, precision and recall; else {bootstrap}"
    return (
        f"Wilson for accuracy, precision and recall; {bootstrap}, for what the confusion matrix "
        f"tells; else bag of little bootstraps, {SUBSETS} subsets of "
        f"{int(rows**_SUBSET_POWER):,} rows, {SAMPLES_OF_A_SUBSET} samples each"
    )


def confusion_intervals(confusion: npt.NDArray[np.int64]) -> list[Interval]:
    """Return `confusion_metrics` with their intervals, in the same order.

    Drawing n cells of the matrix is the bootstrap of its n rows, whatever their number.
    """
    rows = int(confusion.sum())
    random = np.random.default_rng(_SEED)
    drawn = random.multinomial(rows, confusion.ravel() / rows, size=SAMPLES)
    offsets = _offsets(confusion_metrics(drawn.reshape(-1, *confusion.shape)))
    names = [*CONFUSION_METRICS, *["f1"] * len(confusion)]
    measured = confusion_metrics(confusion).tolist()
    return list(map(_interval, names, measured, offsets.T))


def row_intervals(gold: IntVector, probabilities: FloatMatrix) -> dict[str, Interval]:
    """Return ROW_METRICS of n rows by their names, with their intervals.

    Up to 50,000 rows the bootstrap (Efron 1979). Above, the bag of little bootstraps: A. Kleiner,
    A. Talwalkar, P. Sarkar, M. I. Jordan, "A scalable bootstrap for massive data", Journal of the
    Royal Statistical Society B 76 (2014): small subsets stand for all rows, each of their rows is
    drawn many times, and the results of the subsets are averaged. gold (n,), probabilities (n,
    labels).
    """
    rows = len(gold)
    random = np.random.default_rng(_SEED)
    measured = measured_metrics(gold, probabilities)
    if rows <= MOST_ROWS_TO_BOOTSTRAP:
        metrics = row_metrics(gold, probabilities)
        draws = (random.integers(0, rows, rows) for _ in range(SAMPLES))
        offsets = _offsets(metrics(np.bincount(drawn, minlength=rows)) for drawn in draws)
    else:
        subsets = [_subset_offsets(gold, probabilities, random) for _ in range(SUBSETS)]
        # Some subsets may not define a metric.
        offsets = np.ma.masked_invalid(subsets).mean(axis=0).filled(np.nan)
    return {
        name: _interval(name, value, each)
        for name, value, each in zip(ROW_METRICS, measured.tolist(), offsets.T, strict=True)
    }


def _subset_offsets(
    gold: IntVector, probabilities: FloatMatrix, random: np.random.Generator
) -> _FloatTable:
    """Return the offsets of one subset, from which as many rows are drawn as there are in all."""
    rows = len(gold)
    subset = random.choice(rows, int(rows**_SUBSET_POWER), replace=False)
    metrics = row_metrics(gold[subset], probabilities[subset])
    equal = np.full(len(subset), 1 / len(subset))
    draws = (random.multinomial(rows, equal) for _ in range(SAMPLES_OF_A_SUBSET))
    return _offsets(map(metrics, draws))


def _offsets(samples: Iterable[FloatVector]) -> _FloatTable:
    """Return how far resamples reach below and above their mean: (samples, metrics) → (2, metrics).

    Resamples where the metric is undefined are ignored; NaN if it is undefined in all.
    """
    columns = np.array(list(samples)).T
    offsets = np.full((2, len(columns)), np.nan)
    for metric, values in enumerate(columns):
        defined = values[~np.isnan(values)]
        if len(defined):
            # Weibull's quantiles do not fall short of the tails, as others do with 100 samples.
            offsets[:, metric] = np.quantile(defined, TAILS, method="weibull") - defined.mean()
    return offsets


def _interval(name: str, value: float, offsets: FloatVector) -> Interval:
    """Put offsets (2,) around a metric, within its range."""
    if np.isnan(value):
        return Interval(np.nan, np.nan, np.nan)
    if np.isnan(offsets).any():  # undefined in every resample
        return Interval(value, *metric_of(name).bounds)
    low, high = (value + offsets).tolist()
    return Interval.around(value, low, high, *metric_of(name).bounds)
