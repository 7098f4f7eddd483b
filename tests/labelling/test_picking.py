"""What a model is least sure of, and how much texts have in common."""

import time

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.labelling import picking
from lstm_sentiment_cli.labelling.picking import Likeness, Scorer, pick
from tests.labelling.conftest import load

# The longer, the surer; the first and the third are the same to the model.
POOL = ["three words here", "two words", "three other words", "one", "these are four words"]


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end


@pytest.fixture
def scorer():
    with Scorer(load, POOL, ["answered before"]) as scorer:
        wait_for(lambda: scorer.scored == len(POOL))
        yield scorer


def test_a_margin_is_the_difference_of_the_two_most_probable_labels(scorer):
    sureness = np.array([2, 1, 2, 0, 3])

    np.testing.assert_allclose(scorer.margins(5), np.tanh(sureness), atol=1e-6)
    np.testing.assert_allclose(scorer.margins(2), np.tanh([2, 1]), atol=1e-6)


def test_answers_are_of_any_text_asked(scorer):
    label, probability = scorer.answer("not in the pool")

    assert label == "positive"
    assert probability == pytest.approx(1 / (1 + np.exp(-6)), abs=1e-5)
    assert scorer.answer("one") == ("positive", 0.5)


def test_there_is_no_answer_before_the_model_is_loaded():
    scorer = Scorer(load, POOL, [])

    assert scorer.answer("one") is None
    assert scorer.margins(0).shape == (0,)


def test_an_error_of_loading_is_kept():
    def fail():
        raise SentimentError("no such model")

    with Scorer(fail, POOL, []) as scorer:
        wait_for(lambda: scorer.error)
        assert str(scorer.error) == "no such model"


def test_a_scorer_that_is_no_longer_wanted_ends_soon(monkeypatch):
    monkeypatch.setattr(picking, "STEP", 1)
    with Scorer(load, ["text"] * 1_000_000, []) as scorer:
        wait_for(lambda: scorer.scored)
    assert scorer.scored < 1_000_000


def test_the_least_sure_that_is_free_is_picked(scorer, monkeypatch):
    monkeypatch.setattr(picking, "_FEWEST", 1)
    found = pick(scorer, POOL, 5, Likeness(), lambda _text: True)
    others = pick(scorer, POOL, 5, Likeness(), lambda text: text != found)

    assert (found, others) == ("one", "two words")
    assert pick(scorer, POOL, 1, Likeness(), lambda _text: True) == POOL[0]
    assert pick(scorer, POOL, 5, Likeness(), lambda _text: False) is None


def test_of_those_the_one_least_like_what_was_asked_is_picked(scorer):
    likeness = Likeness()
    likeness.add("one bird")
    likeness.add("so many words")

    assert pick(scorer, POOL, 5, likeness, lambda _text: True) == "three words here"


def test_likeness_is_the_share_of_words_in_common():
    likeness = Likeness()
    assert likeness.highest("a red car", ()) == 0
    likeness.add("A red, RED bus")
    likeness.add("the car")

    assert likeness.highest("a red car", ()) == pytest.approx(2 / 4)
    assert likeness.highest("a red car", ("a", "the")) == pytest.approx(1 / 2)
    assert likeness.highest("green", ()) == 0
    likeness.take_back()
    assert likeness.highest("the car", ()) == 0
