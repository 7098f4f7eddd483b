"""The behaviour suite: that its cases are sound, and when a case is passed."""

import re
from collections import Counter

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.behaviour import (
    BEHAVIOUR,
    DIRECTION,
    INVARIANCE,
    MINIMUM,
    REVERSALS,
    Case,
    Outcome,
    Rate,
    Suite,
    behaviour_names,
    evaluate_behaviour,
    evaluate_suite,
    read_suite,
)
from lstm_sentiment_cli.evaluation.comparison import Peer, open_peer
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.cli.counting_model import save_counting_model

SUITE, MORE = read_suite(BEHAVIOUR), read_suite(REVERSALS)
CASES = (*SUITE.cases, *MORE.cases)
EXPECTED = {
    MINIMUM: {"positive", "negative", "neutral"},
    INVARIANCE: {"same"},
    DIRECTION: {"up", "down"},
}


def case(kind, expected, other="", text="good"):
    return Case("one", kind, text, other, expected)


def of(positive, neutral=0.0):
    return {"positive": positive, "negative": 1 - positive - neutral, "neutral": neutral}


def asked(folder, *cases, against=None):
    predictor = Predictor.load(folder)
    peer = against and open_peer(against, predictor)
    return evaluate_suite(Suite("behaviour", cases, "cafe"), predictor, peer)


@pytest.fixture
def folder(tmp_path):
    words = {"good": (2, 0), "very": (1, 0), "bad": (0, 2)}
    return save_counting_model(tmp_path / "mine", words, ("positive", "negative"))


def normalised(*texts):
    return [re.sub(r"\W+", " ", text.casefold()).strip() for text in texts]


def test_every_case_has_a_kind_and_expects_what_its_kind_can():
    for each in CASES:
        assert each.expected in EXPECTED[each.kind], each
        assert each.text.strip(), each
        assert bool(each.other) == (each.kind != MINIMUM), each
        assert each.text != each.other, each


def test_the_first_suite_never_changes_so_that_figures_of_all_times_can_be_compared():
    assert len(SUITE.cases) == 412
    assert SUITE.sha256[:8] == "71a159ea"


def test_no_case_is_there_twice():
    # Emoji and emoticons differ in what is not a word.
    seen = Counter((each.text.casefold(), each.other.casefold()) for each in CASES)
    of_words = Counter(map(tuple, (normalised(each.text, each.other) for each in MORE.cases)))
    old = {tuple(normalised(each.text, each.other)) for each in SUITE.cases}

    assert [pair for pair, times in seen.items() if times > 1] == []
    assert [pair for pair, times in of_words.items() if times > 1 or pair in old] == []


def test_both_labels_are_expected_so_that_no_constant_answer_looks_good():
    expected = Counter(each.expected for each in SUITE.cases if each.kind == MINIMUM)

    assert 0.5 < expected["positive"] / expected["negative"] < 2


def test_each_capability_of_the_reversals_expects_both_labels_equally_often():
    expected = Counter((each.capability, each.expected) for each in MORE.cases)

    assert len(MORE.cases) >= 160
    for capability in {each.capability for each in MORE.cases}:
        assert expected[capability, "positive"] == expected[capability, "negative"] >= 9


def test_few_reversals_begin_or_end_alike():
    """A frame with one word swapped would test the same thing again."""
    words = [normalised(each.text)[0].split() for each in MORE.cases]
    for ends in (slice(0, 4), slice(-4, None)):
        assert max(Counter(" ".join(each[ends]) for each in words).values()) <= 2


@pytest.mark.parametrize(
    ("kind", "expected", "first", "second", "passed"),
    [
        (MINIMUM, "positive", of(0.6), None, True),
        (MINIMUM, "negative", of(0.6), None, False),
        (MINIMUM, "neutral", of(0.2, 0.5), None, True),
        (INVARIANCE, "same", of(0.51), of(0.99), True),
        (INVARIANCE, "same", of(0.54), of(0.45), True),
        (INVARIANCE, "same", of(0.56), of(0.44), False),
        (INVARIANCE, "same", of(0.45, 0.15), of(0.34, 0.28), False),
        (DIRECTION, "up", of(0.6), of(0.61), True),
        (DIRECTION, "up", of(0.6), of(0.6), False),
        (DIRECTION, "up", of(0.6), of(0.6 + 1e-8), False),
        (DIRECTION, "down", of(0.6), of(0.59), True),
        (DIRECTION, "down", of(0.6), of(0.6), False),
        (DIRECTION, "down", of(0.6), of(0.7), False),
        (DIRECTION, "up", of(0.4, 0.1), of(0.4, 0.3), True),
    ],
)
def test_when_a_case_is_passed(kind, expected, first, second, passed):
    answers = [answer for answer in (first, second) if answer]

    assert Outcome(case(kind, expected), answers).passed is passed


def test_rates_by_kind_and_capability_and_the_failures(folder):
    behaviour = asked(
        folder,
        Case("words", MINIMUM, "good", "", "positive"),
        Case("negation", MINIMUM, "not good", "", "negative"),
        Case("more", DIRECTION, "good", "very good", "down"),
        Case("more", DIRECTION, "good", "very good", "up"),
    )

    assert behaviour.rates.total == Rate(2, 4)
    assert behaviour.rates.by_kind == {MINIMUM: Rate(1, 2), DIRECTION: Rate(1, 2)}
    assert behaviour.rates.worst_first() == [
        ("negation", Rate(0, 1)), ("more", Rate(1, 2)), ("words", Rate(1, 1)),
    ]  # fmt: skip
    first, second = behaviour.failures
    assert (first.case.text, first.predicted) == ("not good", ["positive"])
    assert second.tones == pytest.approx([0.762, 0.905], abs=0.001)


def test_cases_of_a_label_that_the_model_has_not_are_neither_asked_nor_counted(folder):
    behaviour = asked(folder, case(MINIMUM, "neutral"), case(MINIMUM, "positive"))

    assert (behaviour.not_asked, behaviour.rates.total) == (1, Rate(1, 1))


def test_a_model_of_three_labels_is_asked_all(tmp_path):
    save_counting_model(tmp_path / "three", {"a": (0, 1, 0)}, ("negative", "neutral", "positive"))

    assert evaluate_suite(SUITE, Predictor.load(tmp_path / "three")).not_asked == 0


def test_a_model_without_a_tone_is_one_line():
    moods = Predictor(
        "m", Manifest(("happy", "negative"), {}, 1, "fp32", {}), Tokenizer([], 9), None
    )

    with pytest.raises(SentimentError, match=r"has happy, negative, without positive$"):
        evaluate_suite(SUITE, moods)


def test_a_peer_is_asked_the_same_cases(folder, tmp_path):
    words = {"good": (0, 2), "not": (0, 3)}
    save_counting_model(tmp_path / "other", words, ("positive", "negative"))
    cases = [
        case(MINIMUM, "positive"),
        case(MINIMUM, "negative", text="not good"),
        case(INVARIANCE, "same", "bad"),
    ]

    comparison = asked(folder, *cases, against=str(tmp_path / "other")).comparison

    assert (comparison.peer, comparison.result.total) == ("other", Rate(1, 3))
    assert (comparison.paired.only_first, comparison.paired.only_second) == (1, 1)
    assert comparison.paired.both_wrong == 1


def test_the_majority_passes_every_invariance_and_no_direction(folder):
    behaviour = evaluate_behaviour(Predictor.load(folder), Peer("majority", None))

    rates = behaviour.suites[BEHAVIOUR].comparison.result
    assert rates.by_kind[INVARIANCE].passed == rates.by_kind[INVARIANCE].asked
    assert rates.by_kind[DIRECTION].passed == 0
    assert behaviour.suites[REVERSALS].comparison.result.total == Rate(113, 226)
    assert behaviour.people_comparison.result.total.changed == 0


def test_json_says_all_and_without_a_peer_null(folder):
    said = asked(folder, case(INVARIANCE, "same", "bad"), case(MINIMUM, "negative")).to_json()

    assert (said["suite"], said["passed"], said["asked"]) == ("cafe", 0, 2)
    assert said["rate"]["value"] == 0
    assert said["comparison"] is None
    pair, single = said["failures"]
    assert (pair["other"], pair["predicted"]) == ("bad", ["positive", "negative"])
    assert (single["other"], len(single["probabilities"])) == (None, 1)
    assert np.isclose(single["probabilities"][0]["positive"], 0.881, atol=0.001)


@pytest.mark.parametrize("labels", [("positive", "negative"), ("neutral", "negative", "positive")])
def test_every_figure_has_a_name_to_require_it_by(tmp_path, labels):
    save_counting_model(tmp_path / "mine", {"good": (1,) * len(labels)}, labels)

    behaviour = evaluate_behaviour(Predictor.load(tmp_path / "mine"))

    assert set(behaviour.by_name()) == set(behaviour_names(labels))
