"""Whom a model is compared with: another model, a lexicon, or who always says the same."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import IntVector
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.locations import find_model

VADER, MAJORITY = "vader", "majority"
_NEUTRAL = "neutral"
_TONES = {"positive", "negative"}
# VADER's authors call a text neutral when its score lies between -0.05 and 0.05. A score has four
# decimals: 0.05 is above this border, 0.0499 is below.
_BORDER = 0.04995
# VADER's time grows with the square of a text's length; so many emoji take it seconds.
_MOST_CHARACTERS = 5_000


class Peer(NamedTuple):
    """Another classifier of the same labels."""

    name: str
    probabilities: Callable[[Sequence[str]], FloatMatrix] | None
    """Texts → (n, labels), in the model's order; None for the labels' shares, known at the end."""


def open_peer(name_or_path: str, predictor: Predictor) -> Peer:
    """Open what a model is compared with; SentimentError when it knows other labels.

    A model folder called vader or majority is reached by its path: "./models/vader".
    """
    if name_or_path == MAJORITY:
        return Peer(MAJORITY, None)
    if name_or_path == VADER:
        return Peer(VADER, _vader(predictor.labels))
    other = Predictor.load(find_model(name_or_path))
    if set(other.labels) != set(predictor.labels):
        raise SentimentError(
            f"model {other.name} answers {', '.join(other.labels)}, model {predictor.name} "
            f"{', '.join(predictor.labels)}; only models of the same labels can be compared"
        )
    columns = [other.labels.index(label) for label in predictor.labels]
    name = name_or_path if other.name == predictor.name else other.name
    return Peer(name, lambda texts: other.scores(texts).probabilities[:, columns])


def majority(gold: IntVector, labels: int) -> FloatMatrix:
    """Return the labels' shares for every row (n, labels): it always says the most frequent."""
    shares = np.bincount(gold, minlength=labels) / len(gold)
    return np.tile(shares.astype(np.float32), (len(gold), 1))


def _vader(labels: Sequence[str]) -> Callable[[Sequence[str]], FloatMatrix]:
    """Return what VADER says of texts, in this order of labels.

    C. J. Hutto, E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of
    social media text", ICWSM 2014.
    """
    if set(labels) - {_NEUTRAL} != _TONES:
        raise SentimentError(
            f"VADER knows positive, negative and neutral, the model {', '.join(labels)}; "
            "compare with another model, or with majority"
        )
    if find_spec("vaderSentiment") is None:
        raise SentimentError(
            "VADER is not installed; install it with: pip install 'lstm-sentiment-cli[vader]'"
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

    VADER has no probabilities. Of two labels, (score + 1) / 2 stands for that of positive; a score
    of 0 then answers the model's first label, as all that is equal does. With neutral the label
    that its authors would answer is above one half, and the more so the stronger the score.
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
