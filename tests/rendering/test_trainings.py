"""Curves of a training inside any terminal; plan, trials and leaderboard of a search."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.rendering.style import Display, format_duration
from lstm_sentiment_cli.rendering.trainings import (
    knob_text,
    leaderboard_lines,
    moved_lines,
    not_complete,
    plan_lines,
    space_table,
    training_curves,
    trial_line,
)
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.plan import Plan
from lstm_sentiment_cli.tuning.search import FoldResult, TrialResult
from lstm_sentiment_cli.tuning.space import DEFAULT_DIMENSIONS, Space
from tests.tuning.conftest import SEARCH as A_SEARCH


def history(*epochs):
    """Return epochs of (loss, accuracy, validation loss, validation accuracy)."""
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    return [
        {"number": number, **dict(zip(names, epoch, strict=True)), "seconds": 1.0}
        for number, epoch in enumerate(epochs, start=1)
    ]


FOUR = history(
    (0.9, 0.5, 0.8, 0.6), (0.6, 0.6, 0.5, 0.8), (0.4, 0.8, 0.6, 0.8), (0.1, 0.9, 0.9, 0.7)
)


def test_four_epochs():
    assert str(training_curves(FOUR, Display(80))).split("\n") == [
        "                training           validation",
        "loss     0.9000 ███                ▄▄▄         ███",
        "                ███ ▄▄▄            ███     ▄▄▄ ███",
        "                ███ ███ ▄▄▄        ███ ███ ███ ███",
        "         0.1000 ███ ███ ███ ▁▁▁    ███ ███ ███ ███",
        "",
        "accuracy 0.9000             ███",
        "                        ███ ███        ███ ███",
        "                        ███ ███        ███ ███ ███",
        "         0.5000 ▁▁▁ ███ ███ ███    ███ ███ ███ ███",
        "epoch               *                  *",
        "* best epoch, 2 of 4: validation loss 0.5000, accuracy 0.8000",
    ]


def test_without_blocks():
    lines = str(training_curves(FOUR, Display(40, unicode=False))).split("\n")

    assert lines[1:5] == [
        "loss     0.9000 #          #     #",
        "                #          #     #",
        "                # # #      # # # #",
        "         0.1000 # # # #    # # # #",
    ]
    assert "\n".join(lines).isascii()


@pytest.mark.parametrize("epochs", [1, 2, 8, 30, 100])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_any_number_of_epochs_fits_any_terminal(epochs, width):
    loss = [1 / (1 + epoch) for epoch in range(epochs)]
    shown = str(training_curves(history(*((x, 1 - x, x, 1 - x) for x in loss)), Display(width)))

    *plots, best = shown.split("\n")
    assert max(map(len, plots)) <= width
    assert len(plots) == 11
    assert all("▁" in plots[row] for row in (4, 9))  # the ends of the scales
    assert best.startswith(f"* best epoch, {epochs} of {epochs}: ")


def test_where_there_are_more_epochs_than_room_a_column_is_the_mean_of_some():
    loss = [1.0, 0.0] * 10 + [0.5] * 2

    shown = str(training_curves(history(*((x, x, x, x) for x in loss)), Display(41))).split("\n")

    # Eleven columns of two epochs each: all of them 0.5 on average.
    assert shown[4] == "         0.5000 " + "▁" * 11 + "   " + "▁" * 11


def test_the_star_is_below_the_column_that_holds_the_best_epoch():
    loss = [1.0] * 70
    loss[40] = 0.5

    shown = str(training_curves(history(*((1.0, 0.5, x, 0.5) for x in loss)), Display(60))).split(
        "\n"
    )

    assert shown[4].count("▁") == 1
    assert shown[10].rindex("*") == shown[4].index("▁")


figures = st.floats(0, 50)


@given(
    st.lists(st.tuples(figures, figures, figures, figures), min_size=1, max_size=40),
    st.integers(1, 200),
)
def test_any_history_has_a_column_of_some_height_for_all_epochs(epochs, width):
    lines = str(training_curves(history(*epochs), Display(width))).split("\n")

    assert len(lines) == 12
    lowest = lines[4][16:]
    assert set(lowest) <= set(" ▁▂▃▄▅▆▇█")
    assert lowest.strip()


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
    assert lines[-1] == "40 in total; see leaderboard.json"


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
        "2 trials dropped",
        "1 trial not finished",
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


LABELS = ("positive", "neg\x1b[31mative")
ROWS = [Example(f"text {number}", LABELS[number % 2], 1.0) for number in range(110)]
SEARCH = replace(
    A_SEARCH,
    space=Space(Hyperparameters(), DEFAULT_DIMENSIONS),
    labels=LABELS,
    folds=5,
    trials=30,
    algorithm="bayesian",
    seed=1,
    prune=True,
)
PLAN = Plan(SEARCH, TrainingData(LABELS, ROWS), ROWS[:100], ROWS[100:], {})


class Span:
    """As much of an estimate's span as is shown."""

    def __init__(self, least, most):
        self.least, self.most = least, most


class Estimate:
    """As much of an estimate as is shown."""

    fold, search, refits = Span(12.2, 30), Span(1800, 4500), Span(20, 20.2)


def test_each_knob_is_shown_with_what_is_tried_and_the_reference():
    console = Console(file=io.StringIO(), width=80, markup=False, emoji=False)
    console.print(space_table(SEARCH.space))
    lines = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]

    assert "lstm_units 96,48,48 | 96,48 | 48,48 | 128,64 | 64 | 96 96,48,48" in lines
    assert "learning_rate 0.0005 to 0.008, log 0.002" in lines
    assert max(map(len, lines)) <= 80


def test_the_plan_says_what_is_fixed_how_often_on_how_much_and_for_how_long():
    fixed, labels, trials, rows, times, _ = plan_lines(PLAN, Estimate())

    intro, _, knobs = fixed.partition(": ")
    told = dict(knob.split() for knob in knobs.split(", "))
    searched = {*DEFAULT_DIMENSIONS, "validation_fraction"}
    assert intro == "the same in all trials"
    assert list(told) == [name for name in Hyperparameters().to_dict() if name not in searched]
    assert (told["max_tokens"], told["schedule"], told["averaging"]) == ("64", "constant", "0.0")
    assert labels == "labels: positive, neg\ufffd[31mative"
    assert trials == (
        "at most 30 trials; 5 folds each; proposed by Bayesian optimisation, compared by log loss"
    )
    assert rows == (
        "110 rows, 10 of them held out from all trials; each fold trains on 80 and is measured "
        "on 20"
    )
    assert times == (
        "estimate: a fold 12 s to 30 s, the search 30 min to 75 min, the training runs after it "
        "20 s"
    )


def test_a_time_budget_is_the_end_of_the_search():
    timed = replace(PLAN, search=replace(SEARCH, trials=None, seconds=7200.0), held_out=[])
    estimate = Estimate()
    estimate.search = None
    lines = plan_lines(timed, estimate)

    assert lines[2].startswith("at most 2 h 00 min; 5 folds each")
    assert lines[3].startswith(
        "110 rows, none of them held out from all trials; each fold trains on 80"
    )
    assert "the search 2 h 00 min at most, the training runs" in lines[4]
    both = plan_lines(timed, Estimate())[4]
    assert "the search 30 min to 75 min (2 h 00 min at most), the training runs" in both


def test_what_the_space_has_not_of_the_reference_is_said():
    assert moved_lines({}) == []
    assert moved_lines({"lstm_units": [96, 48], "dropout": 0.3}) == [
        "not in the search space: the reference's lstm_units 96,48, dropout 0.3; "
        "trial 0 takes the nearest values"
    ]
