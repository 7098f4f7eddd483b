"""All metrics of a classifier, and how often their intervals hold the true value."""

import json

import numpy as np
import pytest
import sklearn.metrics as reference  # noqa: TID253 - the light tests may need it
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation import predictions
from lstm_sentiment_cli.evaluation.metrics import (
    CONFUSION_METRICS,
    ROW_METRICS,
    measured_metrics,
    wilson,
)
from lstm_sentiment_cli.evaluation.predictions import (
    LABEL_METRIC_NAMES,
    confusion_intervals,
    evaluate_predictions,
    method,
    row_intervals,
)
from lstm_sentiment_cli.figures import METRICS

LABELS = ("positive", "negative")
GOLD = np.array([0, 0, 0, 1])
PROBABILITIES = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]], np.float32)


def random_case(seed, rows, labels):
    random = np.random.default_rng(seed)
    weights = random.random((rows, labels)) + 0.01
    return random.integers(0, labels, rows), np.float32(weights / weights.sum(axis=1)[:, None])


def values(evaluation):
    return {name: its.value for name, its in evaluation.metrics.items()}


def test_figures_of_four_rows_worked_out_by_hand():
    evaluation = evaluate_predictions(LABELS, GOLD, PROBABILITIES)

    assert evaluation.rows == 4
    assert evaluation.confusion.tolist() == [[2, 1], [0, 1]]
    assert evaluation.metrics["accuracy"].value == 0.75
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


label_numbers = st.integers(0, 3)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(label_numbers, label_numbers), min_size=1, max_size=60))
def test_accuracy_and_the_figures_of_a_label_are_scikit_learns(pairs):
    gold, predicted = np.array(pairs).T

    found = evaluate_predictions("abcd", gold, np.eye(4, dtype=np.float32)[predicted])

    *expected, support = reference.precision_recall_fscore_support(
        gold, predicted, labels=range(4), zero_division=0
    )
    for name, values in zip(LABEL_METRIC_NAMES, expected, strict=True):
        by_label = [getattr(each, name).value for each in found.by_label.values()]
        np.testing.assert_allclose(by_label, values)
    assert [each.support for each in found.by_label.values()] == support.tolist()
    assert found.metrics["accuracy"].value == pytest.approx(
        reference.accuracy_score(gold, predicted)
    )


def test_a_label_that_never_occurs_counts_as_zero():
    evaluation = evaluate_predictions(LABELS, np.array([0, 0]), PROBABILITIES[:2])

    assert evaluation.by_label["negative"].recall == (0.0, 0.0, 1.0)
    assert evaluation.metrics["average_recall"].value == 0.5


def test_equal_probabilities_answer_the_first_label():
    evaluation = evaluate_predictions(LABELS, np.array([1]), np.float32([[0.5, 0.5]]))

    assert evaluation.confusion.tolist() == [[0, 0], [1, 0]]


def test_json_holds_every_figure_and_survives_being_written():
    written = evaluate_predictions(LABELS, GOLD, PROBABILITIES).to_json()

    assert json.loads(json.dumps(written, allow_nan=False)) == written
    for name in METRICS:
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


def test_labels_beyond_what_a_byte_counts(monkeypatch):
    monkeypatch.setattr(predictions, "SAMPLES", 20)
    labels = [f"topic{number}" for number in range(130)]
    gold = np.arange(130).astype(np.int16)
    probabilities = np.eye(130, dtype=np.float32)

    assert evaluate_predictions(labels, gold, probabilities).metrics["accuracy"].value == 1


def test_no_rows_is_an_error_that_names_the_labels():
    with pytest.raises(
        SentimentError, match=r"no row has a label of the model \(positive, negative\)"
    ):
        evaluate_predictions(LABELS, GOLD[:0], PROBABILITIES[:0])


def test_probabilities_that_are_no_numbers_are_refused():
    with pytest.raises(SentimentError, match="not numbers"):
        evaluate_predictions(LABELS, np.array([0]), np.float32([[np.nan, np.nan]]))


# Labels come with a probability of 0.4 to 0.9, and the model is 1.6 times too sure of them.
TOO_SURE = 1.6


def overconfident(random, rows):
    """Return true labels and probabilities of a model whose true figures are known by size."""
    logits = random.normal(0, 1.5, rows)
    gold = (random.random(rows) > 1 / (1 + np.exp(-logits))).astype(np.int16)
    claimed = (1 / (1 + np.exp(-TOO_SURE * logits))).astype(np.float32)
    return gold, np.column_stack([claimed, 1 - claimed])


@pytest.fixture(scope="module")
def truth():
    gold, probabilities = overconfident(np.random.default_rng(1), 1_000_000)
    return dict(zip(ROW_METRICS, measured_metrics(gold, probabilities).tolist(), strict=True))


def coverage(truth, rows, repeats):
    """Return, by figure, how many of the intervals hold the true value."""
    random = np.random.default_rng(2)
    measured = [row_intervals(*overconfident(random, rows)) for _ in range(repeats)]
    return {
        name: sum(each[name].low <= true <= each[name].high for each in measured)
        for name, true in truth.items()
    }


def test_bootstrap_intervals_hold_the_true_value_nineteen_times_of_twenty(truth, monkeypatch):
    monkeypatch.setattr(predictions, "SAMPLES", 200)

    held = coverage(truth, 1500, 100)

    # Binomial of 100 and 0.95: fewer than 88 are found once in 200.
    assert min(held.values()) >= 88
    assert np.mean(list(held.values())) <= 99


def test_little_bootstraps_hold_the_true_value_nineteen_times_of_twenty(truth, monkeypatch):
    monkeypatch.setattr(predictions, "MOST_ROWS_TO_BOOTSTRAP", 1000)
    monkeypatch.setattr(predictions, "SUBSETS", 10)
    monkeypatch.setattr(predictions, "SAMPLES_OF_A_SUBSET", 40)

    held = coverage(truth, 10_000, 40)

    # Of 40, fewer than 34 are found three times in 1,000.
    assert min(held.values()) >= 34
    assert np.mean(list(held.values())) < 40


def test_both_ways_give_intervals_of_the_same_width(monkeypatch):
    gold, probabilities = overconfident(np.random.default_rng(3), 20_000)
    bootstrap = row_intervals(gold, probabilities)
    monkeypatch.setattr(predictions, "MOST_ROWS_TO_BOOTSTRAP", 1000)
    little = row_intervals(gold, probabilities)

    for name in ROW_METRICS:
        assert little[name].value == bootstrap[name].value
        widths = [each.high - each.low for each in (little[name], bootstrap[name])]
        assert widths[0] == pytest.approx(widths[1], rel=0.15)


def test_an_interval_is_around_its_figure_though_resamples_are_not():
    """The calibration error of a calibrated model is larger in every resample than in its rows."""
    random = np.random.default_rng(4)
    claimed = random.uniform(0.5, 1, 2000).astype(np.float32)
    gold = (random.random(2000) > claimed).astype(np.int16)

    ece = row_intervals(gold, np.column_stack([claimed, 1 - claimed]))["ece"]

    assert 0 <= ece.low < ece.value < ece.high
    assert ece.high - ece.value < 2 * (ece.value - ece.low)


def test_the_same_rows_give_the_same_intervals():
    case = overconfident(np.random.default_rng(5), 300)

    assert row_intervals(*case) == row_intervals(*case)


def test_intervals_of_confusion_figures_are_as_wide_as_wilson_has_them():
    """With as many examples of each label the average recall is the accuracy."""
    confusion = np.array([[800, 200], [200, 800]])

    found = dict(zip(CONFUSION_METRICS, confusion_intervals(confusion), strict=False))

    expected = wilson(1600, 2000)
    for name in ("average_recall", "macro_precision", "macro_f1"):
        assert found[name] == pytest.approx(expected, abs=0.003)


def test_of_one_label_there_are_no_areas():
    figures = row_intervals(np.zeros(9, np.int16), np.tile(np.float32([0.7, 0.3]), (9, 1)))

    assert not figures["roc_auc"].defined
    assert not figures["pr_auc"].defined
    assert figures["log_loss"].value == pytest.approx(-np.log(0.7))


def test_with_more_labels_those_that_occur_count():
    random = np.random.default_rng(6)
    probabilities = random.dirichlet([1, 1, 1], 200).astype(np.float32)

    figures = row_intervals(random.integers(0, 2, 200), probabilities)

    assert figures["roc_auc"].low < 0.5 < figures["roc_auc"].high


def test_a_rare_label_that_no_subset_holds_leaves_the_areas_unknown(monkeypatch):
    monkeypatch.setattr(predictions, "MOST_ROWS_TO_BOOTSTRAP", 100)
    monkeypatch.setattr(predictions, "SUBSETS", 2)
    gold, probabilities = overconfident(np.random.default_rng(7), 5000)
    gold[:] = 0
    gold[4] = 1

    area = row_intervals(gold, probabilities)["roc_auc"]

    assert (area.low, area.high) == (0, 1)
    assert area.defined


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_have_intervals_within_the_range(rows):
    gold = np.arange(rows, dtype=np.int16) % 2
    probabilities = np.tile(np.float32([0.6, 0.4]), (rows, 1))

    for interval in row_intervals(gold, probabilities).values():
        assert not interval.defined or 0 <= interval.low <= interval.value <= interval.high


def test_the_method_is_named():
    assert method(50_000).endswith("percentile bootstrap, 1,000 samples")
    assert "bag of little bootstraps, 20 subsets of 1,946 rows" in method(50_001)
