"""Figures of a classifier, from what it predicted and what was right.

A share of nothing (the precision of a label never predicted) is 0.0, as scikit-learn's
`zero_division=0` has it.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.prediction import FloatMatrix

IntVector = npt.NDArray[np.integer[Any]]
FloatVector = npt.NDArray[np.float64]
BoolVector = npt.NDArray[np.bool_]

CALIBRATION_BINS = 15
# The quantile of the standard normal distribution that leaves 2.5 % on either side.
Z95 = 1.959963984540054
# Probabilities come as float32: one that reads 0 is only known to be smaller than this.
_SMALLEST = float(np.finfo(np.float32).eps)


class Interval(NamedTuple):
    """A figure and the bounds of its 95 % confidence interval; NaN where it is not defined."""

    value: float
    low: float
    high: float

    @property
    def defined(self) -> bool:
        """Whether there is such a figure: of one label alone, there is no ROC AUC."""
        return not math.isnan(self.value)

    def to_json(self) -> dict[str, float] | None:
        """Return {"value": …, "low": …, "high": …}, or None for what is not defined."""
        return self._asdict() if self.defined else None


def wilson(successes: int, trials: int) -> Interval:
    """Return a proportion with its score interval (Wilson 1927): 8 of 10 → 0.8, 0.490 to 0.943.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927). Of no trials nothing is known: 0 to 1.
    """
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)
    share = successes / trials
    spread = Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    margin = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    # Rounding must not push the bounds past a share of exactly 0 or 1.
    return Interval(
        share, max(0.0, min(share, centre - margin)), min(1.0, max(share, centre + margin))
    )


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionMatrix:
    """How often each label was answered for each right one."""

    counts: npt.NDArray[np.int64]  # (labels, labels): rows the right label, columns the predicted

    @classmethod
    def of(cls, gold: IntVector, predicted: IntVector, labels: int) -> "ConfusionMatrix":
        """Count pairs of label numbers: gold [0, 0, 1], predicted [0, 1, 1] → [[1, 1], [0, 1]]."""
        cells = np.ravel_multi_index((gold, predicted), (labels, labels))
        return cls(np.bincount(cells, minlength=labels**2).reshape(labels, labels))

    @property
    def rows(self) -> int:
        """How many examples were counted."""
        return int(self.counts.sum())

    @property
    def right(self) -> IntVector:
        """(labels,): examples of each label that were answered rightly."""
        return self.counts.diagonal()

    @property
    def support(self) -> IntVector:
        """(labels,): examples that have each label."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def answered(self) -> IntVector:
        """(labels,): examples for which each label was predicted."""
        return np.asarray(self.counts.sum(axis=0))

    def accuracy(self) -> Interval:
        """Return the share of examples answered rightly."""
        return wilson(int(self.right.sum()), self.rows)

    def precision(self) -> list[Interval]:
        """Return, by label, the share of its answers that were right."""
        return [wilson(*pair) for pair in _pairs(self.right, self.answered)]

    def recall(self) -> list[Interval]:
        """Return, by label, the share of its examples that were found."""
        return [wilson(*pair) for pair in _pairs(self.right, self.support)]


def _pairs(parts: IntVector, wholes: IntVector) -> list[tuple[int, int]]:
    return list(zip(parts.tolist(), wholes.tolist(), strict=True))


def log_losses(gold: IntVector, probabilities: FloatMatrix) -> FloatVector:
    """Return -ln of each right label's probability, clipped away from 0: 0.5 → 0.693."""
    of_gold = probabilities[np.arange(len(gold)), gold].astype(np.float64)
    return np.asarray(-np.log(of_gold.clip(_SMALLEST, 1 - _SMALLEST)))


def brier_scores(gold: IntVector, probabilities: FloatMatrix) -> FloatVector:
    """Return each row's squared distance from certainty about the right label, halved: 0 to 1.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78 (1950), sums over all labels (0 to 2); the half of it is, for two labels, the usual
    score of one probability: right at 0.9 → 0.01.
    """
    errors = probabilities.astype(np.float64)
    errors[np.arange(len(gold)), gold] -= 1.0
    return np.asarray(np.square(errors).sum(axis=1) / 2)
