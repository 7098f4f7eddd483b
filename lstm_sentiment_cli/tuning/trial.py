"""Trials: which begin, how their folds are measured, and what ends them; no TensorFlow here."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import (
    Entry,
    FoldFinished,
    OutOfFold,
    Task,
    TrialFinished,
    TrialStarted,
    save_out_of_fold,
    trials_of,
)
from lstm_sentiment_cli.tuning.search import (
    FoldResult,
    Objective,
    Search,
    SearchListener,
    Status,
    TrialResult,
    leaderboard,
)
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
        f"the median of {len(others)} others there is {middle:.4f}"
    )


@dataclass(slots=True)
class Notifier:
    """Passes the entries of a journal on to a listener, whichever process wrote them."""

    search: Search
    listener: SearchListener
    _entries: list[Entry] = field(default_factory=list)

    def notify(self, entry: Entry, *, known: bool = False) -> None:
        """Pass on an entry; `known`: of an earlier run."""
        self._entries.append(entry)
        if isinstance(entry, TrialStarted):
            self.listener.trial_begins(entry.trial, entry.values)
        elif isinstance(entry, FoldFinished):
            self.listener.fold_ends(entry.trial, entry.result, known=known)
        else:
            trials = trials_of(self._entries, self.search)
            ranked = leaderboard(trials, self.search.objective)
            self.listener.trial_ends(trials[entry.trial], ranked[0] if ranked else None)


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


@dataclass(slots=True)
class Scheduler:
    """Decides which trials begin: those of the journal, the reference, then what is proposed."""

    task: Task
    stop: StopConditions
    note: Callable[[Entry], None]  # appends the start of a new trial to the journal
    recorded: Mapping[int, Values] = field(default_factory=dict)
    """Trials of an earlier run: number → values."""
    stopped: str | None = None
    """Why no further trial began; None: there are as many as were asked for."""

    def values(self, number: int, propose: Callable[[int], Values | None]) -> Values | None:
        """Return the values of trial `number`, recorded or proposed; None ends the search."""
        if number in self.recorded:
            return self.recorded[number]
        trials = self.task.search.trials
        if trials is not None and number >= trials:
            return None
        values = self._new(number, propose)
        if values is not None:
            self.note(TrialStarted(number, values))
        return values

    def _new(self, number: int, propose: Callable[[int], Values | None]) -> Values | None:
        """Return a new trial's values; it begins only when it is expected to end in time."""
        search = self.task.search
        self.stopped = self.stop.reached(number)
        if self.stopped:
            return None
        if number == 0:
            return search.space.reference()
        values = propose(number)
        if values is None:
            self.stopped = EXHAUSTED
            return None
        hyperparameters = search.space.hyperparameters(values)
        expected = expected_seconds(hyperparameters, search.folds, self.task.trials())
        if not self.stop.allow(expected):
            self.stopped = OUT_OF_TIME
            return None
        return values


class LeftUnfinishedError(Exception):
    """The user or the clock ended a trial before its last fold."""


@dataclass(frozen=True, slots=True, eq=False)
class TrialRunner:
    """Runs trials that have begun."""

    task: Task
    stop: StopConditions
    measure: Callable[[Hyperparameters, int], tuple[FoldResult, OutOfFold]]
    """Trains and measures one fold (fitting.py)."""
    note: Callable[[Entry], None]  # appends an entry to the journal
    fold_begins: Callable[[int, int], None] = lambda _trial, _fold: None
    """Called with the numbers of trial and fold."""

    def run(self, number: int) -> TrialResult:
        """Measure the folds of a trial that are not in the journal; return how it ended.

        When a network cannot be trained (the loss is not finite, too little memory), its trial
        alone fails. LeftUnfinishedError when Ctrl-C ends it, within a fold, or the clock, between
        two; the reference ignores the clock.
        """
        search = self.task.search
        for fold in range(search.folds):
            trial = self.task.trials()[number]
            if trial.status != "unfinished":
                return trial
            if all(known.fold != fold for known in trial.folds):
                if reason := self.stop.reached(number):
                    raise LeftUnfinishedError(reason)
                if reason := self._failure(trial, fold):
                    return self._ended(number, "failed", reason)
            last = fold == search.folds - 1
            if search.prune and not last and (reason := self._prune_reason(number, fold)):
                return self._ended(number, "dropped", reason)
        return self._ended(number, "complete")

    def _failure(self, trial: TrialResult, fold: int) -> str | None:
        """Measure and record a fold; return why the trial failed, or None."""
        self.fold_begins(trial.number, fold)
        try:
            result, predictions = self.measure(trial.hyperparameters, fold)
        except SentimentError as error:
            return str(error)
        except MemoryError as error:
            return f"out of memory {error}".splitlines()[0].strip()
        if self.stop.interrupt.requested:
            raise LeftUnfinishedError(INTERRUPTED)
        # Before the entry: a fold in the journal always has its predictions.
        save_out_of_fold(self.task.folder, trial.number, fold, predictions)
        self.note(FoldFinished(trial.number, result))
        return None

    def _prune_reason(self, number: int, fold: int) -> str | None:
        """Judge by the folds up to this one, as before a resume."""
        trials = self.task.trials()
        so_far = replace(trials[number], folds=trials[number].folds[: fold + 1])
        return prune_reason(so_far, trials, self.task.search.objective)

    def _ended(self, number: int, status: Status, reason: str = "") -> TrialResult:
        self.note(TrialFinished(number, status, reason))
        return self.task.trials()[number]
