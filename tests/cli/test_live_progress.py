"""Trainings and searches as their users see them: lines in a log, a bar on a terminal."""

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.console import Console

from lstm_sentiment_cli.cli.live_progress import search_progress, training_progress
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Epoch, Step
from lstm_sentiment_cli.tuning.search import FoldResult, TrialResult
from lstm_sentiment_cli.tuning.space import Choices, Space
from tests.tuning.conftest import SEARCH as A_SEARCH

SPACE = Space(Hyperparameters(), {"dropout": Choices((0.0, 0.3))})
SEARCH = replace(A_SEARCH, space=SPACE, trials=4, seed=1, prune=True)
FOLDS = tuple(FoldResult(fold, 0.4, 0.8, best_epoch=1, epochs=3, seconds=60.0) for fold in (0, 1))
BEST = TrialResult(1, {}, SPACE.hyperparameters({"dropout": 0.0}), FOLDS, "complete")
EPOCH = Epoch(1, 0.5, 0.7, None, None, 3.0)


def told(listener):
    """Tell of a trial whose second fold is interrupted, and of the training after it."""
    listener.stage("starting TensorFlow")
    listener.trial_begins(1, {"dropout": 0.0})
    for fold in FOLDS:
        listener.fold_begins(1, fold.fold)
        listener.step(Step(epoch=2, epochs=4, step=1, steps=1, loss=0.5, accuracy=0.7))
        listener.epoch(EPOCH, best=True)
        listener.fold_ends(1, fold, known=fold.fold == 0)
    listener.trial_ends(BEST, BEST)
    listener.trial_begins(2, {"dropout": 0.3})
    listener.fold_begins(2, 0)
    listener.interrupted()
    listener.stage("training trial 1 on all rows")
    listener.step(Step(epoch=1, epochs=2, step=1, steps=2, loss=0.5, accuracy=0.7))
    listener.epoch(EPOCH, best=True)


def test_a_log_has_a_line_for_each_fold_trial_and_epoch_after_the_search(capsys):
    with search_progress(Terminal(), SEARCH) as listener:
        told(listener)
    lines = capsys.readouterr().err.splitlines()

    assert lines[1:] == [
        "trial  1  fold 1 of 2  log loss 0.4000  accuracy 0.8000  best epoch 1 of 3  known",
        "trial  1  fold 2 of 2  log loss 0.4000  accuracy 0.8000  best epoch 1 of 3  60 s",
        "trial  1  0.4000 ± 0.0000  2 min  dropout=0.0  *",
        "stopping the search, then training with the best so far; Ctrl-C again stops at once "
        "(--resume continues)",
        lines[5],
        "epoch  1  loss 0.5000  accuracy 0.7000  3 s",
    ]
    assert lines[0].endswith("s  starting TensorFlow")
    assert lines[5].endswith("s  training trial 1 on all rows")


def test_quiet_is_quiet(capsys):
    with search_progress(Terminal(quiet=True), SEARCH) as listener:
        told(listener)

    assert capsys.readouterr().err == ""


@pytest.fixture
def drawn():
    """Return what is drawn on a terminal of this width, step by step."""

    def drawn(progress, events, width=80):
        shown = io.StringIO()
        console = Console(file=shown, width=width, force_terminal=True, color_system=None)
        with progress(SimpleNamespace(stderr=lambda: console, animated=True)) as listener:
            frames = []
            for event in events:
                event(listener)
                listener._bar.refresh()
                frames.append(shown.getvalue())
                shown.seek(0)
                shown.truncate()
        return frames

    return drawn


def of(search):
    return lambda terminal: search_progress(terminal, search)


def test_a_terminal_shows_the_epoch_of_a_training_and_keeps_the_lines_of_others(drawn):
    frames = drawn(
        training_progress,
        [
            lambda listener: listener.stage("starting TensorFlow"),
            lambda listener: listener.step(Step(2, 4, 1, 10, 0.5, 0.7)),
            lambda listener: listener.epoch(
                replace(EPOCH, validation_loss=0.4, validation_accuracy=0.8), best=True
            ),
            lambda listener: listener.interrupted(),
        ],
    )

    assert "starting TensorFlow" in frames[0]
    assert "epoch 2/4  loss 0.5000  accuracy 0.7000" in frames[1]
    assert "accuracy 0.7000  on validation 0.4000  0.8000  3 s *" in frames[2]
    assert "Ctrl-C again stops at once" in frames[3]


def begun(number, fold):
    def event(listener):
        listener.trial_begins(number, {})
        listener.fold_begins(number, fold)

    return event


def test_a_terminal_shows_where_the_search_is_and_how_long_it_takes(drawn):
    frames = drawn(
        of(SEARCH),
        [
            lambda listener: listener.stage("starting TensorFlow"),
            begun(1, 0),
            lambda listener: listener.fold_ends(1, FOLDS[0], known=False),
            begun(1, 1),
            lambda listener: listener.step(Step(2, 4, 1, 1, 0.5, 0.7)),
            lambda listener: listener.trial_ends(BEST, BEST),
            lambda listener: listener.stage("training trial 1 on all rows"),
            lambda listener: listener.step(Step(1, 2, 1, 2, 0.5, 0.7)),
        ],
    )

    assert "starting TensorFlow" in frames[0]
    assert "trial 1  fold 1/2" in frames[1]
    assert "trials 0/4" in frames[1]
    assert "about 7 min left" in frames[2]  # seven folds of a minute
    assert "trial 1  fold 2/2  epoch 2/4" in frames[4]
    assert "trial  1  0.4000 ± 0.0000  2 min  dropout=0.0  *" in frames[5]
    assert "best 0.4000" in frames[5]
    assert "trials 1/4  about 6 min left" in frames[5]
    assert "training trial 1 on all rows  epoch 1/2" in frames[7]
    assert "accuracy 0.7000" in frames[7]


def test_the_time_budget_bounds_the_time_left(drawn):
    frames = drawn(of(replace(SEARCH, trials=None, seconds=90.0)), [begun(1, 0)])

    assert "trials 0  about 90 s left" in frames[0]


def test_folds_of_an_earlier_run_tell_nothing_of_time(drawn):
    frames = drawn(
        of(SEARCH), [begun(1, 0), lambda listener: listener.fold_ends(1, FOLDS[0], known=True)]
    )

    assert "left" not in frames[1]


@pytest.mark.parametrize("width", [20, 40])
def test_a_narrow_terminal_shows_one_line(drawn, width):
    frames = drawn(of(SEARCH), [begun(1, 0)], width)

    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frames[0]).splitlines()
    assert max(map(len, lines)) <= width
    assert any(line.startswith("trial 1") for line in lines)
