"""What is kept of every row that was measured: a dozen bytes, no text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.evaluation.metrics import BoolVector
from lstm_sentiment_cli.inference.prediction import FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Right labels and what was answered, of n rows in their order."""

    labels: tuple[str, ...]
    gold: npt.NDArray[np.int16]
    """(n,) number of the right label."""
    probabilities: FloatMatrix
    """(n, labels), in the order of labels."""
    lengths: npt.NDArray[np.uint16]
    """(n,) tokens of the text, also those the model does not read; at most 65,535."""
    slices: npt.NDArray[np.uint16]
    """(n,) the bits of SLICES that the text belongs to."""

    @property
    def rows(self) -> int:
        """How many rows were measured."""
        return len(self.gold)

    @property
    def predicted(self) -> npt.NDArray[np.intp]:
        """(n,) number of the most probable label; of equal ones the first."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def right(self) -> BoolVector:
        """(n,) whether the answer was the right label."""
        return np.asarray(self.predicted == self.gold)


def joined(windows: Sequence[Predictions]) -> Predictions:
    """Return the rows of all windows, which are of the same labels and at least one."""
    return Predictions(
        windows[0].labels,
        np.concatenate([window.gold for window in windows]),
        np.concatenate([window.probabilities for window in windows]),
        np.concatenate([window.lengths for window in windows]),
        np.concatenate([window.slices for window in windows]),
    )
