"""What a search is asked for, and what it finds; no TensorFlow here."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.tuning.space import Space, Value

Objective = Literal["log_loss", "accuracy"]
Algorithm = Literal["bayesian", "random", "grid"]
Status = Literal["complete", "dropped", "failed", "unfinished"]


@dataclass(frozen=True, slots=True)
class Search:
    """All that decides how a search runs."""

    space: Space
    labels: tuple[str, ...]
    folds: int
    trials: int | None
    """At most so many; None: as many as the time allows."""
    seconds: float | None
    """Wall time of the search, without the trainings after it; None: no limit."""
    objective: Objective
    algorithm: Algorithm
    seed: int
    prune: bool
    """Whether hopeless trials are dropped before their last fold."""
    workers: int


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One fold of one trial, measured on the rows that it held out."""

    fold: int  # from 0
    log_loss: float
    accuracy: float
    best_epoch: int  # from 1
    epochs: int
    seconds: float

    def score(self, objective: Objective) -> float:
        """Return the figure that the search looks at."""
        return self.log_loss if objective == "log_loss" else self.accuracy


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One point of the space and what was measured of it so far."""

    number: int  # from 0; 0 is the reference
    values: Mapping[str, Value]
    hyperparameters: Hyperparameters
    folds: tuple[FoldResult, ...]  # in the order of their numbers
    status: Status
    reason: str = ""
    """Why it was dropped or failed."""

    def mean(self, objective: Objective) -> float:
        """Return the mean score over the folds there are; at least one."""
        return fmean(fold.score(objective) for fold in self.folds)

    def deviation(self, objective: Objective) -> float:
        """Return the standard deviation over folds (n - 1); 0 for one fold."""
        scores = [fold.score(objective) for fold in self.folds]
        return stdev(scores) if len(scores) > 1 else 0.0

    @property
    def seconds(self) -> float:
        """What all its folds took."""
        return sum(fold.seconds for fold in self.folds)

    @property
    def best_epoch(self) -> int:
        """The rounded mean best epoch: how long to learn where nothing is held out."""
        return max(1, round(fmean(fold.best_epoch for fold in self.folds)))


def better(first: float, second: float, objective: Objective) -> bool:
    """Return whether the first score is better than the second."""
    return first < second if objective == "log_loss" else first > second


def leaderboard(trials: list[TrialResult], objective: Objective) -> list[TrialResult]:
    """Return complete trials, the best first; of equal ones the earlier first."""
    sign = 1 if objective == "log_loss" else -1
    complete = [trial for trial in trials if trial.status == "complete"]
    return sorted(complete, key=lambda trial: (sign * trial.mean(objective), trial.number))
