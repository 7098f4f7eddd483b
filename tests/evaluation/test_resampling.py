"""Intervals: how often they hold the true value, and what they say where little is known."""

import numpy as np
import pytest

from lstm_sentiment_cli.evaluation import resampling
from lstm_sentiment_cli.evaluation.metrics import ROW_METRICS, ConfusionMatrix, measured_metrics
from lstm_sentiment_cli.evaluation.resampling import confusion_intervals, method, row_intervals

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
    monkeypatch.setattr(resampling, "SAMPLES", 200)

    held = coverage(truth, 1500, 100)

    # Binomial of 100 and 0.95: fewer than 88 are found once in 200.
    assert min(held.values()) >= 88
    assert np.mean(list(held.values())) <= 99


def test_little_bootstraps_hold_the_true_value_nineteen_times_of_twenty(truth, monkeypatch):
    monkeypatch.setattr(resampling, "MOST_ROWS_TO_BOOTSTRAP", 1000)
    monkeypatch.setattr(resampling, "SUBSETS", 10)
    monkeypatch.setattr(resampling, "SAMPLES_OF_A_SUBSET", 40)

    held = coverage(truth, 10_000, 40)

    # Of 40, fewer than 34 are found three times in 1,000.
    assert min(held.values()) >= 34
    assert np.mean(list(held.values())) < 40


def test_both_ways_give_intervals_of_the_same_width(monkeypatch):
    gold, probabilities = overconfident(np.random.default_rng(3), 20_000)
    bootstrap = row_intervals(gold, probabilities)
    monkeypatch.setattr(resampling, "MOST_ROWS_TO_BOOTSTRAP", 1000)
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
    confusion = ConfusionMatrix(np.array([[800, 200], [200, 800]]))

    recall, precision, f1, *by_label = confusion_intervals(confusion)

    assert len(by_label) == 2
    expected = confusion.accuracy()
    for interval in (recall, precision, f1):
        assert interval == pytest.approx(expected, abs=0.003)


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
    monkeypatch.setattr(resampling, "MOST_ROWS_TO_BOOTSTRAP", 100)
    monkeypatch.setattr(resampling, "SUBSETS", 2)
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
