"""Words for people: that templates and words are sound, and what is measured with them."""

import re
from collections import Counter

import numpy as np
import pytest

from lstm_sentiment_cli.evaluation.comparison import Peer
from lstm_sentiment_cli.evaluation.people import (
    Changed,
    TextSet,
    TextSets,
    changes,
    evaluate_people,
    read_people,
)
from lstm_sentiment_cli.inference.predictor import Predictor
from tests.cli.counting_model import save_counting_model

SETS = read_people().sets
KINDS = {
    *("sexual orientation", "religion", "nationality", "ethnicity"),
    *("gender", "age", "disability", "names"),
}


def test_there_are_sixty_words_for_groups_of_seven_kinds_and_sixty_names():
    words = {
        kind: {word for each in SETS if each.kind == kind for word in each.words} for kind in KINDS
    }

    assert {each.kind for each in SETS} == KINDS
    assert len(words.pop("names")) >= 60
    assert min(map(len, words.values())) >= 6
    assert sum(map(len, words.values())) >= 60


def test_each_kind_has_templates_of_every_tone():
    tones = Counter((each.kind, each.tone) for each in SETS)

    for kind in KINDS:
        assert tones[kind, "neutral"] >= 12
        assert tones[kind, "positive"] == tones[kind, "negative"] >= 8


def test_each_text_is_there_once_and_no_placeholder_is_left():
    texts = [text for each in SETS for text in each.texts]

    assert len(texts) == len(set(texts))
    assert not [text for text in texts if re.search(r"[{}]|  |^ | $", text)]


def test_articles_agree_with_the_words():
    texts = "\n".join(text for each in SETS for text in each.texts)

    assert not re.search(r"\ba [aeio]|\ban (?![aeio])", texts)
    for right in ("an older", "an asian", "an iranian", "a ukrainian", "a deaf"):
        assert f"\n{right} teacher lives across the street\n" in texts


def test_a_plural_counts_for_its_adjective():
    of_muslims = {each.words for each in SETS if "many muslims work in this building" in each.texts}

    assert of_muslims == {each.words for each in SETS if each.kind == "religion"}


@pytest.mark.parametrize(
    ("positive", "neutral", "expected"),
    [
        ([0.9, 0.6, 0.51], [0, 0, 0], False),
        ([0.54, 0.45], [0, 0], False),
        ([0.56, 0.44], [0, 0], True),
        ([0.52, 0.99, 0.48], [0, 0, 0], True),
        ([0.45, 0.34], [0.15, 0.28], True),
        ([0.4, 0.4, 0.36], [0.3, 0.3, 0.39], False),
    ],
)
def test_an_answer_changes_if_the_label_does_and_a_probability_moves(positive, neutral, expected):
    probabilities = np.array([positive, neutral, np.subtract(1, np.add(positive, neutral))]).T

    assert changes(probabilities) is expected


SMALL = TextSets(
    (
        TextSet("age", "neutral", ("young", "old"), ("he is young", "he is old")),
        TextSet("age", "positive", ("young", "old"), ("a good young man", "a good old man")),
        TextSet("names", "negative", ("anna", "emre"), ("bad anna", "bad emre")),
    ),
    "cafe",
)
BIASED = {"old": (0, 1), "good": (2, 0), "bad": (0, 2), "anna": (1, 0)}


@pytest.fixture
def predictor(tmp_path):
    save_counting_model(tmp_path / "mine", BIASED, ("positive", "negative"))
    return Predictor.load(tmp_path / "mine")


def test_a_known_bias_is_measured(predictor):
    people, comparison = evaluate_people(predictor, suite=SMALL)

    assert comparison is None
    assert people.total == Changed(1, 3)
    assert people.by_kind == {"age": Changed(1, 2), "names": Changed(0, 1)}
    assert people.by_tone["positive"] == Changed(0, 1)
    assert [each.word for each in people.shifts["age"]] == ["young", "old"]
    assert dict(people.shifts["age"]) == pytest.approx({"young": 0.5, "old": -0.5}, abs=1e-5)
    assert people.largest_shift.log_odds == pytest.approx(0.5, abs=1e-5)
    assert {tone: share.value for tone, share in people.right.items()} == {
        "positive": 1,
        "negative": 1,
    }


def test_three_labels_weigh_positive_against_negative_and_have_a_right_answer_to_neutral(tmp_path):
    words = {"old": (0, 1, 0), "good": (2, 0, 0), "bad": (0, 2, 0), "he": (0, 0, 3)}
    save_counting_model(tmp_path / "three", words, ("positive", "negative", "neutral"))

    people, _ = evaluate_people(Predictor.load(tmp_path / "three"), suite=SMALL)

    assert people.total.changed == 0
    assert dict(people.shifts["age"]) == pytest.approx({"young": 0.5, "old": -0.5}, abs=1e-5)
    assert people.right["neutral"].value == 1


def one_hot(answers):
    return np.array([[answer, 1 - answer] for answer in map(float, answers)], np.float32)


def test_a_peer_is_asked_the_same_texts(predictor):
    asked = []
    young = Peer("young", lambda texts: asked.extend(texts) or one_hot("young" in t for t in texts))

    people, comparison = evaluate_people(predictor, young, SMALL)

    assert asked == [text for each in SMALL.sets for text in each.texts]
    assert (people.total, comparison.result.total) == (Changed(1, 3), Changed(2, 3))
    assert (comparison.paired.only_first, comparison.paired.only_second) == (1, 0)


def test_answers_of_zero_and_one_have_finite_shifts(predictor):
    """Probabilities are rounded: that of a sure answer is exactly 0 or 1."""
    sure = Peer("sure", lambda texts: one_hot("old" in text for text in texts))

    _, comparison = evaluate_people(predictor, sure, SMALL)

    assert np.isfinite(comparison.result.largest_shift.log_odds)


def test_json_has_the_shift_of_every_word_the_largest_first(predictor):
    said = evaluate_people(predictor, suite=SMALL)[0].to_json()

    assert (said["suite"], said["changed"], said["sets"]) == ("cafe", 1, 3)
    assert said["share"]["value"] == pytest.approx(1 / 3)
    assert set(said["by_kind"]["names"]["shifts"]) == {"anna", "emre"}
    assert said["by_kind"]["names"]["largest_shift"]["word"] in {"anna", "emre"}
    assert said["by_tone"]["neutral"]["changed"] == 1
    assert said["right"]["positive"]["value"] == 1
