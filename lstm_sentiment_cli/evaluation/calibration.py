"""One number that makes a trained network's probabilities honest."""

import math

import numpy as np

from lstm_sentiment_cli.evaluation.metrics import IntVector, log_losses
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.softmax import softmax

FEWEST_FOR_TEMPERATURE = 200
"""Fewer rows tell nothing: two that are answered rightly would make the network endlessly sure."""
COLDEST, HOTTEST = 0.05, 20.0
# Each halves the logarithmic range of 400: afterwards the temperature is known to 1 in 10^7.
_HALVINGS = 26


def fit_temperature(logits: FloatMatrix, gold: IntVector) -> float:
    """Return the T that gives softmax(logits / T) the least log loss: overconfident → above 1.

    Temperature scaling (Guo et al. 2017). The log loss is convex in 1 / T, so its slope has one
    change of sign; halving the range finds it, always with the same steps.
    """
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _gains_from_colder(logits, gold, math.exp(middle)):
            high = middle
        else:
            low = middle
    fitted = math.exp((low + high) / 2)
    # What rounding makes of an exact 1.0 must not be worse than leaving it alone.
    return fitted if _log_loss(logits, gold, fitted) < _log_loss(logits, gold, 1.0) else 1.0


def _gains_from_colder(logits: FloatMatrix, gold: IntVector, temperature: float) -> bool:
    # The slope of the log loss in 1 / T is the mean of (expected logit - logit of the right label).
    wide = logits.astype(np.float64)
    expected = (softmax(logits, temperature) * wide).sum(axis=1)
    return bool((expected - wide[np.arange(len(gold)), gold]).sum() < 0)


def _log_loss(logits: FloatMatrix, gold: IntVector, temperature: float) -> float:
    return float(log_losses(gold, softmax(logits, temperature)).sum())
