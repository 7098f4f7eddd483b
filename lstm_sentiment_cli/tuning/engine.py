"""A search, from its beginning or from where it was left, to its end."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.fitting import measure_fold
from lstm_sentiment_cli.tuning.journal import Entry, Task, append, read
from lstm_sentiment_cli.tuning.keras_tuner_adapter import search_here
from lstm_sentiment_cli.tuning.plan import folds_of
from lstm_sentiment_cli.tuning.search import Search, SearchListener, TrialResult
from lstm_sentiment_cli.tuning.trial import Notifier, Scheduler, StopConditions, TrialRunner
from lstm_sentiment_cli.tuning.workers import search_in_workers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found; at least one trial is complete."""

    trials: list[TrialResult]  # by their numbers
    stopped: str | None  # why it ended before the last trial asked for; None: it did not


def run_search(
    search: Search,
    examples: Sequence[Example],
    folder: Path,
    interrupt: Interrupt,
    listener: SearchListener,
) -> Outcome:
    """Run a search in its folder, which must have been begun; resume what is in its journal.

    The seconds of `search` count from here. SentimentError when no trial is complete.
    """
    deadline = None if search.seconds is None else time.monotonic() + search.seconds
    listener.stage("cutting folds")
    task = Task(search, examples, folds_of(examples, search), folder)
    stop, notifier = StopConditions(deadline, interrupt), Notifier(search, listener)
    entries = read(folder)
    for entry in entries:
        notifier.notify(entry, known=True)
    if search.workers > 1:
        scheduler = Scheduler(task, stop, partial(append, folder))
        stopped = search_in_workers(scheduler, entries, notifier)
    else:
        stopped = _in_this_process(task, stop, entries, notifier)
    trials = task.trials()
    _check_complete(trials)
    return Outcome(trials, stopped)


def _in_this_process(
    task: Task, stop: StopConditions, entries: Sequence[Entry], notifier: Notifier
) -> str | None:
    def note(entry: Entry) -> None:
        append(task.folder, entry)
        notifier.notify(entry)

    listener = notifier.listener
    measure = partial(measure_fold, task, listener=listener, interrupt=stop.interrupt)
    runner = TrialRunner(task, stop, measure, note, listener.fold_begins)
    return search_here(runner.run, Scheduler(task, stop, note), entries)


def _check_complete(trials: Sequence[TrialResult]) -> None:
    """Raise SentimentError when there is no trial to choose."""
    if any(trial.status == "complete" for trial in trials):
        return
    if trials and all(trial.status == "failed" for trial in trials):
        raise SentimentError(
            f"no trial could be trained ({len(trials)} failed), the last one: {trials[-1].reason}"
        )
    raise SentimentError("no trial was measured on all folds yet; continue with --resume")
