"""Two classifiers on the same rows: which is better, and whether that is more than chance."""

import math
from dataclasses import dataclass
from typing import Any

from lstm_sentiment_cli.evaluation.evaluate import Evaluation
from lstm_sentiment_cli.evaluation.metrics import Z95, BoolVector, FloatVector, Interval

# With so many rows answered differently, the normal approximation is as good as exact.
_MOST_EXACT = 1000
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Paired:
    """How two classifiers answered the same rows."""

    both_right: int
    only_first: int
    """Rows that only the first answered rightly."""
    only_second: int
    both_wrong: int
    difference: Interval
    """Accuracy of the first less that of the second."""
    p: float
    """McNemar's: how often classifiers that are equally good would differ as much as these."""

    @property
    def verdict(self) -> str:
        """What the first is to the second: "better", "worse" or "a tie"."""
        if self.p >= SIGNIFICANT:
            return "a tie"
        return "better" if self.only_first > self.only_second else "worse"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, the verdict with it."""
        return {
            "both_right": self.both_right,
            "only_first": self.only_first,
            "only_second": self.only_second,
            "both_wrong": self.both_wrong,
            "difference": self.difference.to_json(),
            "p": self.p,
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A model beside another classifier, its peer, on the same rows."""

    peer: str
    evaluation: Evaluation
    """The peer's."""
    paired: Paired
    """The model is the first, the peer the second."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the peer, how it was answered beside it, and its figures."""
        return {"peer": self.peer} | self.paired.to_json() | {"figures": self.evaluation.to_json()}


def paired(first_right: BoolVector, second_right: BoolVector) -> Paired:
    """Compare two classifiers by which of the same n rows (n,) each answered rightly."""
    both = int((first_right & second_right).sum())
    only_first = int(first_right.sum()) - both
    only_second = int(second_right.sum()) - both
    return Paired(
        both_right=both,
        only_first=only_first,
        only_second=only_second,
        both_wrong=len(first_right) - both - only_first - only_second,
        difference=difference_of_shares(only_first, only_second, len(first_right)),
        p=mcnemar(only_first, only_second),
    )


def difference_of_shares(only_first: int, only_second: int, rows: int) -> Interval:
    """Return a difference of paired proportions with its interval: 12 and 2 of 20 → 0.5.

    The adjusted Wald interval of D. G. Bonett, R. M. Price, "Adjusted Wald confidence interval for
    a difference of binomial proportions based on paired data", Journal of Educational and
    Behavioral Statistics 37 (2012): one row is added to either kind that differs. Of no rows
    nothing is known: -1 to 1.
    """
    if rows == 0:
        return Interval(0.0, -1.0, 1.0)
    first, second = (only_first + 1) / (rows + 2), (only_second + 1) / (rows + 2)
    margin = Z95 * math.sqrt((first + second - (first - second) ** 2) / (rows + 2))
    value = (only_first - only_second) / rows
    low, high = first - second - margin, first - second + margin
    return Interval(value, max(-1.0, min(value, low)), min(1.0, max(value, high)))


def difference_of_means(first: FloatVector, second: FloatVector) -> Interval:
    """Return a mean paired difference of n rows (n,) with its normal interval: first less second.

    For losses of the same rows, of which there are more than a handful.
    """
    differences = first - second
    value = float(differences.mean())
    margin = Z95 * float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return Interval(value, value - margin, value + margin)


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided p of McNemar's test: 12 and 2 → 0.0129; equal counts → 1.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947): exact binomial up to 1,000 rows that differ, above that
    chi-squared with Edwards' correction for continuity.
    """
    rows, fewer = only_first + only_second, min(only_first, only_second)
    if rows <= _MOST_EXACT:
        tail = sum(math.comb(rows, count) for count in range(fewer + 1))
        return float(min(1.0, 2 * tail / 2**rows))
    distance = max(abs(only_first - only_second) - 1, 0)
    return math.erfc(distance / math.sqrt(2 * rows))
