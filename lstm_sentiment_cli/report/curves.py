"""Curves and histograms of a classifier, reduced to few enough points to draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.evaluation.metrics import (
    CALIBRATION_BINS,
    BoolVector,
    Calibration,
    FloatVector,
    Interval,
    Ranking,
    wilson,
)

MOST_POINTS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points to join, from left to right."""

    x: FloatVector  # (points,)
    y: FloatVector  # (points,)


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """The number of rows of each group between two edges."""

    edges: npt.NDArray[np.floating]  # (bins + 1,)
    counts: npt.NDArray[np.int64]  # (groups, bins)


class ReliabilityBin(NamedTuple):
    """Rows of about the same confidence."""

    confidence: float  # their mean
    accuracy: Interval
    rows: int


def roc(ranking: Ranking) -> Curve | None:
    """Return (false positive rate, true positive rate) from the highest score on.

    Rows of equal score are one point. None if all rows have the label, or none has.
    """
    found, others = _so_far(ranking)
    if not found[-1] or not others[-1]:
        return None
    return _thinned(np.append(0.0, others / others[-1]), np.append(0.0, found / found[-1]))


def precision_recall(ranking: Ranking) -> Curve | None:
    """Return (recall, precision) from the highest score on; None where `roc` is None.

    Each precision holds from the recall before it to its own: the area under these steps is the
    average precision.
    """
    found, others = _so_far(ranking)
    if not found[-1] or not others[-1]:
        return None
    precision = found / (found + others)
    return _thinned(np.append(0.0, found / found[-1]), np.append(precision[0], precision))


def risk_coverage(confidence: npt.NDArray[np.float32], right: BoolVector) -> Curve:
    """Return (coverage, risk): the share of rows answered, surest first, and of errors in them.

    R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification", Journal of
    Machine Learning Research 11 (2010). confidence (n,), right (n,).
    """
    successes, errors = _so_far(Ranking.of(right, confidence))
    answered = successes + errors
    return _thinned(answered / len(right), errors / answered)


def reliability(confidence: npt.NDArray[np.float32], right: BoolVector) -> list[ReliabilityBin]:
    """Return the bins of the calibration error: it is their mean distance from the diagonal.

    confidence (n,), right (n,): whether the prediction with that confidence is correct.
    """
    rows = len(right)
    calibration = Calibration.of(confidence, right)
    cuts = calibration.starts[np.arange(1, CALIBRATION_BINS) * rows // CALIBRATION_BINS]
    bins = pairwise(np.unique([0, *cuts, rows]).tolist())
    members = [calibration.order[start:end] for start, end in bins]
    return [
        ReliabilityBin(
            float(confidence[each].mean(dtype=np.float64)),
            wilson(int(right[each].sum()), len(each)),
            len(each),
        )
        for each in members
    ]


def probability_histogram(
    probabilities: npt.NDArray[np.float32], gold: npt.NDArray[np.integer], labels: Sequence[int]
) -> Histogram:
    """Count probabilities (n,) in 20 bins of equal width, for each of the labels as gold (n,)."""
    edges = np.linspace(0, 1, 21)
    counts = [np.histogram(probabilities[gold == label], edges)[0] for label in labels]
    return Histogram(edges, np.array(counts))


def length_histogram(lengths: npt.NDArray[np.uint16]) -> Histogram:
    """Count lengths (n,) in up to 40 bins of equal width; the last includes all longer texts."""
    longest, usual = int(lengths.max()), int(np.quantile(lengths, 0.995))
    # One text of 60,000 tokens must not squeeze all others into the first bin.
    shown = (longest if longest <= 2 * usual else usual) + 1
    width = -(-shown // 40)
    bins = -(-shown // width)
    counts = np.bincount(np.minimum(lengths // width, bins - 1), minlength=bins)
    # Whole numbers lie in the middle of their bars.
    return Histogram(np.arange(bins + 1) * width - 0.5, counts[np.newaxis])


def _so_far(ranking: Ranking) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how many rows down to each score have the label, and how many do not."""
    found = np.cumsum(ranking.belongs, dtype=np.int64)[ranking.ends]
    return found, ranking.ends + 1 - found


def _thinned(x: FloatVector, y: FloatVector) -> Curve:
    """Return at most MOST_POINTS of a curve's points, evenly spaced along it."""
    if len(x) <= MOST_POINTS:
        return Curve(x, y)
    way = np.append(0.0, np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y))))
    chosen = np.unique(np.searchsorted(way, np.linspace(0, way[-1], MOST_POINTS)))
    return Curve(x[chosen], y[chosen])
