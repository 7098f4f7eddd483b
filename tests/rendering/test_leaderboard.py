"""Trials as people read them, at 80 columns."""

import pytest

from lstm_sentiment_cli.rendering.searches import (
    knob_text,
    leaderboard_lines,
    not_complete,
    trial_line,
)
from lstm_sentiment_cli.rendering.style import format_duration
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.tuning.search import FoldResult, TrialResult

KNOBS = {"lstm_units": [64, 32], "pooling": "max+attention", "learning_rate": 0.00234}


def trial(number, *losses, status="complete", reason=""):
    folds = tuple(
        FoldResult(fold, loss, 1 - loss, best_epoch=1, epochs=2, seconds=40.0)
        for fold, loss in enumerate(losses)
    )
    return TrialResult(number, {}, Hyperparameters(), folds, status, reason)


def test_a_rank_has_score_time_and_below_them_what_differs():
    ranked = [trial(3, 0.44, 0.46), trial(0, 0.5, 0.5)]

    assert leaderboard_lines(ranked, [KNOBS, {}], "log_loss", 50) == [
        "rank  trial  log loss         time",
        "   1      3  0.4500 ± 0.0141  80 s",
        "      lstm_units=64,32  pooling=max+attention",
        "      learning_rate=0.00234",
        "   2      0  0.5000 ± 0.0000  80 s",
        "      the reference",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_it_keeps_within_the_terminal(width):
    knobs = KNOBS | {"batch_size": 1024, "embedding_dropout": 0.15}
    lines = leaderboard_lines([trial(3, 0.44, 0.46)], [knobs], "accuracy", width)

    assert max(map(len, lines)) <= width
    assert "batch_size=1024" in " ".join(lines)


def test_of_many_trials_the_best_are_shown_and_the_reference():
    ranked = [*(trial(number, 0.4, 0.4) for number in range(1, 40)), trial(0, 0.9, 0.9)]
    lines = leaderboard_lines(ranked, [{}] * 40, "accuracy", 80)
    ranks = [line.split()[0] for line in lines if "±" in line]

    assert ranks == [*map(str, range(1, 11)), "40"]
    assert lines[-1] == "40 in all; leaderboard.json has them"


@pytest.mark.parametrize(
    ("ended", "best", "line"),
    [
        (trial(3, 0.4, 0.4), False, "trial  3  0.4000 ± 0.0000  80 s  lstm_units=64  dropout=0.1"),
        (trial(3, 0.5), True, "trial  3  0.5000 ± 0.0000  40 s  lstm_units=64  dropout=0.1  *"),
        (trial(0, 0.5), True, "trial  0  0.5000 ± 0.0000  40 s  the reference  *"),
        (
            trial(7, 0.9, status="dropped", reason="worse than\x1b[2J"),
            False,
            "trial  7  dropped: worse than\ufffd[2J  lstm_units=64  dropout=0.1",
        ),
    ],
)
def test_a_trial_is_one_line(ended, best, line):
    knobs = {"lstm_units": [64], "dropout": 0.1}

    assert trial_line(ended, knobs, "log_loss", best=best) == line


def test_what_a_leaderboard_has_not_is_counted_and_failures_are_named():
    trials = [
        trial(0, 0.5),
        trial(1, 0.9, status="dropped"),
        trial(2, 0.9, status="dropped"),
        trial(3, 0.9, status="unfinished"),
        trial(4, status="failed", reason="the loss became nan"),
    ]

    assert not_complete(trials) == [
        "2 trials were dropped",
        "1 trial was not finished",
        "trial 4 failed: the loss became nan",
    ]
    assert not_complete(trials[:1]) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [([96, 48], "96,48"), (0.00234, "0.00234"), ("last+max", "last+max"), (0.0, "0.0"), (1, "1")],
)
def test_a_knob_is_shown_as_its_flag_takes_it(value, text):
    assert knob_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (99.4, "99 s"),
        (100, "2 min"),
        (3600, "60 min"),
        (5000, "83 min"),
        (6000, "1 h 40 min"),
        (36_300, "10 h 05 min"),
    ],
)
def test_times_are_in_the_unit_that_suits(seconds, text):
    assert format_duration(seconds) == text
