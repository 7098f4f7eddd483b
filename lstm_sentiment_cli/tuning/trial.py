"""Trials: which begin, how their folds are measured, and what ends them; no TensorFlow here."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import (
    FoldFinished,
    Journal,
    OutOfFold,
    TrialFinished,
    TrialStarted,
    save_out_of_fold,
)
from lstm_sentiment_cli.tuning.search import FoldResult, Objective, Search, Status, TrialResult
from lstm_sentiment_cli.tuning.space import Values

FEWEST_OTHERS = 4
OUT_OF_TIME = "out of time"
INTERRUPTED = "stopped by Ctrl-C"
EXHAUSTED = "no other point found in the space"


def prune_reason(
    trial: TrialResult, trials: Sequence[TrialResult], objective: Objective
) -> str | None:
    """Return why a trial is dropped, or None: the median rule of Golovin et al. (2017).

    Its mean over its folds is worse than the median of the other trials' means over the same folds.
    All others that got as far count, dropped or not: a median of survivors alone would rise with
    each trial. The reference is never dropped, and no trial before there are FEWEST_OTHERS.
    """
    count = len(trial.folds)
    others = [
        fmean(fold.score(objective) for fold in other.folds[:count])
        for other in trials
        if other.number != trial.number and len(other.folds) >= count
    ]
    if trial.number == 0 or len(others) < FEWEST_OTHERS:
        return None
    middle, mean = median(others), trial.mean(objective)
    if mean == middle or (mean < middle) == (objective == "log_loss"):
        return None
    return (
        f"{objective.replace('_', ' ')} {mean:.4f} after fold {count}, "
        f"where the median of {len(others)} other trials is {middle:.4f}"
    )


Propose = Callable[[Sequence[TrialResult]], Values | None]
"""Returns values for the trial after these, or None when there are no others."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A search, and its examples in their folds."""

    search: Search
    examples: Sequence[Example]
    fold_of_rows: npt.NDArray[np.int64]  # (examples,) the fold that holds a row out; -1: none


@dataclass(frozen=True, slots=True)
class StopConditions:
    """What ends a search before its last trial."""

    deadline: float | None  # on the clock of time.monotonic(); None: no limit
    interrupt: Interrupt

    def reached(self, trial: int) -> str | None:
        """Return why this trial stops here, or None; the reference ignores the deadline."""
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
    """Estimate the time of a new trial from the folds so far; 0 when there are none.

    It is the mean of their seconds, each scaled by the two networks' work. The number of epochs
    cannot be known.
    """
    work = work_per_token(hyperparameters)
    seconds = [
        fold.seconds * work / work_per_token(trial.hyperparameters)
        for trial in trials
        for fold in trial.folds
    ]
    return folds * fmean(seconds) if seconds else 0.0


def work_per_token(hyperparameters: Hyperparameters) -> int:
    """Return the multiplications of the LSTM layers per token: 4H(E + H) in each direction."""
    width, work = hyperparameters.embedding_units, 0
    for units in hyperparameters.lstm_units:
        work += 4 * units * (width + units) * hyperparameters.directions
        width = units * hyperparameters.directions
    return work


class StoppedError(Exception):
    """The user or the clock ended the search, perhaps within a trial."""


def next_trial(
    journal: Journal,
    stop: StopConditions,
    propose: Propose,
    running: Collection[int | None] = (),
) -> int | None:
    """Return the number of a trial to run, left unfinished or new; None when all are done.

    A new one begins only when it is expected to end in time. StoppedError says why none begins.
    """
    search, trials = journal.search, journal.trials()
    for trial in trials:
        if trial.status == "unfinished" and trial.number not in running:
            return trial.number
    number = len(trials)
    if search.trials is not None and number >= search.trials:
        return None
    if reason := stop.reached(number):
        raise StoppedError(reason)
    values = propose(trials) if trials else search.space.reference()
    if values is None:
        raise StoppedError(EXHAUSTED)
    hyperparameters = search.space.hyperparameters(values)
    if trials and not stop.allow(expected_seconds(hyperparameters, search.folds, trials)):
        raise StoppedError(OUT_OF_TIME)
    journal.append(TrialStarted(number, values))
    return number


@dataclass(frozen=True, slots=True, eq=False)
class TrialRunner:
    """Runs trials that have begun."""

    journal: Journal
    stop: StopConditions
    measure: Callable[[Hyperparameters, int], tuple[FoldResult, OutOfFold]]
    """Trains and measures one fold (fitting.py)."""

    def run_all(self, propose: Propose) -> str | None:
        """Run one trial after another; return why the search ended early."""
        try:
            while (number := next_trial(self.journal, self.stop, propose)) is not None:
                self.run(number)
        except StoppedError as error:
            return str(error)
        return None

    def run(self, number: int) -> TrialResult:
        """Measure the folds of a trial that are not in the journal; return how it ended.

        When a network cannot be trained (the loss is not finite, too little memory), its trial
        alone fails. StoppedError when Ctrl-C ends it, within a fold, or the clock, between two; the
        reference ignores the clock.
        """
        search = self.journal.search
        for fold in range(search.folds):
            trial = self.journal.trials()[number]
            if trial.status != "unfinished":
                return trial
            if all(known.fold != fold for known in trial.folds):
                if reason := self.stop.reached(number):
                    raise StoppedError(reason)
                if reason := self._failure(trial, fold):
                    return self._ended(number, "failed", reason)
            if search.prune and fold < search.folds - 1:
                trials = self.journal.trials()
                # By the folds up to this one, as before a resume.
                so_far = replace(trials[number], folds=trials[number].folds[: fold + 1])
                if reason := prune_reason(so_far, trials, search.objective):
                    return self._ended(number, "dropped", reason)
        return self._ended(number, "complete", "")

    def _failure(self, trial: TrialResult, fold: int) -> str | None:
        """Measure and record a fold; return why the trial failed, or None."""
        self.journal.listener.fold_begins(trial.number, fold)
        try:
            result, predictions = self.measure(trial.hyperparameters, fold)
        except SentimentError as error:
            return str(error)
        except MemoryError as error:
            return f"out of memory {error}".splitlines()[0].strip()
        if self.stop.interrupt.requested:
            raise StoppedError(INTERRUPTED)
        # Before the entry: a fold in the journal always has its predictions.
        save_out_of_fold(self.journal.folder, trial.number, fold, predictions)
        self.journal.append(FoldFinished(trial.number, result))
        return None

    def _ended(self, number: int, status: Status, reason: str) -> TrialResult:
        self.journal.append(TrialFinished(number, status, reason))
        return self.journal.trials()[number]
