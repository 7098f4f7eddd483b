"""Two classifiers on the same rows: the peer, and whether they differ significantly."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.evaluation.metrics import (
    Z95,
    BoolVector,
    FloatVector,
    Interval,
    IntVector,
    fields_json,
)
from lstm_sentiment_cli.figures import PEERS
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.model.locations import find_model

VADER, MAJORITY = PEERS
_NEUTRAL = "neutral"
# VADER's authors call a text neutral when its score lies between -0.05 and 0.05. A score has four
# decimals: 0.05 is above this border, 0.0499 is below.
_BORDER = 0.04995
# VADER's time grows with the square of the length: this many emoji take it seconds.
_MOST_CHARACTERS = 5_000


class Peer(NamedTuple):
    """Another classifier of the same labels."""

    name: str
    probabilities: Callable[[Sequence[str]], FloatMatrix] | None
    """Texts → (n, labels), in the model's order; None for `majority`: it needs all rows."""

    def answering(self, gold: IntVector, labels: int) -> Callable[[Sequence[str]], FloatMatrix]:
        """Return its probabilities; for `majority`, what the gold labels (n,) make of them."""
        return self.probabilities or (lambda texts: majority(gold, labels, len(texts)))


def open_peer(name_or_path: str, predictor: Predictor) -> Peer:
    """Open the classifier to compare a model with; SentimentError if its labels differ.

    A model folder called vader or majority is named by its path: "./models/vader".
    """
    if name_or_path == MAJORITY:
        return Peer(MAJORITY, None)
    if name_or_path == VADER:
        return Peer(VADER, _vader(predictor.labels))
    with blaming("against", instead_of="model"):
        other = Predictor.load(find_model(name_or_path))
    if set(other.labels) != set(predictor.labels):
        raise SentimentError(
            f"model {other.name} has the labels {', '.join(other.labels)}; model {predictor.name} "
            f"has {', '.join(predictor.labels)}; only models with the same labels can be compared",
            ("model", "against"),
        )
    columns = [other.labels.index(label) for label in predictor.labels]
    name = name_or_path if other.name == predictor.name else other.name
    return Peer(name, lambda texts: other.scores(texts).probabilities[:, columns])


def majority(gold: IntVector, labels: int, rows: int) -> FloatMatrix:
    """Return (rows, labels), the shares of the labels in each: the most frequent always wins."""
    shares = np.bincount(gold, minlength=labels) / len(gold)
    return np.tile(shares.astype(np.float32), (rows, 1))


def _vader(labels: Sequence[str]) -> Callable[[Sequence[str]], FloatMatrix]:
    """Return a function from texts to VADER's probabilities, in this order of labels.

    C. J. Hutto, E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of
    social media text", ICWSM 2014.
    """
    if set(labels) - {_NEUTRAL} != {"positive", "negative"}:
        raise SentimentError(
            "VADER has the labels positive, negative and neutral, the model has "
            f"{', '.join(labels)}; "
            "compare with another model, or with majority",
            "against",
        )
    if find_spec("vaderSentiment") is None:
        raise SentimentError(
            "VADER is not installed; install it with: pip install 'lstm-sentiment-cli[vader]'",
            "against",
        )
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()

    def probabilities(texts: Sequence[str]) -> FloatMatrix:
        heads = (text[:_MOST_CHARACTERS] for text in texts)
        scores = [analyzer.polarity_scores(head)["compound"] for head in heads]
        by_label = vader_probabilities(np.array(scores), neutral=_NEUTRAL in labels)
        return np.column_stack([by_label[label] for label in labels])

    return probabilities


def vader_probabilities(
    scores: npt.NDArray[np.float64], *, neutral: bool
) -> dict[str, npt.NDArray[np.float32]]:
    """Return label → probabilities (n,), for VADER's scores (n,) from -1 to 1.

    VADER gives no probabilities. With two labels, (score + 1) / 2 stands for that of positive; a
    score of 0 then means the model's first label, as ties do everywhere. With neutral, the label
    that VADER's authors would predict is above one half, and higher the stronger the score.
    """
    if not neutral:
        positive = (scores + 1) / 2
        found = {"positive": positive, "negative": 1 - positive}
    else:
        toned = np.interp(np.abs(scores), [0, _BORDER, 1], [0, 0.5, 1])
        found = {
            "positive": np.where(scores > 0, toned, 0),
            "negative": np.where(scores < 0, toned, 0),
            _NEUTRAL: 1 - toned,
        }
    return {label: column.astype(np.float32) for label, column in found.items()}


SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two classifiers on the same rows: which rows each answered correctly."""

    both_right: int
    only_first: int  # rows that only the first answered correctly
    only_second: int
    both_wrong: int
    difference: Interval  # accuracy of the first less that of the second
    p: float  # McNemar's: how often two equally good classifiers would differ as much as these

    @classmethod
    def of(cls, first_right: BoolVector, second_right: BoolVector) -> "PairedComparison":
        """Compare two classifiers, given which of the same n rows (n,) each answered correctly."""
        both = int((first_right & second_right).sum())
        only_first, only_second = int(first_right.sum()) - both, int(second_right.sum()) - both
        neither = int((~(first_right | second_right)).sum())
        difference = difference_of_shares(only_first, only_second, len(first_right))
        p = mcnemar(only_first, only_second)
        return cls(both, only_first, only_second, neither, difference, p)

    @property
    def verdict(self) -> str:
        """How the first compares with the second: "better", "worse" or "a tie"."""
        if self.p >= SIGNIFICANT:
            return "a tie"
        return "better" if self.only_first > self.only_second else "worse"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, including the verdict."""
        return fields_json(self) | {"verdict": self.verdict}


class _Result(Protocol):  # an `Evaluation`, or the `Rates` of the suite
    def to_json(self) -> dict[str, Any]: ...


R = TypeVar("R", bound=_Result)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Generic[R]):
    """A model compared with another classifier, its peer, on the same rows."""

    peer: str
    result: R  # the peer's
    paired: PairedComparison  # the model is the first, the peer the second

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the peer's name, the paired comparison, the peer's metrics."""
        return {"peer": self.peer} | self.paired.to_json() | {"figures": self.result.to_json()}


def difference_of_shares(only_first: int, only_second: int, rows: int) -> Interval:
    """Return a difference of paired proportions with its interval: 12 and 2 of 20 → 0.5.

    The adjusted Wald interval of D. G. Bonett, R. M. Price, "Adjusted Wald confidence interval for
    a difference of binomial proportions based on paired data", Journal of Educational and
    Behavioral Statistics 37 (2012): one row is added to either kind that differs. Without rows the
    interval is -1 to 1.
    """
    if rows == 0:
        return Interval(0.0, -1.0, 1.0)
    first, second = (only_first + 1) / (rows + 2), (only_second + 1) / (rows + 2)
    centre = first - second
    margin = Z95 * math.sqrt((first + second - centre**2) / (rows + 2))
    value = (only_first - only_second) / rows
    return Interval.around(value, centre - margin, centre + margin, lowest=-1.0)


def difference_of_means(first: FloatVector, second: FloatVector) -> Interval:
    """Return a mean paired difference of n rows (n,) with its normal interval: first less second.

    For losses of the same rows, of which there must be more than a handful.
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
    if rows <= 1000:  # with more, the approximation is as good
        tail = sum(math.comb(rows, count) for count in range(fewer + 1))
        return float(min(1.0, 2 * tail / 2**rows))
    distance = max(abs(only_first - only_second) - 1, 0)
    return math.erfc(distance / math.sqrt(2 * rows))
