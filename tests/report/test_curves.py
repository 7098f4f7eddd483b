"""The points that are drawn, against scikit-learn and against the figures they belong to."""

import numpy as np
import pytest
import sklearn.metrics as reference  # noqa: TID253 - the light tests may need it
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.metrics import ROW_METRICS, Ranking, measured_metrics
from lstm_sentiment_cli.report import curves

# Few different scores, so that many are equal.
scores = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0])
answers = st.lists(st.tuples(st.booleans(), scores), min_size=1, max_size=60)


def columns(rows):
    belongs, confidence = zip(*rows, strict=True)
    return np.array(belongs), np.array(confidence, np.float32)


def both_kinds(rows):
    return {belongs for belongs, _ in rows} == {True, False}


@given(answers.filter(both_kinds))
def test_roc_is_scikit_learns(rows):
    belongs, confidence = columns(rows)

    curve = curves.roc(Ranking.of(belongs, confidence))

    x, y, _ = reference.roc_curve(belongs, confidence, drop_intermediate=False)
    np.testing.assert_allclose(curve.x, x)
    np.testing.assert_allclose(curve.y, y)


@given(answers.filter(both_kinds))
def test_precision_and_recall_are_scikit_learns_and_their_steps_hold_its_area(rows):
    belongs, confidence = columns(rows)

    curve = curves.precision_recall(Ranking.of(belongs, confidence))

    precision, recall, _ = reference.precision_recall_curve(belongs, confidence)
    np.testing.assert_allclose(curve.x, recall[::-1])
    np.testing.assert_allclose(curve.y[1:], precision[::-1][1:])
    area = float(np.diff(curve.x) @ curve.y[1:])
    assert area == pytest.approx(reference.average_precision_score(belongs, confidence))


@pytest.mark.parametrize("belongs", [True, False])
def test_examples_of_one_kind_have_no_curve(belongs):
    ranking = Ranking.of(np.full(3, belongs), np.float32([0.2, 0.7, 0.7]))

    assert curves.roc(ranking) is None
    assert curves.precision_recall(ranking) is None


def test_risk_is_the_share_of_errors_among_the_surest():
    confidence = np.float32([0.6, 0.9, 0.9, 0.7, 0.8])
    right = np.array([False, True, False, False, True])

    curve = curves.risk_coverage(confidence, right)

    np.testing.assert_allclose(curve.x, [2 / 5, 3 / 5, 4 / 5, 1])
    np.testing.assert_allclose(curve.y, [1 / 2, 1 / 3, 2 / 4, 3 / 5])


@given(answers)
def test_all_answered_the_risk_is_the_share_of_errors(rows):
    right, confidence = columns(rows)

    curve = curves.risk_coverage(confidence, right)

    assert (curve.x[-1], curve.y[-1]) == pytest.approx((1, 1 - right.mean()))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), min_size=1, max_size=80))
def test_the_bins_mean_distance_from_the_diagonal_is_the_calibration_error(rows):
    first, probability = columns(rows)
    gold = np.where(first, 0, 1)
    probabilities = np.stack([probability, 1 - probability], axis=1)

    bins = curves.reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == gold)

    distances = [each.rows * abs(each.confidence - each.accuracy.value) for each in bins]
    ece = measured_metrics(gold, probabilities)[ROW_METRICS.index("ece")]
    assert sum(distances) / len(rows) == pytest.approx(ece, abs=1e-6)
    assert len(bins) <= 15
    assert [each.confidence for each in bins] == sorted(each.confidence for each in bins)


def test_many_rows_are_drawn_by_few_points():
    random = np.random.default_rng(7)
    belongs = random.random(200_000) < 0.4
    confidence = np.float32(1 / (1 + np.exp(-random.normal(np.where(belongs, 1, -1), 1.5))))
    ranking = Ranking.of(belongs, confidence)
    area, average_precision = ranking.areas(np.ones(len(belongs), np.int64))

    roc, precision_recall = curves.roc(ranking), curves.precision_recall(ranking)
    risk = curves.risk_coverage(confidence, belongs)

    assert max(len(each.x) for each in (roc, precision_recall, risk)) <= curves.MOST_POINTS
    assert ((roc.x[0], roc.y[0]), (roc.x[-1], roc.y[-1])) == ((0, 0), (1, 1))
    under = float(np.diff(roc.x) @ (roc.y[1:] + roc.y[:-1])) / 2
    assert under == pytest.approx(area, abs=0.001)
    steps = float(np.diff(precision_recall.x) @ precision_recall.y[1:])
    assert steps == pytest.approx(average_precision, abs=0.005)
    assert (risk.x[-1], risk.y[-1]) == pytest.approx((1, 1 - belongs.mean()))


def test_probabilities_are_counted_for_each_of_the_labels():
    probabilities = np.float32([0.0, 0.04, 0.5, 1.0, 0.3])
    gold = np.array([0, 0, 1, 2, 1], np.int16)

    histogram = curves.probability_histogram(probabilities, gold, [0, 2])

    assert histogram.edges.tolist() == pytest.approx([place / 20 for place in range(21)])
    assert histogram.counts.tolist() == [[2] + [0] * 19, [0] * 19 + [1]]


@given(st.lists(st.integers(1, 65_535), min_size=1, max_size=50))
def test_each_length_is_counted_in_its_bar_or_in_the_last(lengths):
    histogram = curves.length_histogram(np.array(lengths, np.uint16))

    inner = histogram.edges[1:-1]
    places = [sum(length > edge for edge in inner) for length in lengths]
    assert histogram.counts.tolist() == [[places.count(bar) for bar in range(len(inner) + 1)]]
    assert len(inner) < 40


def test_one_long_text_does_not_hide_the_lengths_of_the_others():
    lengths = np.array([*range(1, 31)] * 20 + [60_000], np.uint16)

    histogram = curves.length_histogram(lengths)

    assert histogram.edges[-1] == 30.5
    assert histogram.counts.sum() == len(lengths)
