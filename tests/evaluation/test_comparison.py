"""Peers and paired comparisons: published and exact values, and who may be compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation import comparison
from lstm_sentiment_cli.evaluation.comparison import (
    PairedComparison,
    difference_of_means,
    difference_of_shares,
    majority,
    mcnemar,
    open_peer,
    vader_probabilities,
)
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.cli.counting_model import save_counting_model

counts = st.integers(0, 3000)


def answers(both, only_first, only_second, neither):
    pairs = [(1, 1)] * both + [(1, 0)] * only_first + [(0, 1)] * only_second + [(0, 0)] * neither
    first, second = np.array(pairs, bool).reshape(-1, 2).T
    return first, second


def test_rows_are_counted_by_who_is_right():
    found = PairedComparison.of(*answers(5, 3, 1, 2))

    assert (found.both_right, found.only_first, found.only_second, found.both_wrong) == (5, 3, 1, 2)
    assert found.difference.value == pytest.approx(2 / 11)


@given(counts, counts, st.integers(0, 3000))
def test_the_other_way_round_is_the_mirror_image(only_first, only_second, others):
    rows = only_first + only_second + others + 1
    there = difference_of_shares(only_first, only_second, rows)
    back = difference_of_shares(only_second, only_first, rows)

    assert -1 <= there.low <= there.value <= there.high <= 1
    assert (there.value, there.low, there.high) == pytest.approx(
        (-back.value, -back.high, -back.low)
    )
    assert mcnemar(only_first, only_second) == mcnemar(only_second, only_first)


def test_the_interval_is_bonett_and_prices():
    """Their formula with f12 = 12, f21 = 2, n = 20, worked out by hand."""
    first, second = 13 / 22, 3 / 22
    margin = 1.959964 * ((first + second - (first - second) ** 2) / 22) ** 0.5

    interval = difference_of_shares(12, 2, 20)

    assert interval.value == 0.5
    assert (interval.low, interval.high) == pytest.approx(
        (first - second - margin, first - second + margin)
    )


def test_the_interval_holds_the_true_difference_nineteen_times_of_twenty():
    random = np.random.default_rng(1)
    drawn = random.multinomial(80, [0.15, 0.05, 0.8], size=2000)
    intervals = [difference_of_shares(first, second, 80) for first, second, _ in drawn.tolist()]

    held = np.mean([each.low <= 0.1 <= each.high for each in intervals])

    assert 0.93 <= held <= 0.97


@given(st.integers(0, 500), st.integers(0, 500))
def test_up_to_a_thousand_rows_mcnemar_is_the_exact_binomial_test(only_first, only_second):
    rows = only_first + only_second
    expected = stats.binomtest(only_first, rows).pvalue if rows else 1.0

    assert mcnemar(only_first, only_second) == pytest.approx(expected, rel=1e-9)


@given(st.integers(501, 10**7), st.integers(500, 10**7))
def test_above_it_is_chi_squared_with_the_correction(only_first, only_second):
    distance = max(abs(only_first - only_second) - 1, 0)
    statistic = distance**2 / (only_first + only_second)

    expected = stats.chi2.sf(statistic, 1)

    assert mcnemar(only_first, only_second) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_both_tests_agree_where_they_meet():
    assert mcnemar(540, 460) == pytest.approx(mcnemar(541, 460), rel=0.1)


@pytest.mark.parametrize(
    ("only_first", "only_second", "verdict"),
    [(12, 2, "better"), (2, 12, "worse"), (7, 5, "a tie"), (0, 0, "a tie"), (5, 0, "a tie")],
)
def test_the_verdict(only_first, only_second, verdict):
    found = PairedComparison.of(*answers(6, only_first, only_second, 4))

    assert found.verdict == verdict
    assert found.to_json()["verdict"] == verdict


def test_of_no_rows_nothing_is_known():
    assert difference_of_shares(0, 0, 0) == (0, -1, 1)


def test_a_difference_of_means_is_paired():
    """The same shift on every row is sure, however much the rows differ among themselves."""
    rows = np.random.default_rng(1).exponential(size=50)

    assert difference_of_means(rows, rows + 0.25) == pytest.approx((-0.25, -0.25, -0.25))


def test_the_interval_of_a_difference_of_means_is_that_of_a_t_test_of_many_rows():
    first, second = np.random.default_rng(2).normal(size=(2, 4000))

    value, low, high = difference_of_means(first, second)

    expected = stats.ttest_rel(first, second).confidence_interval()
    assert value == pytest.approx(np.mean(first - second))
    assert (low, high) == pytest.approx(tuple(expected), abs=1e-4)


def predictor(*labels, name="mine"):
    """Return a model that is never asked, for its labels."""
    return Predictor(name, Manifest(labels, {}, 1.0, "fp32", {}), Tokenizer([], 40), None)


def test_a_model_with_its_labels_in_another_order_answers_in_ours(tmp_path):
    folder = save_counting_model(tmp_path / "other", {"good": (0, 2)}, ("negative", "positive"))

    peer = open_peer(str(folder), predictor("positive", "negative"))

    assert peer.name == "other"
    assert peer.probabilities(["good", "day"])[0, 0] == pytest.approx(0.88, abs=0.01)


def test_a_model_of_the_same_name_is_called_by_its_folder(tmp_path):
    folder = save_counting_model(tmp_path / "mine", {"good": (2, 0)}, ("a", "b"))

    assert open_peer(str(folder), predictor("a", "b")).name == str(folder)


def test_other_labels_are_refused(tmp_path):
    folder = save_counting_model(tmp_path / "moods", {"good": (2, 0)}, ("happy", "sad"))

    with pytest.raises(
        SentimentError, match="moods has the labels happy, sad; model mine has a, b"
    ):
        open_peer(str(folder), predictor("a", "b"))


def test_a_model_called_vader_is_reached_by_its_path(tmp_path, monkeypatch):
    save_counting_model(tmp_path / "models" / "vader", {"good": (2, 0)}, ("a", "b"))
    monkeypatch.chdir(tmp_path)

    assert open_peer("./models/vader", predictor("a", "b")).probabilities(["good"]).shape == (1, 2)
    with pytest.raises(SentimentError, match="VADER has the labels positive"):
        open_peer("vader", predictor("a", "b"))


def test_a_model_that_is_missing_is_one_line():
    with pytest.raises(SentimentError, match="no model 'vadr'"):
        open_peer("vadr", predictor("positive", "negative"))


def test_vader_that_is_not_installed_is_one_line(monkeypatch):
    monkeypatch.setattr(comparison, "find_spec", lambda _: None)

    with pytest.raises(SentimentError, match=r"pip install 'lstm-sentiment-cli\[vader\]'"):
        open_peer("vader", predictor("positive", "negative"))


@pytest.mark.parametrize(
    "labels",
    [("positive", "negative"), ("negative", "positive"), ("neutral", "negative", "positive")],
)
def test_vader_answers_in_the_models_order_of_labels(labels):
    pytest.importorskip("vaderSentiment")
    texts = ["what a wonderful day", "this is horrible", "the table is brown"]

    probabilities = open_peer("vader", predictor(*labels)).probabilities(texts)

    answers = [labels[column] for column in probabilities.argmax(axis=1)]
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert answers[:2] == ["positive", "negative"]
    assert answers[2] == ("neutral" if "neutral" in labels else labels[0])


def test_of_two_labels_vaders_score_is_stretched_to_a_probability():
    found = vader_probabilities(np.array([-1.0, 0.0, 0.5]), neutral=False)

    assert found["positive"].tolist() == [0, 0.5, 0.75]
    assert found["negative"].tolist() == [1, 0.5, 0.25]


@pytest.mark.parametrize(
    ("score", "answer"),
    [
        (0.05, "positive"), (0.0499, "neutral"), (0.0, "neutral"), (-0.0499, "neutral"),
        (-0.05, "negative"), (1.0, "positive"), (-1.0, "negative"),
    ],
)  # fmt: skip
def test_with_neutral_vader_answers_as_its_authors_do(score, answer):
    found = vader_probabilities(np.array([score]), neutral=True)

    assert max(found, key=lambda label: found[label][0]) == answer
    assert sum(found.values()) == pytest.approx(1)


def test_the_majority_gives_every_row_the_shares_of_the_labels():
    shares = majority(np.array([2, 0, 2, 2]), 3, 5)

    assert shares.tolist() == [[0.25, 0, 0.75]] * 5
