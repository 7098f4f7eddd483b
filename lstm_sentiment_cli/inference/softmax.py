"""From logits to probabilities."""

import numpy as np

from lstm_sentiment_cli.inference.prediction import FloatMatrix


def softmax(logits: FloatMatrix, temperature: float = 1.0) -> FloatMatrix:
    """Return probabilities by row; a temperature above 1 makes them less sure.

    Temperature scaling: the logits are divided by it first (Guo et al. 2017, "On Calibration of
    Modern Neural Networks").
    """
    scaled = logits / np.float32(temperature)
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: FloatMatrix = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities
