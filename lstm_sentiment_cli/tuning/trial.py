"""One trial, fold by fold; no TensorFlow here."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import (
    Entry,
    FoldFinished,
    TrialFinished,
    TrialStarted,
    trials_of,
)
from lstm_sentiment_cli.tuning.search import (
    FoldResult,
    Objective,
    Search,
    SearchListener,
    Status,
    Task,
    TrialResult,
    better,
    leaderboard,
)
from lstm_sentiment_cli.tuning.search_folder import OutOfFold, save_out_of_fold

FEWEST_OTHERS = 4


def prune_reason(
    trial: TrialResult, trials: Sequence[TrialResult], objective: Objective
) -> str | None:
    """Return why a trial need not go on, or None: the median rule of Golovin et al. (2017).

    Its mean over the folds so far, at least one, is worse than the median of the others' means
    over the same folds. Others are all that got as far, dropped or not: a median of survivors
    alone would rise with each trial. The reference always goes on, and so does every trial before
    there are FEWEST_OTHERS.
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
    if not better(middle, mean, objective):
        return None
    return (
        f"{objective.replace('_', ' ')} {mean:.4f} after fold {count}, "
        f"the median of {len(others)} others there is {middle:.4f}"
    )


@dataclass(slots=True)
class Notifier:
    """Tells each entry of a record as it comes, whichever process wrote it."""

    search: Search
    listener: SearchListener
    _told: list[Entry] = field(default_factory=list)

    def tell(self, entry: Entry, *, known: bool = False) -> None:
        """Tell an entry; `known`: of an earlier run."""
        self._told.append(entry)
        if isinstance(entry, TrialStarted):
            self.listener.trial_begins(entry.trial, entry.values)
        elif isinstance(entry, FoldFinished):
            self.listener.fold_ends(entry.trial, entry.result, known=known)
        else:
            trials = trials_of(self._told, self.search)
            ranked = leaderboard(trials, self.search.objective)
            self.listener.trial_ends(trials[entry.trial], ranked[0] if ranked else None)


OUT_OF_TIME = "out of time"
INTERRUPTED = "stopped by Ctrl-C"
EXHAUSTED = "no other point found in the space"


@dataclass(frozen=True, slots=True)
class StopConditions:
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


class LeftUnfinishedError(Exception):
    """The user or the clock ended a trial before its last fold."""


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Runs the trials of a search that have begun."""

    task: Task
    limits: StopConditions
    measure: Callable[[Hyperparameters, int], tuple[FoldResult, OutOfFold]]
    """Trains and measures one fold (fold.py)."""
    note: Callable[[Entry], None]
    """Puts an entry into the record."""
    fold_begins: Callable[[int, int], None]
    """Called with the numbers of trial and fold."""

    def run(self, number: int) -> TrialResult:
        """Measure the folds of a trial that the record has not; return how it ended.

        A failure of its own (a loss that is no number, too little memory) ends the trial alone.
        LeftUnfinishedError when the user ends it, within a fold, or the clock, between two; the
        reference is measured whatever the clock says.
        """
        search = self.task.search
        for fold in range(search.folds):
            trial = self.task.trials()[number]
            if trial.status != "unfinished":
                return trial
            if all(known.fold != fold for known in trial.folds):
                if reason := self.limits.reached(number):
                    raise LeftUnfinishedError(reason)
                if reason := self._measured(trial, fold):
                    return self._ended(number, "failed", reason)
            if (
                search.prune
                and fold < search.folds - 1
                and (reason := self._hopeless(number, fold))
            ):
                return self._ended(number, "dropped", reason)
        return self._ended(number, "complete")

    def _measured(self, trial: TrialResult, fold: int) -> str | None:
        """Measure a fold and record it; return why the trial failed, or None."""
        self.fold_begins(trial.number, fold)
        try:
            result, answers = self.measure(trial.hyperparameters, fold)
        except SentimentError as error:
            return str(error)
        except MemoryError as error:
            return f"out of memory {error}".splitlines()[0].strip()
        if self.limits.interrupt.requested:
            raise LeftUnfinishedError(INTERRUPTED)
        # First the answers: a fold that the record has is never without them.
        save_out_of_fold(self.task.folder, trial.number, fold, answers)
        self.note(FoldFinished(trial.number, result))
        return None

    def _hopeless(self, number: int, fold: int) -> str | None:
        """Judge by the folds up to this one: so it was judged before a resume too."""
        trials = self.task.trials()
        so_far = replace(trials[number], folds=trials[number].folds[: fold + 1])
        return prune_reason(so_far, trials, self.task.search.objective)

    def _ended(self, number: int, status: Status, reason: str = "") -> TrialResult:
        self.note(TrialFinished(number, status, reason))
        return self.task.trials()[number]
