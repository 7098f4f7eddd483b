from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.normalizer import words
from lstm_sentiment_cli.tuning.plan import check_folds, held_out_by

LABELS = ("glad", "sad")


def example(name, label):
    return Example(f"@someone {name}", label, 1.0)


def key(example):
    return " ".join(words(example.text))


def distinct(number):
    return chr(ord("a") + number // 26) + chr(ord("a") + number % 26)


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdefghijklm"), st.sampled_from(LABELS)), min_size=20, max_size=80
)


@given(ROWS, st.integers(2, 4), st.integers(0, 5))
def test_every_row_is_held_out_once_and_no_text_by_two_folds(rows, folds, seed):
    examples = [example(*row) for row in rows]
    try:
        held_out = held_out_by(examples, LABELS, folds, seed)
    except SentimentError:
        return
    folds_of = defaultdict(set)
    for each, fold in zip(examples, held_out.tolist(), strict=True):
        folds_of[key(each)].add(fold)

    assert held_out.shape == (len(examples),)
    assert set(held_out.tolist()) == set(range(folds))
    assert all(len(its) == 1 for its in folds_of.values())


@given(st.integers(6, 60), st.integers(6, 60), st.integers(2, 6), st.integers(0, 5))
def test_folds_are_stratified_to_the_row_where_no_text_comes_twice(glad, sad, folds, seed):
    examples = [Example(f"glad {distinct(n)}", "glad", 1.0) for n in range(glad)]
    examples += [Example(f"sad {distinct(n)}", "sad", 1.0) for n in range(sad)]
    assert len({key(each) for each in examples}) == len(examples)
    held_out = held_out_by(examples, LABELS, folds, seed)

    for rows in (held_out[:glad], held_out[glad:], held_out):
        counts = np.bincount(rows, minlength=folds)
        assert counts.max() - counts.min() <= 1


def test_a_text_that_comes_often_does_not_swell_its_fold():
    examples = [example("hello", "glad")] * 20
    examples += [Example(f"glad {distinct(n)}", "glad", 1.0) for n in range(20)]
    examples += [Example(f"sad {name}", "sad", 1.0) for name in "ab"]
    held_out = held_out_by(examples, LABELS, 2, 0)

    assert Counter(held_out[:40].tolist()) == {0: 20, 1: 20}


def test_folds_follow_their_seed():
    examples = [Example(f"{label} {distinct(n)}", label, 1.0) for label in LABELS for n in range(9)]

    assert (held_out_by(examples, LABELS, 2, 1) == held_out_by(examples, LABELS, 2, 1)).all()
    assert (held_out_by(examples, LABELS, 2, 1) != held_out_by(examples, LABELS, 2, 2)).any()


@pytest.mark.parametrize(
    ("sad", "message"),
    [
        (["a", "b", "c"], "of 'sad' there are 3; give more rows, or --folds 3"),
        (["a", "b", "b", "B", "  b"], "of 'sad' there are 2; give more rows, or --folds 2"),
        (["a"] * 9, "of 'sad' there are 1; give more rows$"),
        ([], "of 'sad' there are 0; give more rows$"),
    ],
)
def test_fewer_texts_of_a_label_than_folds_are_refused_with_their_number(sad, message):
    examples = [example(name, "glad") for name in "abcdefghijklm"]
    examples += [Example(name, "sad", 1.0) for name in sad]

    with pytest.raises(SentimentError, match=f"^5 folds need 5 different texts .* {message}"):
        check_folds(examples, LABELS, 5)
    with pytest.raises(SentimentError, match=message):
        held_out_by(examples, LABELS, 5, 0)
