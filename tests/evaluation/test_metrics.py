"""Every figure against scikit-learn, and against values worked out elsewhere."""

import warnings

import numpy as np
import pytest
import sklearn.metrics as reference  # noqa: TID253 - the light tests may need it
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.metrics import (
    ConfusionMatrix,
    Interval,
    brier_scores,
    log_losses,
    wilson,
)


@st.composite
def answers(draw):
    """Right and predicted labels, of which some may be missing on either side."""
    labels = draw(st.integers(2, 5))
    pairs = st.tuples(st.integers(0, labels - 1), st.integers(0, labels - 1))
    gold, predicted = np.array(draw(st.lists(pairs, min_size=1, max_size=60))).T
    return labels, gold, predicted


@st.composite
def forecasts(draw):
    """Right labels and rows of probabilities, certain and impossible ones among them."""
    labels = draw(st.integers(2, 5))
    gold = np.array(draw(st.lists(st.integers(0, labels - 1), min_size=1, max_size=40)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = random.normal(0, draw(st.sampled_from([0.1, 3, 40])), (len(gold), labels))
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return gold, (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)


@given(answers())
def test_confusion_precision_and_recall_are_scikit_learns(case):
    labels, gold, predicted = case
    numbers = list(range(labels))
    confusion = ConfusionMatrix.of(gold, predicted, labels)

    precision, recall, _, support = reference.precision_recall_fscore_support(
        gold, predicted, labels=numbers, zero_division=0
    )

    expected_counts = reference.confusion_matrix(gold, predicted, labels=numbers)
    np.testing.assert_array_equal(confusion.counts, expected_counts)
    np.testing.assert_allclose([each.value for each in confusion.precision()], precision)
    np.testing.assert_allclose([each.value for each in confusion.recall()], recall)
    assert confusion.support.tolist() == support.tolist()
    assert confusion.accuracy().value == pytest.approx(reference.accuracy_score(gold, predicted))


@given(forecasts())
def test_log_loss_is_scikit_learns(case):
    gold, probabilities = case
    with warnings.catch_warnings():
        # It finds that rows of float32 do not sum to 1 in float64.
        warnings.simplefilter("ignore", UserWarning)
        expected = reference.log_loss(gold, probabilities, labels=range(probabilities.shape[1]))

    assert log_losses(gold, probabilities).mean() == pytest.approx(expected, rel=1e-5, abs=1e-6)


@given(forecasts())
def test_brier_score_is_half_of_brier_s_sum_over_labels(case):
    gold, probabilities = case
    labels = range(probabilities.shape[1])
    wide = probabilities.astype(np.float64)
    wide /= wide.sum(axis=1, keepdims=True)

    expected = reference.brier_score_loss(gold, wide, labels=labels, scale_by_half=True)

    assert brier_scores(gold, probabilities).mean() == pytest.approx(expected, abs=1e-6)


def test_an_impossible_label_costs_much_but_not_infinitely_much():
    losses = log_losses(np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]], np.float32))

    assert losses == pytest.approx([15.942385, 0.0], abs=1e-6)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (81, 263, 0.2553, 0.3662),  # the worked case of Newcombe (1998), method 3
        (15, 148, 0.0624, 0.1605),  # the same
        (0, 20, 0.0, 0.1611),  # the same
        (1, 29, 0.0061, 0.1718),  # the same
        (5, 5, 0.5655, 1.0),
    ],
)
def test_wilson_interval_matches_published_values(successes, trials, low, high):
    interval = wilson(successes, trials)

    assert interval.value == successes / trials
    assert (interval.low, interval.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


def test_of_no_trials_nothing_is_known():
    assert wilson(0, 0) == (0.0, 0.0, 1.0)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_value_and_stays_a_share(case):
    interval = wilson(*case)

    assert 0 <= interval.low <= interval.value <= interval.high <= 1


def test_a_figure_that_is_not_defined_is_null_in_json():
    assert Interval(0.5, 0.25, 0.75).to_json() == {"value": 0.5, "low": 0.25, "high": 0.75}
    assert Interval(np.nan, np.nan, np.nan).to_json() is None
