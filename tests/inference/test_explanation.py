"""Contributions, exact where a network only adds and plausible where it reads; and doubts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.inference import explanation
from lstm_sentiment_cli.inference.explanation import Contribution, Doubts, doubts, explain
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def predictor(default_model):
    return Predictor.load(default_model)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i don't love this 😂😂", Doubts(5, 5, truncated=False, english=True)),
        ("i love xyzzyplugh", Doubts(3, 2, truncated=False, english=True)),
        ("", Doubts(0, 0, truncated=False, english=True)),
        ("(,)", Doubts(0, 0, truncated=False, english=True)),
        ("so " * 65, Doubts(64, 64, truncated=True, english=True)),
        ("сегодня отличный день", Doubts(3, 0, truncated=False, english=False)),
    ],
)
def test_words_are_counted_as_people_see_them(predictor, text, expected):
    assert doubts(predictor, text) == expected


def test_a_text_without_end_is_doubted_in_no_time(predictor):
    assert doubts(predictor, "e\u0301" * 10_000_000).truncated


WORDS = ["good", "bad", "day", "do", "n't"]


class Adding:
    """A network whose logits are sums over the tokens; unknown words weigh nothing."""

    def __init__(self, weights: Sequence[Sequence[float]]) -> None:
        self.weights = np.array(weights, np.float32)  # (tokens, labels)
        self.most_rows = 0

    def run(self, tokens, lengths):
        """Return logits (batch, labels)."""
        self.most_rows = max(self.most_rows, len(tokens))
        inside = np.arange(tokens.shape[1]) < lengths[:, None]
        return (self.weights[tokens] * inside[:, :, None]).sum(axis=1)


class Pairing:
    """A network that says 4 for positive where good and bad stand together, else nothing."""

    def run(self, tokens, lengths):
        """Return logits (batch, labels)."""
        both = (tokens == 3).any(axis=1) & (tokens == 4).any(axis=1)
        return np.stack([4.0 * both, 0.0 * both], axis=1).astype(np.float32)


def predictor_of(weights, labels=("positive", "negative"), temperature=1.0):
    """Return a model in which each of WORDS has a row of weights."""
    nothing = [[0.0] * len(labels)] * 3
    manifest = Manifest(tuple(labels), {}, temperature, "fp32", {})
    return Predictor("adding", manifest, Tokenizer(WORDS, 16), Adding([*nothing, *weights]))


ADDING = predictor_of([[2, 0], [-1, 2], [0, 0], [0.5, 0], [0, 1.5]])


@pytest.fixture(scope="module")
def shipped(default_model):
    return Predictor.load(default_model)


def brief(found):
    return [(each.text, pytest.approx(each.contribution)) for each in found.contributions]


def test_where_a_network_adds_a_contribution_is_the_weight_of_the_word():
    [found] = explain(ADDING, ["good, BAD day zzz"])

    assert found.label == "positive"
    assert brief(found) == [("good", 2), ("BAD", -3), ("day", 0), ("zzz", 0)]


def test_what_only_two_words_together_say_is_halved_between_them():
    pairing = replace(ADDING, runtime=Pairing())

    [found] = explain(pairing, ["good bad day"])

    first, second, third = (each.contribution for each in found.contributions)
    assert first == second > 0
    assert third == 0
    # Alone, either says nothing: its contribution is what it changes in the text, in part.
    assert first == pytest.approx(4 * explanation._IN_THE_TEXT)


def test_the_parts_of_a_word_are_explained_together():
    [found] = explain(ADDING, ["don't"])

    assert brief(found) == [("don't", 0.5 - 1.5)]


def test_a_temperature_divides_what_words_add():
    hot = predictor_of([[2, 0], [-1, 2], [0, 0], [0, 0], [0, 0]], temperature=2.0)

    assert brief(explain(hot, ["good bad"])[0]) == [("good", 1), ("bad", -1.5)]


def test_of_more_than_two_labels_the_predicted_one_is_explained():
    three = predictor_of(
        [[0, 9, 0], [9, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], ("bad", "good", "neutral")
    )
    found = explain(three, ["good day", "bad day", "day"])

    assert [each.label for each in found] == ["good", "bad", "bad"]
    # Alone against two others that are level: ln(e^9 / 2) above ln(1 / 2).
    assert brief(found[0]) == [("good", 9), ("day", 0)]


@pytest.mark.parametrize("text", ["", " ", "\x00", "(,)"])
def test_a_text_without_words_has_no_contributions(shipped, text):
    assert explain(shipped, [text])[0].contributions == ()


def test_no_texts_have_no_explanations():
    assert explain(ADDING, []) == []


def test_an_answer_without_any_doubt_stays_finite():
    sure = predictor_of([[800, 0], [0, 900], [0, 0], [0, 0], [0, 0]])

    assert brief(explain(sure, ["good"])[0]) == [("good", 800)]
    assert brief(explain(sure, ["good bad"])[0]) == [("good", 800), ("bad", -900)]


def test_the_shipped_model_names_the_words_that_count(shipped):
    text = "the food was good but the service was terrible :("
    [found] = explain(shipped, [text])
    by_text = {each.text: each.contribution for each in found.contributions}

    assert min(by_text, key=by_text.__getitem__) in {"terrible", ":("}
    assert max(by_text, key=by_text.__getitem__) == "good"


def test_a_negation_takes_its_part_of_what_it_turns(shipped):
    [found] = explain(shipped, ["i don't like this"])
    by_text = {each.text: each.contribution for each in found.contributions}

    assert by_text["don't"] < -0.5
    assert min(by_text, key=by_text.__getitem__) == "don't"


def test_another_label_is_explained_when_it_is_asked_for_and_the_model_has_it():
    usual, other, unknown = explain(ADDING, ["good"] * 3, ["positive", "negative", "neutral"])

    assert [each.label for each in (usual, other, unknown)] == ["positive", "negative", "positive"]
    assert other.contributions[0].contribution == -usual.contributions[0].contribution


def test_a_contribution_as_json_is_rounded_and_never_minus_zero():
    assert Contribution(0, 4, "good", 1.23456).to_json() == {
        "start": 0,
        "end": 4,
        "text": "good",
        "contribution": 1.2346,
    }
    assert str(Contribution(0, 1, "a", -0.00001).to_json()["contribution"]) == "0.0"


def test_a_text_is_explained_alike_alone_and_among_many(shipped, monkeypatch):
    texts = ["good", "worst day ever", "", "what a lovely, lovely morning :)", "so " * 100] * 3
    alone = [explain(shipped, [text])[0] for text in texts]
    monkeypatch.setattr(explanation, "_ROWS", 50)
    together = explain(shipped, texts)

    for first, second in zip(alone, together, strict=True):
        assert first.label == second.label
        assert [each[:3] for each in first.contributions] == [
            each[:3] for each in second.contributions
        ]
        assert [each.contribution for each in first.contributions] == pytest.approx(
            [each.contribution for each in second.contributions], abs=1e-5
        )


def test_rows_are_run_in_small_batches_however_many_texts_there_are():
    predictor = predictor_of([[1, 0]] * 5)
    explain(predictor, ["good bad day"] * 5000)

    assert predictor.runtime.most_rows <= 64


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.sampled_from(["good", "BAAAD ", "&lt;3", "&amp;", "#goodDay", "😂", "❤️", "don't", " "])
        | st.text(st.characters(), max_size=5),
        max_size=30,
    ).map("".join)
)
def test_contributions_are_finite_and_say_where_they_are_in_the_text(shipped, text):
    [found] = explain(shipped, [text])

    end = 0
    for each in found.contributions:
        assert text[each.start : each.end] == each.text != ""
        assert each.start >= end
        assert np.isfinite(each.contribution)
        end = each.end
