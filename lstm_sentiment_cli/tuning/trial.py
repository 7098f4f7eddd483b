"""One trial, fold by fold; no TensorFlow here."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.tuning.folder import OutOfFold, save_out_of_fold
from lstm_sentiment_cli.tuning.limits import INTERRUPTED, Limits
from lstm_sentiment_cli.tuning.pruning import hopeless
from lstm_sentiment_cli.tuning.record import Ended, Entry, Measured
from lstm_sentiment_cli.tuning.search import FoldResult, Status, TrialResult
from lstm_sentiment_cli.tuning.task import Task


class LeftUnfinishedError(Exception):
    """The user or the clock ended a trial before its last fold."""


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Runs the trials of a search that have begun."""

    task: Task
    limits: Limits
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
        self.note(Measured(trial.number, result))
        return None

    def _hopeless(self, number: int, fold: int) -> str | None:
        """Judge by the folds up to this one: so it was judged before a resume too."""
        trials = self.task.trials()
        so_far = replace(trials[number], folds=trials[number].folds[: fold + 1])
        return hopeless(so_far, trials, self.task.search.objective)

    def _ended(self, number: int, status: Status, reason: str = "") -> TrialResult:
        self.note(Ended(number, status, reason))
        return self.task.trials()[number]
