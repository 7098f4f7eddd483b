"""A search and its results: folds, trials, leaderboard; no TensorFlow here."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.tuning.space import Space, Values

Objective = Literal["log_loss", "accuracy"]
Algorithm = Literal["bayesian", "random", "grid"]
Status = Literal["complete", "dropped", "failed", "unfinished"]


@dataclass(frozen=True, slots=True)
class Search:
    """Everything that decides how a search runs."""

    space: Space
    labels: tuple[str, ...]
    folds: int
    trials: int | None  # at most so many; None: as many as the time allows
    seconds: float | None  # wall time of the search, without the trainings after it; None: no limit
    objective: Objective
    algorithm: Algorithm
    seed: int
    prune: bool  # whether hopeless trials are dropped before their last fold
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
        """Return the figure that is optimised."""
        return self.log_loss if objective == "log_loss" else self.accuracy


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One point of the search space, and the folds measured so far."""

    number: int  # from 0; 0 is the reference
    values: Values
    hyperparameters: Hyperparameters
    folds: tuple[FoldResult, ...]  # in the order of their numbers
    status: Status
    reason: str = ""  # why it was dropped or failed

    def mean(self, objective: Objective) -> float:
        """Return the mean score over the folds so far; at least one."""
        return fmean(fold.score(objective) for fold in self.folds)

    def deviation(self, objective: Objective) -> float:
        """Return the standard deviation over folds (n - 1); 0 for one fold."""
        scores = [fold.score(objective) for fold in self.folds]
        return stdev(scores) if len(scores) > 1 else 0.0

    @property
    def seconds(self) -> float:
        """The time of all its folds."""
        return sum(fold.seconds for fold in self.folds)

    @property
    def best_epoch(self) -> int:
        """The rounded mean best epoch: how long to train when nothing is held out."""
        return max(1, round(fmean(fold.best_epoch for fold in self.folds)))


def leaderboard(trials: Sequence[TrialResult], objective: Objective) -> list[TrialResult]:
    """Return the complete trials, best first; of equal ones the earlier first."""
    sign = 1 if objective == "log_loss" else -1
    complete = [trial for trial in trials if trial.status == "complete"]
    return sorted(complete, key=lambda trial: (sign * trial.mean(objective), trial.number))


class SearchListener(Listener):
    """Is told of a search too; epochs and steps are those of the fold or refit under way."""

    def trial_begins(self, number: int, values: Values) -> None:
        """Hear that a trial begins, or goes on after a resume."""

    def fold_begins(self, number: int, fold: int) -> None:
        """Hear that a fold of a trial begins."""

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Hear the result of a fold; `known`: it was measured earlier, and is only read."""

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Hear how a trial ended (complete, dropped, failed), and the best one so far."""
