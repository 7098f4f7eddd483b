"""How long a search goes on; no TensorFlow here."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.interrupt import Interrupt
from lstm_sentiment_cli.tuning.search import TrialResult

OUT_OF_TIME = "out of time"
INTERRUPTED = "stopped by Ctrl-C"
EXHAUSTED = "no other point found in the space"


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends a search before its last trial."""

    deadline: float | None
    """On the clock of time.monotonic(); None: no limit."""
    interrupt: Interrupt

    def reached(self, trial: int) -> str | None:
        """Return why this trial goes no further; the reference has all the time it takes."""
        if self.interrupt.requested:
            return INTERRUPTED
        late = trial and self.deadline is not None and time.monotonic() >= self.deadline
        return OUT_OF_TIME if late else None

    def allow(self, seconds: float) -> bool:
        """Return whether something that takes so long would end in time."""
        return self.deadline is None or time.monotonic() + seconds <= self.deadline


def expected_seconds(
    hyperparameters: Hyperparameters, folds: int, trials: Sequence[TrialResult]
) -> float:
    """Return what all folds of a new trial will take, judged by the folds that have ended.

    The mean of their seconds, each times the new network's work over that network's; how many
    epochs it will learn nobody knows. 0 when no fold has ended.
    """
    work = work_per_token(hyperparameters)
    seconds = [
        fold.seconds * work / work_per_token(trial.hyperparameters)
        for trial in trials
        for fold in trial.folds
    ]
    return folds * fmean(seconds) if seconds else 0.0


def work_per_token(hyperparameters: Hyperparameters) -> int:
    """Return the multiplications that the LSTM layers need for a token: 4H(E + H) each way."""
    width, work = hyperparameters.embedding_units, 0
    for units in hyperparameters.lstm_units:
        work += 4 * units * (width + units) * hyperparameters.directions
        width = units * hyperparameters.directions
    return work
