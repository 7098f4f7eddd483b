"""What --dry-run shows."""

import io
from dataclasses import replace

from rich.console import Console

from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.rendering.searches import moved_lines, plan_lines, space_table
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.plan import Plan
from lstm_sentiment_cli.tuning.space import DEFAULT_DIMENSIONS, Space
from tests.tuning.conftest import SEARCH as A_SEARCH

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

    assert fixed == (
        "the same in all trials: max_tokens 64, embedding_epochs 0, word_dropout 0.0, "
        "loss binary_crossentropy, teacher_share 0.7, schedule constant, averaging 0.0, "
        "clipnorm 1.0, epochs 8, patience 2, seed 1"
    )
    assert labels == "labels: positive, neg\ufffd[31mative"
    assert trials == (
        "at most 30 trials; 5 folds each; proposed by Bayesian optimisation, compared by log loss"
    )
    assert rows == (
        "110 rows, 10 of them held out from all trials; a fold learns 80 and is measured on 20"
    )
    assert times == (
        "estimate: a fold 12 s to 30 s, the search 30 min to 75 min, the trainings after it 20 s"
    )


def test_a_time_budget_is_the_end_of_the_search():
    timed = replace(PLAN, search=replace(SEARCH, trials=None, seconds=7200.0), held_out=[])
    estimate = Estimate()
    estimate.search = None
    lines = plan_lines(timed, estimate)

    assert lines[2].startswith("at most 2 h 00 min; 5 folds each")
    assert lines[3].startswith("110 rows, none of them held out from all trials; a fold learns 80")
    assert "the search 2 h 00 min at most, the trainings" in lines[4]
    both = plan_lines(timed, Estimate())[4]
    assert "the search 30 min to 75 min (2 h 00 min at most), the trainings" in both


def test_what_the_space_has_not_of_the_reference_is_said():
    assert moved_lines({}) == []
    assert moved_lines({"lstm_units": [96, 48], "dropout": 0.3}) == [
        "not in the space: the reference's lstm_units 96,48, dropout 0.3; "
        "trial 0 is as near to it as there is"
    ]
