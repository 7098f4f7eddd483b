"""What every process of a search works on; no TensorFlow here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.records.examples import Example
from lstm_sentiment_cli.tuning.record import read, trials_of
from lstm_sentiment_cli.tuning.search import Search, TrialResult


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A search, its examples in their folds, and the folder of its record."""

    search: Search
    examples: Sequence[Example]
    held_out_by: npt.NDArray[np.int64]  # (examples,) a fold's number each
    folder: Path

    def trials(self) -> list[TrialResult]:
        """Return all trials as the record has them now; other processes may write it too."""
        return trials_of(read(self.folder), self.search)
