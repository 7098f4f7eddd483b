"""What a model says of texts."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]


class Scores(NamedTuple):
    """What a model says of n texts, in their order."""

    probabilities: FloatMatrix  # (n, labels), rows sum to 1
    logits: FloatMatrix  # (n, labels), before the temperature
    truncated: npt.NDArray[np.bool_]  # (n,): text was longer than the model reads
    lengths: npt.NDArray[np.int32]  # (n,): tokens that were read
    unknown: npt.NDArray[np.bool_]  # (n,): some of them were unknown words
    wordless: npt.NDArray[np.bool_]  # (n,): there was nothing to read


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text."""

    predicted: str
    """The most probable label, or "uncertain" inside the uncertain band."""
    probabilities: dict[str, float]
    """Label → probability, in the model's order; they sum to 1."""
    truncated: bool = False
    """The text had more tokens than the model reads; the rest was left out."""


def softmax(logits: FloatMatrix, temperature: float = 1.0) -> FloatMatrix:
    """Return probabilities by row; a temperature above 1 makes them less sure.

    Temperature scaling: the logits are divided by it first (Guo et al. 2017, "On Calibration of
    Modern Neural Networks").
    """
    scaled = logits / np.float32(temperature)
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: FloatMatrix = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities
