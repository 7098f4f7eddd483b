"""Searches small enough for tests, and no import of TensorFlow where it is not installed."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import Journal, OutOfFold, begin
from lstm_sentiment_cli.tuning.search import (
    FoldResult,
    Search,
    SearchListener,
    TrialResult,
    leaderboard,
)
from lstm_sentiment_cli.tuning.space import Choices, Range, Space
from lstm_sentiment_cli.tuning.trial import StopConditions, Task, TrialRunner
from tests.training.conftest import command, examples

__all__ = ["command"]  # a fixture

# These test modules need TensorFlow; without it they are not even collected.
collect_ignore = (
    []
    if find_spec("tensorflow") and find_spec("keras_tuner")
    else [
        "test_engine.py",
        "test_engine_workers.py",
        "test_fitting.py",
        "test_keras_tuner_adapter.py",
        "test_tune_command.py",
    ]
)

# One layer, one width of batches: little is compiled, which is what takes a small fold's time.
SMALL = Hyperparameters(
    vocabulary_size=60,
    embedding_units=6,
    lstm_units=(5,),
    embedding_dropout=0.0,
    dropout=0.0,
    min_count=1,
    batch_size=32,
    epochs=2,
    learning_rate=0.05,
)
SPACE = Space(
    SMALL,
    {
        "lstm_units": Choices(("4", "5", "6")),
        "learning_rate": Range(0.01, 0.1, "log"),
        "batch_size": Choices((32, 96)),
    },
)
SEARCH = Search(
    space=SPACE,
    labels=("positive", "negative"),
    folds=2,
    trials=3,
    seconds=None,
    objective="log_loss",
    algorithm="random",
    seed=0,
    prune=False,
    workers=1,
)
EXAMPLES = [*examples("positive", ["good", "lovely"]), *examples("negative", ["bad", "awful"])]


class Heard(SearchListener):
    """Keeps what a search tells, and may do something when it tells it."""

    def __init__(self, act=lambda heard: None):
        self.heard, self._act = [], act

    def _hear(self, *what):
        self.heard.append(what)
        self._act(what)

    def step(self, step):
        """Keep no step, but act at it."""
        self._act(("step", step.epoch, step.step))

    def trial_begins(self, number, values):
        """Keep."""
        self._hear("trial begins", number)

    def fold_begins(self, number, fold):
        """Keep."""
        self._hear("fold begins", number, fold)

    def fold_ends(self, number, result, *, known):
        """Keep."""
        self._hear("known" if known else "fold ends", number, result.fold)

    def trial_ends(self, trial, best):
        """Keep."""
        self._hear("trial ends", trial.number, trial.status, None if best is None else best.number)

    def of(self, *kinds):
        """Return what was told of these kinds."""
        return [what for what in self.heard if what[0] in kinds]


def searched(folder, *, resume=False, interrupt=None, listener=None, examples=EXAMPLES, **changes):
    """Run a small search as the command would."""
    search = replace(SEARCH, **changes)
    begin(folder, search, examples, resume=resume)
    require_keras_tuner()
    from lstm_sentiment_cli.tuning.engine import run_search

    return run_search(search, examples, folder, interrupt or Interrupt(), listener or Heard())


def entries_of(folder):
    """Return what the journal of a search has."""
    return Journal(folder, SEARCH).entries()


def board(outcome, objective="log_loss"):
    """Return what must be the same of two searches: all but the seconds."""
    return [
        (trial.number, dict(trial.values), [replace(fold, seconds=0) for fold in trial.folds])
        for trial in leaderboard(outcome.trials, objective)
    ]


def fold_result(fold, log_loss, seconds=1.0):
    """Return a fold's result with this log loss."""
    return FoldResult(fold, log_loss, 1 - log_loss, best_epoch=1, epochs=2, seconds=seconds)


def trial_result(number, *losses, status="complete", hyperparameters=SMALL):
    """Return a trial whose folds had these log losses."""
    folds = tuple(fold_result(fold, loss) for fold, loss in enumerate(losses))
    return TrialResult(number, {}, hyperparameters, folds, status)


class Bench:
    """A search whose trainings are told what they give, by `loss`, and how long they took."""

    def __init__(self, folder, *, deadline=None, **changes):
        search = replace(SEARCH, **changes)
        self.begun, self.measured, self.interrupt = [], [], Interrupt()
        self.loss, self.seconds = lambda hyperparameters, fold: 0.5, 1.0
        self.task = Task(search, EXAMPLES, np.arange(len(EXAMPLES)) % search.folds)
        self.stop = StopConditions(deadline, self.interrupt)
        listener = SearchListener()
        listener.fold_begins = lambda number, fold: self.begun.append((number, fold))
        self.journal = Journal(folder, search, listener)
        self.trials = TrialRunner(self.journal, self.stop, self._measure)
        begin(folder, search, EXAMPLES, resume=folder.exists())

    def _measure(self, hyperparameters, fold):
        result = fold_result(fold, self.loss(hyperparameters, fold), self.seconds)
        self.measured.append((self.begun[-1][0], fold))
        rows = np.flatnonzero(self.task.fold_of_rows == fold)
        return result, OutOfFold(rows, rows % 2, np.full((len(rows), 2), fold, np.float32))


class FullJournal(Journal):
    """A journal on a disk that is full."""

    def append(self, entry):
        """Fail."""
        raise SentimentError("disk full")


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """A small search that nobody disturbed, with its folder."""
    folder = tmp_path_factory.mktemp("searches") / "whole"
    return folder, searched(folder)
