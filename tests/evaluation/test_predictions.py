"""All metrics of a classifier in one evaluation."""

import json

import numpy as np
import pytest
import sklearn.metrics as reference  # noqa: TID253 - the light tests may need it

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.predictions import (
    LABEL_METRIC_NAMES,
    METRIC_NAMES,
    evaluate_predictions,
)

LABELS = ("positive", "negative")
GOLD = np.array([0, 0, 0, 1])
PROBABILITIES = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]], np.float32)


def random_case(seed, rows, labels):
    random = np.random.default_rng(seed)
    weights = random.random((rows, labels)) + 0.01
    return random.integers(0, labels, rows), np.float32(weights / weights.sum(axis=1)[:, None])


def values(evaluation):
    return {name: getattr(evaluation, name).value for name in METRIC_NAMES}


def test_figures_of_four_rows_worked_out_by_hand():
    evaluation = evaluate_predictions(LABELS, GOLD, PROBABILITIES)

    assert evaluation.rows == 4
    assert evaluation.confusion.counts.tolist() == [[2, 1], [0, 1]]
    assert evaluation.accuracy.value == 0.75
    positive, negative = evaluation.by_label["positive"], evaluation.by_label["negative"]
    assert (positive.precision.value, positive.recall.value, positive.support) == (1.0, 2 / 3, 3)
    assert (negative.precision.value, negative.recall.value, negative.support) == (0.5, 1.0, 1)
    assert (positive.f1.value, negative.f1.value) == pytest.approx((0.8, 2 / 3))
    assert values(evaluation) == pytest.approx(
        {
            "accuracy": 0.75,
            "macro_precision": 0.75,
            "macro_f1": (0.8 + 2 / 3) / 2,
            "average_recall": 5 / 6,
            "roc_auc": 1.0,
            "pr_auc": 1.0,
            "log_loss": -np.log([0.9, 0.8, 0.4, 0.7]).mean(),
            "brier": np.mean([0.01, 0.04, 0.36, 0.09]),
            "ece": np.mean([0.1, 0.2, 0.6, 0.3]),
        },
        abs=1e-6,
    )


def test_figures_of_three_labels_are_scikit_learns():
    gold, probabilities = random_case(1, 200, 3)
    predicted = probabilities.argmax(axis=1)

    found = values(evaluate_predictions("abc", gold, probabilities))

    wide = probabilities / probabilities.sum(axis=1, keepdims=True, dtype=np.float64)
    expected = {
        "average_recall": reference.balanced_accuracy_score(gold, predicted),
        "macro_f1": reference.f1_score(gold, predicted, average="macro"),
        "macro_precision": reference.precision_score(gold, predicted, average="macro"),
        "roc_auc": reference.roc_auc_score(gold, wide, multi_class="ovr"),
        "pr_auc": reference.average_precision_score(np.eye(3)[gold], wide, average="macro"),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_a_label_that_never_occurs_counts_as_zero():
    evaluation = evaluate_predictions(LABELS, np.array([0, 0]), PROBABILITIES[:2])

    assert evaluation.by_label["negative"].recall == (0.0, 0.0, 1.0)
    assert evaluation.average_recall.value == 0.5


def test_equal_probabilities_answer_the_first_label():
    evaluation = evaluate_predictions(LABELS, np.array([1]), np.float32([[0.5, 0.5]]))

    assert evaluation.confusion.counts.tolist() == [[0, 0], [1, 0]]


def test_json_holds_every_figure_and_survives_being_written():
    written = evaluate_predictions(LABELS, GOLD, PROBABILITIES).to_json()

    assert json.loads(json.dumps(written, allow_nan=False)) == written
    for name in METRIC_NAMES:
        assert set(written[name]) == {"value", "low", "high"}
        assert written[name]["low"] <= written[name]["value"] <= written[name]["high"]
    assert set(written["by_label"]["negative"]) == {*LABEL_METRIC_NAMES, "support"}
    assert written["by_label"]["negative"]["support"] == 1
    assert written["confusion"] == [[2, 1], [0, 1]]
    assert "bootstrap" in written["interval_method"]


def test_what_one_label_does_not_define_is_null():
    written = evaluate_predictions(LABELS, GOLD[:2], PROBABILITIES[:2]).to_json()

    assert (written["roc_auc"], written["pr_auc"]) == (None, None)
    assert written["log_loss"]["value"] > 0


def test_labels_beyond_what_a_byte_counts():
    labels = [f"topic{number}" for number in range(130)]
    gold = np.arange(130).astype(np.int16)
    probabilities = np.eye(130, dtype=np.float32)

    assert evaluate_predictions(labels, gold, probabilities).accuracy.value == 1


def test_no_rows_is_an_error_that_names_the_labels():
    with pytest.raises(
        SentimentError, match=r"no row has a label of the model \(positive, negative\)"
    ):
        evaluate_predictions(LABELS, GOLD[:0], PROBABILITIES[:0])


def test_probabilities_that_are_no_numbers_are_refused():
    with pytest.raises(SentimentError, match="not numbers"):
        evaluate_predictions(LABELS, np.array([0]), np.float32([[np.nan, np.nan]]))
