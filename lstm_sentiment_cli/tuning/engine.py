"""A search, from its beginning or from where it was left, to its end."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import Entry, append, read, trials_of
from lstm_sentiment_cli.tuning.plan import held_out_by
from lstm_sentiment_cli.tuning.search import Search, SearchListener, Task, TrialResult
from lstm_sentiment_cli.tuning.search_folder import begin
from lstm_sentiment_cli.tuning.trial import Notifier, StopConditions, Trials

KERAS_TUNER_VARIABLES = ("KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found; at least one trial is complete."""

    trials: list[TrialResult]  # by their numbers
    stopped: str | None
    """Why it ended before the last trial asked for; None: it did not."""


def run_search(
    search: Search,
    examples: Sequence[Example],
    folder: Path,
    *,
    resume: bool,
    interrupt: Interrupt,
    listener: SearchListener,
) -> Outcome:
    """Search, or go on with a search that was left; SentimentError when no trial is complete.

    What the user can get wrong is found before TensorFlow's seconds are spent. The seconds of
    `search` count from here.
    """
    deadline = None if search.seconds is None else time.monotonic() + search.seconds
    listener.stage("cutting folds")
    held_out = held_out_by(examples, search.labels, search.folds, search.seed)
    task = Task(search, examples, held_out, folder)
    begin(folder, search, examples, resume=resume)
    entries = read(folder)
    telling = Notifier(search, listener)
    trials_of(entries, search)
    require_keras_tuner()
    # Left in the environment by another search, they would have this one ask that one's chief.
    for name in KERAS_TUNER_VARIABLES:
        os.environ.pop(name, None)
    for entry in entries:
        telling.tell(entry, known=True)
    stopped = _searched(task, StopConditions(deadline, interrupt), entries, telling)
    trials = task.trials()
    _check_complete(trials)
    return Outcome(trials, stopped)


def _searched(
    task: Task, limits: StopConditions, entries: Sequence[Entry], telling: Notifier
) -> str | None:
    """Search in one process or in several; return why it ended early."""
    # Only now: these import TensorFlow at their top.
    from lstm_sentiment_cli.tuning.fitting import measure_fold
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import Scheduler, search_here
    from lstm_sentiment_cli.tuning.workers import search_in_workers

    if task.search.workers > 1:
        guide = Scheduler(task, limits, partial(append, task.folder))
        return search_in_workers(guide, entries, telling)

    def note(entry: Entry) -> None:
        append(task.folder, entry)
        telling.tell(entry)

    measure = partial(measure_fold, task, listener=telling.listener, interrupt=limits.interrupt)
    trials = Trials(task, limits, measure, note, telling.listener.fold_begins)
    return search_here(trials.run, Scheduler(task, limits, note), entries)


def _check_complete(trials: Sequence[TrialResult]) -> None:
    """Raise SentimentError when there is no trial to choose."""
    if any(trial.status == "complete" for trial in trials):
        return
    if trials and all(trial.status == "failed" for trial in trials):
        raise SentimentError(
            f"no trial could be trained ({len(trials)} failed), the last one: {trials[-1].reason}"
        )
    raise SentimentError("no trial was measured on all folds yet; go on with --resume")
