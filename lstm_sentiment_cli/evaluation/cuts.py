"""Labelled rows of two labels, parted by every threshold there is to choose.

Thresholds are looked at in steps of 0.0001, the last digit that `predict` shows: what is found can
be typed, and as it is typed it parts the rows exactly so.
"""

from dataclasses import dataclass

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import BoolVector, FloatVector, IntVector
from lstm_sentiment_cli.evaluation.predictions import Predictions

_STEPS = 10_000
GRID = np.arange(_STEPS + 1) / _STEPS
"""The thresholds."""
HALF = _STEPS // 2
"""The number of the threshold 0.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows on one side of each threshold, and for how many of them the side's label is right."""

    label: str
    rows: IntVector  # (thresholds,)
    right: IntVector  # (thresholds,)

    @property
    def precision(self) -> FloatVector:
        """The share that is right; of no rows it is 0."""
        return np.asarray(self.right / np.maximum(self.rows, 1))

    def reaches(self, precision: float) -> BoolVector:
        """Return where there are answers, and so many of them right."""
        return (self.rows > 0) & (self.precision >= precision)


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """What each threshold parts; p is the probability of the first label."""

    total: int
    from_on: Side
    """First label: p >= threshold."""
    above: Side
    """First label: p > threshold, as above an uncertain band."""
    below: Side
    """Second label: p < threshold."""

    @classmethod
    def of(cls, predictions: Predictions) -> "Cuts":
        """Sort n rows, and count; SentimentError when all of them are of one label."""
        first, second = predictions.labels
        total = predictions.rows
        order = np.argsort(predictions.probabilities[:, 0])
        lowest_first = predictions.probabilities[order, 0]
        # (n + 1,): examples of the first label among the so many lowest.
        firsts = np.append(0, np.cumsum(predictions.gold[order] == 0))
        if firsts[-1] in {0, total}:
            only = first if firsts[-1] else second
            raise SentimentError(
                f"all examples are {only}; a threshold needs some of {first} and of {second}"
            )
        # Compared as Decision does it: in the precision of the probabilities.
        grid = GRID.astype(lowest_first.dtype)
        below = np.searchsorted(lowest_first, grid, side="left")
        not_above = np.searchsorted(lowest_first, grid, side="right")
        return cls(
            total=total,
            from_on=Side(first, total - below, firsts[-1] - firsts[below]),
            above=Side(first, total - not_above, firsts[-1] - firsts[not_above]),
            below=Side(second, below, below - firsts[below]),
        )

    @property
    def confusion(self) -> IntVector:
        """(thresholds, 2, 2): the confusion matrix of each."""
        # At threshold 0 every row is answered by the first label.
        firsts = self.from_on.right[0]
        seconds = self.total - firsts
        cells = [
            [self.from_on.right, firsts - self.from_on.right],
            [seconds - self.below.right, self.below.right],
        ]
        return np.moveaxis(np.array(cells), -1, 0)
