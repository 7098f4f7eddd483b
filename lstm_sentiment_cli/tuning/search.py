"""What a search is asked for, and what it finds; no TensorFlow here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.tuning.journal import read, trials_of
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
    """Whether prune_reason trials are dropped before their last fold."""
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


class SearchListener(Listener, Protocol):
    """Shows a search, and through a training's Listener each fold and refit under way."""

    def trial_begins(self, number: int, values: Mapping[str, Value]) -> None:
        """Show that a trial begins, or goes on after a resume."""

    def fold_begins(self, number: int, fold: int) -> None:
        """Show that a fold of it begins; epochs and steps that follow are this fold's."""

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Show what a fold gave; `known`: it was measured before, and only read."""

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Show how a trial ended (complete, dropped, failed), and the best so far."""
