"""Confidence intervals of metrics, from their spread over resamples of the rows.

The ends of an interval are the metric plus the quantiles of (resample - mean of the resamples).
Metrics such as the calibration error are larger in resamples than in the rows they come from;
the distance from their own mean does not carry that over.
"""

import math

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.evaluation.metrics import (
    ROW_METRICS,
    ConfusionMatrix,
    FloatVector,
    Interval,
    IntVector,
    RowMetrics,
    confusion_metrics,
    measured_metrics,
    row_metrics,
)
from lstm_sentiment_cli.inference.runtime import FloatMatrix

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
        f"tells; else bag of little bootstraps, {SUBSETS} subsets of {_subset_rows(rows):,} rows, "
        f"{SAMPLES_OF_A_SUBSET} samples each"
    )


def confusion_intervals(confusion: ConfusionMatrix) -> list[Interval]:
    """Return `confusion_figures` with their intervals, in the same order.

    Drawing n cells of the matrix is the bootstrap of its n rows, whatever their number.
    """
    cells, rows = confusion.counts.ravel(), confusion.rows
    drawn = np.random.default_rng(_SEED).multinomial(rows, cells / rows, size=SAMPLES)
    offsets = _offsets(confusion_metrics(drawn.reshape(-1, *confusion.counts.shape)))
    measured = confusion_metrics(confusion.counts).tolist()
    return [_interval(value, each, 1.0) for value, each in zip(measured, offsets.T, strict=True)]


def row_intervals(gold: IntVector, probabilities: FloatMatrix) -> dict[str, Interval]:
    """Return ROW_FIGURES of n rows by their names, with their intervals.

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
        offsets = _offsets(_bootstrap(row_metrics(gold, probabilities), rows, random))
    else:
        offsets = _mean_of_defined(
            np.array([_subset_offsets(gold, probabilities, random) for _ in range(SUBSETS)])
        )
    return {
        name: _interval(value, each, math.inf if name == "log_loss" else 1.0)
        for name, value, each in zip(ROW_METRICS, measured.tolist(), offsets.T, strict=True)
    }


def _bootstrap(metrics: RowMetrics, rows: int, random: np.random.Generator) -> _FloatTable:
    """Draw as many rows as there are, SAMPLES times → (samples, metrics)."""
    return np.array(
        [
            metrics(np.bincount(random.integers(0, rows, rows), minlength=rows))
            for _ in range(SAMPLES)
        ]
    )


def _subset_offsets(
    gold: IntVector, probabilities: FloatMatrix, random: np.random.Generator
) -> _FloatTable:
    """Return the offsets of one subset, from which as many rows are drawn as there are in all."""
    rows, subset_rows = len(gold), _subset_rows(len(gold))
    subset = random.choice(rows, subset_rows, replace=False)
    metrics = row_metrics(gold[subset], probabilities[subset])
    equal = np.full(subset_rows, 1 / subset_rows)
    samples = [metrics(random.multinomial(rows, equal)) for _ in range(SAMPLES_OF_A_SUBSET)]
    return _offsets(np.array(samples))


def _subset_rows(rows: int) -> int:
    return int(rows**_SUBSET_POWER)


def _offsets(replicates: _FloatTable) -> _FloatTable:
    """Return how far resamples reach below and above their mean: (samples, metrics) → (2, metrics).

    Resamples where the metric is undefined are ignored; NaN if it is undefined in all.
    """
    offsets = np.full((2, replicates.shape[1]), np.nan)
    for metric, values in enumerate(replicates.T):
        defined = values[~np.isnan(values)]
        if len(defined):
            # Weibull's quantiles do not fall short of the tails, as others do with 100 samples.
            quantiles = np.quantile(defined, TAILS, method="weibull")
            offsets[:, metric] = quantiles - defined.mean()
    return offsets


def _mean_of_defined(offsets: _FloatTable) -> _FloatTable:
    """Average over subsets: (subsets, 2, metrics) → (2, metrics)."""
    defined = ~np.isnan(offsets)
    counts = defined.sum(axis=0)
    sums = np.where(defined, offsets, 0.0).sum(axis=0)
    means = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means


def _interval(value: float, offsets: FloatVector, highest: float) -> Interval:
    """Put offsets (2,) around a metric, within its range."""
    if np.isnan(value):
        return Interval(np.nan, np.nan, np.nan)
    if np.isnan(offsets).any():  # undefined in every resample
        return Interval(value, 0.0, highest)
    low, high = (value + offsets).tolist()
    return Interval(value, max(0.0, min(value, low)), min(highest, max(value, high)))
