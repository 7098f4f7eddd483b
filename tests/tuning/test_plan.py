"""What a tuning is asked for, before any TensorFlow."""

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.normalizer import words
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.journal import search_folder
from lstm_sentiment_cli.tuning.plan import (
    SearchOptions,
    duration,
    folds_of,
    plan_of,
)
from lstm_sentiment_cli.tuning.space import Choices, Range, Space
from tests.tuning.conftest import EXAMPLES, SEARCH, SMALL

GRID = Space(SMALL, {"batch_size": Choices((32, 64, 96)), "dropout": Choices((0.0, 0.3))})
LABELS = ("positive", "negative")
DATA = TrainingData(LABELS, EXAMPLES)


def search_of(space=GRID, **options):
    return SearchOptions(**options).search(space, LABELS)


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
def test_a_wrong_time_budget_is_a_one_line_error_with_examples(given):
    with pytest.raises(SentimentError, match="as 2h, 1h30m or 90s") as raised:
        duration(given)

    assert f"'{given}'" in str(raised.value)


@given(hours=st.integers(0, 9**400), minutes=st.integers(0, 99), seconds=st.integers(1, 99))
def test_a_time_budget_is_converted_to_seconds_or_refused(hours, minutes, seconds):
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


def test_options_become_a_search():
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
        ({"objective": "f1"}, "unknown --objective 'f1'; choose from log-loss, accuracy"),
        ({"algorithm": "baysian"}, "unknown --algorithm 'baysian' (did you mean 'bayesian'?)"),
        ({"algorithm": "hyperband"}, "hyperband is not offered: it compares trials after"),
        ({"algorithm": "grid", "trials": 5}, "the grid has 6 points, more than --trials 5"),
    ],
)
def test_a_wrong_option_is_named_in_one_line(options, said):
    with pytest.raises(SentimentError) as raised:
        search_of(**options)

    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_grid_must_be_finite():
    endless = replace(GRID, dimensions={"dropout": Range(0.0, 0.5, "linear")})
    with pytest.raises(SentimentError, match="a list of values for dropout"):
        search_of(endless, algorithm="grid")

    assert search_of(algorithm="grid", trials=6).trials == 6
    assert search_of(algorithm="grid", time_budget="1s").trials is None


@pytest.mark.parametrize("fraction", [-0.1, 0.6, float("nan")])
def test_a_holdout_outside_its_range_is_refused(fraction):
    with pytest.raises(SentimentError, match="--holdout must be a share from 0 to"):
        search_of(holdout=fraction)


def test_rows_are_held_out_of_all_labels_and_from_the_search():
    plan = plan_of(SEARCH, DATA, 0.25, SMALL)

    assert len(plan.held_out) == len(EXAMPLES) // 4
    assert {example.label for example in plan.held_out} == set(LABELS)
    assert sorted([*plan.searched, *plan.held_out]) == sorted(EXAMPLES)
    assert not {each.text for each in plan.searched} & {each.text for each in plan.held_out}


def test_with_a_holdout_of_zero_nothing_is_held_out():
    plan = plan_of(SEARCH, DATA, 0, SMALL)

    assert (plan.held_out, plan.searched) == ([], EXAMPLES)


def test_too_little_to_hold_out_names_the_option():
    same = TrainingData(LABELS, [EXAMPLES[0], EXAMPLES[-1], *EXAMPLES[:5]])
    with pytest.raises(SentimentError, match=r"--holdout 0\.5"):
        plan_of(SEARCH, same, 0.5, SMALL)


def test_too_many_folds_are_refused():
    few = TrainingData(LABELS, [*EXAMPLES[:3], *EXAMPLES[-30:]])
    with pytest.raises(SentimentError, match="5 folds need 5 different texts"):
        plan_of(replace(SEARCH, folds=5), few, 0, SMALL)


def test_values_of_the_reference_outside_the_space_are_listed():
    wanted = Hyperparameters()
    search = replace(SEARCH, space=Space(wanted, {"dropout": Choices((0.1, 0.5))}))

    assert plan_of(search, DATA, 0, wanted).moved == {"dropout": 0.3}
    assert plan_of(SEARCH, DATA, 0, SMALL).moved == {}


def test_the_folder_of_the_search_is_beside_the_model():
    assert search_folder(Path("models/mine")) == Path("models/mine-search")


def test_the_json_plan_has_the_numbers_of_rows():
    rows = plan_of(SEARCH, DATA, 0.25, SMALL).to_json()["rows"]

    assert rows["all"] == len(EXAMPLES)
    assert rows["learnt_in_a_fold"] + rows["measured_in_a_fold"] + rows["held_out"] == rows["all"]


TONES = ("glad", "sad")


def folded(examples, folds, seed):
    return folds_of(examples, replace(SEARCH, labels=TONES, folds=folds, seed=seed))


def example(name, label):
    return Example(f"@someone {name}", label, 1.0)


def key(example):
    return " ".join(words(example.text))


def distinct(number):
    return chr(ord("a") + number // 26) + chr(ord("a") + number % 26)


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdefghijklm"), st.sampled_from(TONES)),
    min_size=20,
    max_size=80,
)


@given(ROWS, st.integers(2, 4), st.integers(0, 5))
def test_every_row_is_held_out_once_and_equal_texts_by_one_fold(rows, folds, seed):
    examples = [example(*row) for row in rows]
    try:
        held_out = folded(examples, folds, seed)
    except SentimentError:
        return
    folds_of = defaultdict(set)
    for each, fold in zip(examples, held_out.tolist(), strict=True):
        folds_of[key(each)].add(fold)

    assert held_out.shape == (len(examples),)
    assert set(held_out.tolist()) == set(range(folds))
    assert all(len(its) == 1 for its in folds_of.values())


@given(st.integers(6, 60), st.integers(6, 60), st.integers(2, 6), st.integers(0, 5))
def test_folds_of_different_texts_are_exactly_stratified(glad, sad, folds, seed):
    examples = [Example(f"glad {distinct(n)}", "glad", 1.0) for n in range(glad)]
    examples += [Example(f"sad {distinct(n)}", "sad", 1.0) for n in range(sad)]
    assert len({key(each) for each in examples}) == len(examples)
    held_out = folded(examples, folds, seed)

    for rows in (held_out[:glad], held_out[glad:], held_out):
        counts = np.bincount(rows, minlength=folds)
        assert counts.max() - counts.min() <= 1


def test_a_frequent_text_does_not_make_its_fold_larger():
    examples = [example("hello", "glad")] * 20
    examples += [Example(f"glad {distinct(n)}", "glad", 1.0) for n in range(20)]
    examples += [Example(f"sad {name}", "sad", 1.0) for name in "ab"]
    held_out = folded(examples, 2, 0)

    assert Counter(held_out[:40].tolist()) == {0: 20, 1: 20}


def test_folds_depend_on_the_seed():
    examples = [Example(f"{label} {distinct(n)}", label, 1.0) for label in TONES for n in range(9)]

    assert (folded(examples, 2, 1) == folded(examples, 2, 1)).all()
    assert (folded(examples, 2, 1) != folded(examples, 2, 2)).any()


def taught(name, label):
    return example(name, label)._replace(probabilities=bytes(8), labelled=False)


@given(ROWS, ROWS, st.integers(2, 4))
def test_rows_of_probabilities_are_learnt_in_every_fold_but_that_of_their_text(rows, more, folds):
    examples = [example(*row) for row in rows]
    try:
        alone = folded(examples, folds, 0)
    except SentimentError:
        return
    others = [taught(*row) for row in more]
    together = folded([*examples, *others], folds, 0)
    fold_of = {key(each): fold for each, fold in zip(examples, alone.tolist(), strict=True)}

    assert together[: len(rows)].tolist() == alone.tolist()
    assert together[len(rows) :].tolist() == [fold_of.get(key(each), -1) for each in others]


def test_folds_of_rows_of_probabilities_alone_are_like_those_of_labels():
    examples = [example(f"{label} {distinct(n)}", label) for label in TONES for n in range(9)]
    others = [each._replace(probabilities=bytes(8), labelled=False) for each in examples]

    assert folded(others, 3, 1).tolist() == folded(examples, 3, 1).tolist()


@pytest.mark.parametrize(
    ("sad", "message"),
    [
        (["a", "b", "c"], "'sad' has 3; give more rows, or --folds 3"),
        (["a", "b", "b", "B", "  b"], "'sad' has 2; give more rows, or --folds 2"),
        (["a"] * 9, "'sad' has 1; give more rows$"),
        ([], "'sad' has 0; give more rows$"),
    ],
)
def test_fewer_texts_of_a_label_than_folds_are_refused(sad, message):
    examples = [example(name, "glad") for name in "abcdefghijklm"]
    examples += [Example(name, "sad", 1.0) for name in sad]

    with pytest.raises(SentimentError, match=f"^5 folds need 5 different texts .* {message}"):
        plan_of(replace(SEARCH, labels=TONES, folds=5), TrainingData(TONES, examples), 0, SMALL)
    with pytest.raises(SentimentError, match=message):
        folded(examples, 5, 0)
