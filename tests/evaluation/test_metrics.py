"""Every metric against scikit-learn, and against values worked out elsewhere."""

import warnings

import numpy as np
import pytest
import sklearn.metrics as reference  # noqa: TID253 - the light tests may need it
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.metrics import (
    CONFUSION_METRICS,
    ROW_METRICS,
    Interval,
    brier_scores,
    confusion_matrix,
    confusion_metrics,
    log_losses,
    measured_metrics,
    row_metrics,
    wilson,
)


@st.composite
def answers(draw):
    """True and predicted labels, of which some may be missing on either side."""
    labels = draw(st.integers(2, 5))
    pairs = st.tuples(st.integers(0, labels - 1), st.integers(0, labels - 1))
    gold, predicted = np.array(draw(st.lists(pairs, min_size=1, max_size=60))).T
    return labels, gold, predicted


@st.composite
def forecasts(draw):
    """True labels and rows of probabilities, certain and impossible ones among them."""
    labels = draw(st.integers(2, 5))
    gold = np.array(draw(st.lists(st.integers(0, labels - 1), min_size=1, max_size=40)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = random.normal(0, draw(st.sampled_from([0.1, 3, 40])), (len(gold), labels))
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return gold, (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)


@given(answers())
def test_the_confusion_matrix_is_scikit_learns(case):
    labels, gold, predicted = case

    expected = reference.confusion_matrix(gold, predicted, labels=range(labels))
    np.testing.assert_array_equal(confusion_matrix(gold, predicted, labels), expected)


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


# Scikit-learn takes its time when it is first asked.
unhurried = settings(deadline=None)


@st.composite
def drawn_rows(draw):
    """True labels, probabilities with many ties, and how often each row was drawn."""
    width = draw(st.integers(2, 4))
    rows = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # Few different values a column: most scores cannot be told apart with others.
    weights = random.integers(1, draw(st.sampled_from([3, 1000])), (rows, width))
    probabilities = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    drawn = random.integers(0, 4, rows)
    drawn[random.integers(0, rows)] += 1  # at least one row
    return random.integers(0, width, rows), probabilities, drawn


def named(gold, probabilities, drawn):
    return dict(zip(ROW_METRICS, row_metrics(gold, probabilities)(drawn).tolist(), strict=True))


def areas_by_label(gold, probabilities, drawn):
    """Scikit-learn's areas of each label against the rest, of those for which there are any."""
    answered = [0] if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    for label in answered:
        belongs, scores = gold == label, probabilities[:, label]
        kept = drawn > 0
        if len(set(belongs[kept])) == 2:
            yield (
                reference.roc_auc_score(belongs, scores, sample_weight=drawn),
                reference.average_precision_score(belongs, scores, sample_weight=drawn),
            )


def plain_calibration_error(confidence, right):
    """Bins of equal count over the rows written out one by one, equal confidences together."""
    order = np.argsort(confidence, kind="stable")
    confidence, right = confidence[order].astype(float), right[order]
    rows = len(confidence)
    borders = [confidence[number * rows // 15] for number in range(1, 15)]
    bins = [sum(border <= each for border in borders) for each in confidence]
    members = [np.array([found == number for found in bins]) for number in range(15)]
    return sum(abs((confidence[each] - right[each]).sum()) for each in members) / rows


@unhurried
@given(drawn_rows())
def test_areas_are_scikit_learns(case):
    figures = named(*case)
    expected = list(areas_by_label(*case))

    if expected:
        roc, precision = np.mean(expected, axis=0)
        assert (figures["roc_auc"], figures["pr_auc"]) == pytest.approx((roc, precision))
    else:
        assert np.isnan([figures["roc_auc"], figures["pr_auc"]]).all()


@unhurried
@given(drawn_rows())
def test_log_loss_and_brier_score_are_scikit_learns(case):
    gold, probabilities, drawn = case
    figures, labels = named(*case), range(probabilities.shape[1])
    wide = probabilities.astype(np.float64)
    wide /= wide.sum(axis=1, keepdims=True)

    log_loss = reference.log_loss(gold, wide, labels=labels, sample_weight=drawn)
    brier = reference.brier_score_loss(
        gold, wide, labels=labels, sample_weight=drawn, scale_by_half=True
    )

    assert (figures["log_loss"], figures["brier"]) == pytest.approx((log_loss, brier), abs=1e-6)


@unhurried
@given(drawn_rows())
def test_calibration_error_is_that_of_the_rows_written_out(case):
    gold, probabilities, drawn = case
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == gold

    expected = plain_calibration_error(np.repeat(confidence, drawn), np.repeat(right, drawn))

    assert named(*case)["ece"] == pytest.approx(expected, abs=1e-9)


@unhurried
@given(drawn_rows())
def test_what_is_measured_draws_each_row_once(case):
    gold, probabilities, _ = case

    expected = row_metrics(gold, probabilities)(np.ones(len(gold), np.int64))

    np.testing.assert_array_equal(measured_metrics(gold, probabilities), expected)


@unhurried
@given(drawn_rows())
def test_figures_of_the_confusion_matrix_are_scikit_learns(case):
    gold, probabilities, drawn = case
    predicted, labels = probabilities.argmax(axis=1), range(probabilities.shape[1])
    counts = reference.confusion_matrix(gold, predicted, labels=labels, sample_weight=drawn)

    found = confusion_metrics(counts)

    with warnings.catch_warnings():
        # It finds that some labels are only predicted.
        warnings.simplefilter("ignore", UserWarning)
        precision, recall, f1, _ = reference.precision_recall_fscore_support(
            gold, predicted, labels=labels, sample_weight=drawn, zero_division=0
        )
    np.testing.assert_allclose(found[-len(labels) :], f1)
    expected = {
        "accuracy": reference.accuracy_score(gold, predicted, sample_weight=drawn),
        "average_recall": recall.mean(),
        "macro_precision": precision.mean(),
        "macro_f1": f1.mean(),
    }
    means = dict(zip(CONFUSION_METRICS, found, strict=False))
    assert {name: means[name] for name in expected} == pytest.approx(expected)


def test_many_confusion_matrices_at_once_are_each_by_itself():
    counts = np.random.default_rng(3).integers(0, 9, (5, 3, 3))

    together = confusion_metrics(counts)

    assert together.shape == (5, len(CONFUSION_METRICS) + 3)
    for number in range(5):
        np.testing.assert_array_equal(together[number], confusion_metrics(counts[number]))


def test_calibration_error_is_zero_when_confidence_is_accuracy():
    probabilities = np.tile(np.float32([0.75, 0.25]), (1000, 1))
    gold = (np.arange(1000) % 4 == 0).astype(np.int16)

    assert named(gold, probabilities, np.ones(1000, int))["ece"] == pytest.approx(0, abs=1e-7)


def test_calibration_error_is_the_distance_of_confidence_and_accuracy():
    sure = np.repeat(np.float32([0.9, 0.6]), 500)
    wrong = np.concatenate([np.arange(500) % 10 >= 8, np.arange(500) % 10 >= 7])

    figures = named(wrong.astype(int), np.column_stack([sure, 1 - sure]), np.ones(1000, int))

    # Half of the rows claim 0.1 too much, half claim 0.1 too little.
    assert figures["ece"] == pytest.approx(0.1)


def test_areas_worked_out_by_hand():
    """Scores 0.9 right, 0.8 and 0.8 one of each, 0.1 wrong: three of four pairs, one tied."""
    scores = np.float32([0.9, 0.8, 0.8, 0.1])
    gold = np.array([0, 0, 1, 1])

    figures = named(gold, np.column_stack([scores, 1 - scores]), np.ones(4, int))

    assert figures["roc_auc"] == 3.5 / 4
    assert figures["pr_auc"] == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)
