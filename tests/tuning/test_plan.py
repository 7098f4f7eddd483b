"""What a tuning is asked for, before any TensorFlow."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.plan import (
    check_holdout,
    checked_search,
    duration,
    plan_of,
    search_folder,
)
from lstm_sentiment_cli.tuning.space import Choices, Range, Space
from tests.tuning.conftest import EXAMPLES, SEARCH, SMALL

GRID = Space(SMALL, {"batch_size": Choices((32, 64, 96)), "dropout": Choices((0.0, 0.3))})
LABELS = ("positive", "negative")
DATA = TrainingData(LABELS, EXAMPLES)


def search_of(space=GRID, **options):
    defaults = {
        "folds": 5,
        "trials": None,
        "time_budget": None,
        "objective": "log-loss",
        "algorithm": "bayesian",
        "prune": True,
        "workers": 1,
    }
    return checked_search(space, LABELS, **defaults | options)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("90s", 90),
        ("45m", 2700),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1h 30m 5s", 5405),
        ("1.5h", 5400),
    ],
)
def test_a_time_budget_is_read(given, seconds):
    assert duration(given) == seconds


@pytest.mark.parametrize("given", ["", "90", "2 hours", "m", "0s", "-1h", "1.2.3h", "1m2h", "1e9h"])
def test_what_is_no_time_is_one_line_with_examples(given):
    with pytest.raises(SentimentError, match="as 2h, 1h30m or 90s") as raised:
        duration(given)

    assert f"'{given}'" in str(raised.value)


@given(hours=st.integers(0, 9**400), minutes=st.integers(0, 99), seconds=st.integers(1, 99))
def test_any_time_is_its_seconds_or_refused(hours, minutes, seconds):
    with suppress(SentimentError):  # more hours than there are numbers for
        sought = hours * 3600 + minutes * 60 + seconds
        assert duration(f"{hours}h{minutes}m{seconds}s") == pytest.approx(sought)


@pytest.mark.parametrize(
    ("options", "trials", "seconds"),
    [
        ({}, 30, None),
        ({"trials": 7}, 7, None),
        ({"time_budget": "2m"}, None, 120),
        ({"trials": 7, "time_budget": "2m"}, 7, 120),
    ],
)
def test_without_trials_or_time_there_are_thirty_trials(options, trials, seconds):
    search = search_of(**options)

    assert (search.trials, search.seconds) == (trials, seconds)


def test_words_of_the_command_line_become_those_of_a_search():
    search = search_of(objective="accuracy", algorithm="random", prune=False, workers=2, folds=3)

    assert (search.objective, search.algorithm) == ("accuracy", "random")
    assert (search.prune, search.workers, search.folds) == (False, 2, 3)
    assert search_of().objective == "log_loss"
    assert search_of(replace(GRID, fixed=replace(SMALL, seed=7))).seed == 7


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"folds": 1}, "--folds must be 2 or more, got 1"),
        ({"trials": 0}, "--trials must be 1 or more, got 0"),
        ({"workers": -1}, "--workers must be 1 or more, got -1"),
        ({"objective": "acuracy"}, "unknown --objective 'acuracy' (did you mean 'accuracy'?)"),
        ({"objective": "f1"}, "unknown --objective 'f1'; known are log-loss, accuracy"),
        ({"algorithm": "baysian"}, "unknown --algorithm 'baysian' (did you mean 'bayesian'?)"),
        ({"algorithm": "hyperband"}, "hyperband is not offered: it compares trials after"),
        ({"algorithm": "grid", "trials": 5}, "the grid has 6 points, more than 5 trials"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_option(options, said):
    with pytest.raises(SentimentError) as raised:
        search_of(**options)

    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_grid_needs_an_end():
    endless = replace(GRID, dimensions={"dropout": Range(0.0, 0.5, logarithmic=False)})
    with pytest.raises(SentimentError, match="a list of values for dropout"):
        search_of(endless, algorithm="grid")

    assert search_of(algorithm="grid", trials=6).trials == 6
    assert search_of(algorithm="grid", time_budget="1s").trials is None


@pytest.mark.parametrize("fraction", [-0.1, 0.6, float("nan")])
def test_a_share_that_cannot_be_held_out(fraction):
    with pytest.raises(SentimentError, match="--holdout must be a share from 0 to"):
        check_holdout(fraction)


def test_rows_are_held_out_of_all_labels_and_from_the_search():
    plan = plan_of(SEARCH, DATA, 0.25, SMALL)

    assert len(plan.held_out) == len(EXAMPLES) // 4
    assert {example.label for example in plan.held_out} == set(LABELS)
    assert sorted([*plan.searched, *plan.held_out]) == sorted(EXAMPLES)
    assert not {each.text for each in plan.searched} & {each.text for each in plan.held_out}


def test_nothing_is_held_out_when_nobody_wants_it():
    plan = plan_of(SEARCH, DATA, 0, SMALL)

    assert (plan.held_out, plan.searched) == ([], EXAMPLES)


def test_too_little_to_hold_out_names_the_option():
    same = TrainingData(LABELS, [EXAMPLES[0], EXAMPLES[-1], *EXAMPLES[:5]])
    with pytest.raises(SentimentError, match=r"--holdout 0\.5"):
        plan_of(SEARCH, same, 0.5, SMALL)


def test_too_many_folds_are_refused_with_numbers():
    few = TrainingData(LABELS, [*EXAMPLES[:3], *EXAMPLES[-30:]])
    with pytest.raises(SentimentError, match="5 folds need 5 different texts"):
        plan_of(replace(SEARCH, folds=5), few, 0, SMALL)


def test_what_of_the_reference_the_space_has_not_is_known():
    wanted = Hyperparameters()
    search = replace(SEARCH, space=Space(wanted, {"dropout": Choices((0.1, 0.5))}))

    assert plan_of(search, DATA, 0, wanted).moved == {"dropout": 0.3}
    assert plan_of(SEARCH, DATA, 0, SMALL).moved == {}


def test_the_search_stands_beside_the_model():
    assert search_folder(Path("models/mine")) == Path("models/mine-search")


def test_as_json_it_says_how_many_rows_are_where():
    rows = plan_of(SEARCH, DATA, 0.25, SMALL).to_json()["rows"]

    assert rows["all"] == len(EXAMPLES)
    assert rows["learnt_in_a_fold"] + rows["measured_in_a_fold"] + rows["held_out"] == rows["all"]
