"""Everything that is reported of a model, at once and window by window."""

import json

import numpy as np
import pytest
import sklearn.metrics as reference  # noqa: TID253 - the light tests may need it
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.evaluate import Evaluator, evaluate_predictions

LABELS = ("positive", "negative")
GOLD = np.array([0, 0, 0, 1])
PROBABILITIES = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]], np.float32)


def random_case(seed, rows, labels):
    random = np.random.default_rng(seed)
    weights = random.random((rows, labels)) + 0.01
    return random.integers(0, labels, rows), np.float32(weights / weights.sum(axis=1)[:, None])


def test_figures_of_four_rows_worked_out_by_hand():
    evaluation = evaluate_predictions(LABELS, GOLD, PROBABILITIES)

    assert evaluation.rows == 4
    assert evaluation.confusion.counts.tolist() == [[2, 1], [0, 1]]
    assert evaluation.accuracy.value == 0.75
    positive, negative = evaluation.by_label["positive"], evaluation.by_label["negative"]
    assert (positive.precision.value, positive.recall.value, positive.support) == (1.0, 2 / 3, 3)
    assert (negative.precision.value, negative.recall.value, negative.support) == (0.5, 1.0, 1)
    assert (positive.f1, negative.f1) == pytest.approx((0.8, 2 / 3))
    assert evaluation.macro_precision == pytest.approx(0.75)
    assert evaluation.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert evaluation.average_recall == pytest.approx(5 / 6)
    assert evaluation.log_loss == pytest.approx(-np.log([0.9, 0.8, 0.4, 0.7]).mean())
    assert evaluation.brier == pytest.approx(np.mean([0.01, 0.04, 0.36, 0.09]), abs=1e-7)
    assert evaluation.ece == pytest.approx(np.mean([0.1, 0.2, 0.6, 0.3]))


def test_average_recall_is_balanced_accuracy_when_every_label_occurs():
    gold, probabilities = random_case(1, 200, 3)

    evaluation = evaluate_predictions("abc", gold, probabilities)

    predicted = probabilities.argmax(axis=1)
    expected = reference.balanced_accuracy_score(gold, predicted)
    assert evaluation.average_recall == pytest.approx(expected)
    assert evaluation.macro_f1 == pytest.approx(
        reference.f1_score(gold, predicted, average="macro")
    )
    assert evaluation.macro_precision == pytest.approx(
        reference.precision_score(gold, predicted, average="macro")
    )


def test_a_label_that_never_occurs_counts_as_zero():
    evaluation = evaluate_predictions(LABELS, np.array([0, 0]), PROBABILITIES[:2])

    assert evaluation.by_label["negative"].recall == (0.0, 0.0, 1.0)
    assert evaluation.average_recall == 0.5


def test_equal_probabilities_answer_the_first_label():
    evaluation = evaluate_predictions(LABELS, np.array([1]), np.float32([[0.5, 0.5]]))

    assert evaluation.confusion.counts.tolist() == [[0, 0], [1, 0]]


@given(st.lists(st.integers(0, 20), max_size=6), st.integers(2, 4))
def test_windows_give_the_figures_of_the_whole(sizes, labels):
    gold, probabilities = random_case(2, sum(sizes) + 1, labels)
    evaluator = Evaluator([str(number) for number in range(labels)])
    start = 0
    for size in [*sizes, 1]:
        evaluator.add(gold[start : start + size], probabilities[start : start + size])
        start += size

    whole = evaluate_predictions(range(labels), gold, probabilities)
    by_window = evaluator.result()

    assert evaluator.rows == whole.rows
    np.testing.assert_array_equal(by_window.confusion.counts, whole.confusion.counts)
    assert (by_window.log_loss, by_window.brier, by_window.ece) == pytest.approx(
        (whole.log_loss, whole.brier, whole.ece)
    )


def test_json_holds_every_figure_and_survives_being_written():
    written = evaluate_predictions(LABELS, GOLD, PROBABILITIES).to_json()

    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert set(written["accuracy"]) == {"value", "low", "high"}
    assert written["by_label"]["negative"]["support"] == 1
    assert written["confusion"] == [[2, 1], [0, 1]]
    assert {"average_recall", "macro_f1", "macro_precision", "log_loss", "brier", "ece"} < set(
        written
    )


def test_no_rows_is_an_error_that_names_the_labels():
    with pytest.raises(
        SentimentError, match=r"no row has a label of the model \(positive, negative\)"
    ):
        Evaluator(LABELS).result()


def test_probabilities_that_are_no_numbers_are_refused():
    with pytest.raises(SentimentError, match="no numbers"):
        evaluate_predictions(LABELS, np.array([0]), np.float32([[np.nan, np.nan]]))
