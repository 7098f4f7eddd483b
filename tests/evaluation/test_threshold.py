"""Thresholds and bands: what is found is what was asked for, and nothing better is there."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.evaluation.threshold import ThresholdGoal, find_threshold
from lstm_sentiment_cli.inference.decision import Decision

LABELS = ("positive", "negative")
# On every tenth and between them: they part rows whose probabilities are tenths.
CUTS = [k / 20 for k in range(21)]


def predictions(rows, labels=LABELS):
    """Return rows of (probability of the first label, number of the true label)."""
    first = np.array([p for p, _ in rows], np.float32)
    empty = np.zeros(len(rows), np.uint16)
    return Predictions(
        labels,
        np.array([gold for _, gold in rows], np.int16),
        np.column_stack([first, 1 - first]).astype(np.float32),
        empty,
        empty,
    )


tenths = st.integers(0, 10).map(lambda k: k / 10)
labelled = st.lists(st.tuples(tenths, st.integers(0, 1)), min_size=2, max_size=40).filter(
    lambda rows: len({gold for _, gold in rows}) == 2
)


def answered(rows, decision):
    """Answer as `predict` would with the numbers as they are shown; return (answer, right) pairs.

    Only of the rows that are answered.
    """
    shown = Decision(
        None if decision.threshold is None else float(f"{decision.threshold:g}"),
        None if decision.uncertain is None else tuple(float(f"{p:g}") for p in decision.uncertain),
    )
    answers = shown.predicted(predictions(rows).probabilities, LABELS)
    pairs = zip(answers, (LABELS[gold] for _, gold in rows), strict=True)
    return [(answer, right) for answer, right in pairs if answer in LABELS]


def precision(pairs, label):
    of_label = [right == label for answer, right in pairs if answer == label]
    return sum(of_label) / len(of_label) if of_label else 0.0


def objective(pairs, name):
    """Return a figure by its definition in words."""
    if name == "accuracy":
        return sum(answer == right for answer, right in pairs) / len(pairs)
    recalls, f1s = [], []
    for label in LABELS:
        found = sum(answer == right == label for answer, right in pairs)
        support = sum(right == label for _, right in pairs)
        answers = sum(answer == label for answer, _ in pairs)
        recalls.append(found / support)
        f1s.append(2 * found / (support + answers))
    return sum(recalls if name == "average-recall" else f1s) / 2


@settings(max_examples=60, deadline=None)
@given(labelled, st.sampled_from(["accuracy", "average-recall", "macro-f1"]))
def test_no_threshold_has_more_of_the_objective_than_the_one_found(rows, name):
    found = find_threshold(predictions(rows), ThresholdGoal(objective=name))

    best = max(objective(answered(rows, Decision(threshold=cut)), name) for cut in CUTS)
    assert objective(answered(rows, found.decision), name) == pytest.approx(best)
    assert found.gain.after == pytest.approx(best)
    assert found.gain.before == pytest.approx(
        objective(answered(rows, Decision(threshold=0.5)), name)
    )
    difference = found.gain.difference
    assert difference.low <= difference.value <= difference.high


@settings(max_examples=40, deadline=None)
@given(labelled, st.sampled_from([0.5, 0.6, 0.75, 0.9, 1.0]))
def test_no_rule_of_this_precision_answers_more_rows(rows, wanted):
    def precise(decision):
        pairs = answered(rows, decision)
        return all(precision(pairs, label) >= wanted for label in LABELS)

    bands = (
        Decision(threshold=min(max(low, 0.5), high), uncertain=(low, high))
        for low, high in itertools.combinations_with_replacement(CUTS, 2)
    )
    rules = itertools.chain((Decision(threshold=cut) for cut in CUTS), bands)
    most = max((len(answered(rows, rule)) for rule in rules if precise(rule)), default=0)
    assume(most)

    found = find_threshold(predictions(rows), ThresholdGoal(precision=wanted))

    assert precise(found.decision)
    assert len(answered(rows, found.decision)) >= most


@settings(max_examples=60, deadline=None)
@given(labelled, st.floats(0.05, 0.95))
def test_what_is_left_out_is_what_the_model_is_least_sure_of(rows, wanted):
    def sureness(row):
        return round(abs(row[0] - 0.5), 4)

    assume(sum(row[0] != 0.5 for row in rows) / len(rows) >= wanted)
    found = find_threshold(predictions(rows), ThresholdGoal(coverage=wanted))
    low, high = found.decision.uncertain

    out = [row for row in rows if low <= round(row[0], 4) <= high]
    kept = [row for row in rows if row not in out]
    assert found.metrics.answered == len(kept) == len(answered(rows, found.decision))
    assert len(kept) / len(rows) >= wanted
    assert max(map(sureness, out), default=0.0) <= min(map(sureness, kept))
    # One step wider, and too few would be answered.
    next_out = min(map(sureness, kept))
    left = sum(sureness(row) > next_out for row in kept)
    assert left / len(rows) < wanted or next_out == 0.5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(0, 1)), min_size=2, max_size=60),
    st.sampled_from([ThresholdGoal(), ThresholdGoal(precision=0.6), ThresholdGoal(coverage=0.7)]),
)
def test_the_figures_told_are_those_of_the_numbers_told(rows, wanted):
    try:
        found = find_threshold(predictions(rows), wanted)
    except SentimentError:
        assume(False)

    pairs = answered(rows, found.decision)
    assert found.metrics.answered == len(pairs)
    assert found.metrics.coverage == len(pairs) / len(rows)
    for label, its in found.metrics.by_label.items():
        assert its.answers == sum(answer == label for answer, _ in pairs)
        assert its.precision.value == pytest.approx(precision(pairs, label))
        support = sum(LABELS[gold] == label for _, gold in rows)
        assert (
            its.recall.value == sum(answer == right == label for answer, right in pairs) / support
        )


SKEWED = [(0.95, 0), (0.9, 0), (0.85, 0), (0.8, 1), (0.7, 0), (0.65, 1), (0.4, 1), (0.1, 1)]


def test_a_row_on_the_threshold_is_answered_by_the_first_label():
    found = find_threshold(predictions([(0.25, 1), (0.75, 0), (0.7499, 1)]), ThresholdGoal())

    assert found.decision == Decision(threshold=0.75)
    assert found.metrics.accuracy.value == 1.0


def test_of_equal_thresholds_the_nearest_to_one_half_is_taken():
    assert (
        find_threshold(predictions([(0.1, 1), (0.9, 0)]), ThresholdGoal()).decision.threshold == 0.5
    )
    assert (
        find_threshold(predictions([(0.6, 1), (0.9, 0)]), ThresholdGoal()).decision.threshold
        == 0.6001
    )


def test_where_one_threshold_does_it_no_band_is_needed():
    found = find_threshold(predictions([(0.6, 1), (0.7, 0)]), ThresholdGoal(precision=1.0))

    assert found.decision == Decision(threshold=0.6001)
    assert found.metrics.coverage == 1.0


def test_a_band_beside_one_half_comes_with_the_threshold_that_makes_it_one():
    """Without it, what is below the band but above 0.5 would be answered by the first label."""
    found = find_threshold(predictions(SKEWED), ThresholdGoal(precision=1.0))

    assert found.decision == Decision(threshold=0.7, uncertain=(0.7, 0.8))
    assert found.metrics.answered == 6
    assert found.metrics.accuracy.value == 1.0


@pytest.mark.parametrize(
    ("label", "threshold", "recall"), [("positive", 0.8001, 0.75), ("negative", 0.6501, 0.75)]
)
def test_for_one_label_it_is_the_threshold_that_answers_it_most(label, threshold, recall):
    found = find_threshold(predictions(SKEWED), ThresholdGoal(precision=1.0, label=label))

    assert found.decision == Decision(threshold=threshold)
    assert found.metrics.by_label[label].precision.value == 1.0
    assert found.metrics.by_label[label].recall.value == recall


def test_a_precision_out_of_reach_is_told_with_the_best_there_is():
    rows = [(0.9, 1), (0.8, 0), (0.7, 0), (0.3, 0), (0.2, 1)]

    with pytest.raises(SentimentError) as error:
        find_threshold(predictions(rows), ThresholdGoal(precision=0.9))

    assert str(error.value) == (
        "no answers of positive reach precision 0.9 on these rows; "
        "the best is 0.7500, for 4 of 5 rows"
    )


def test_answers_of_both_labels_cannot_be_the_same_rows():
    with pytest.raises(SentimentError, match=r"no band gives precision 0\.5 for both labels"):
        find_threshold(predictions([(0.5, 0), (0.5, 1)]), ThresholdGoal(precision=0.5))


def test_no_band_can_leave_out_what_is_not_there():
    rows = [(0.5, 0), (0.5, 1), (0.5, 0), (0.9, 0)]

    with pytest.raises(SentimentError, match=r"75\.0% of the rows have probability 0\.5"):
        find_threshold(predictions(rows), ThresholdGoal(coverage=0.8))


def test_rows_of_one_label_tell_nothing():
    with pytest.raises(SentimentError, match="all examples are negative; a threshold needs some"):
        find_threshold(predictions([(0.1, 1), (0.9, 1)]), ThresholdGoal())


def test_other_than_two_labels_are_refused():
    with pytest.raises(SentimentError, match="need a model with two labels; this one has 3"):
        ThresholdGoal().check(("a", "b", "c"))


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({"precision": 0}, "--precision must be above 0 and at most 1, such as 0.9; got 0"),
        ({"precision": 90}, "--precision must be above 0 and at most 1, such as 0.9; got 90"),
        ({"precision": float("nan")}, "--precision must be"),
        ({"coverage": 1}, "--coverage must be above 0 and below 1, such as 0.8; got 1"),
        ({"precision": 0.9, "coverage": 0.8}, "give --precision or --coverage, not both"),
        ({"coverage": 0.8, "objective": "accuracy"}, "give --coverage or --objective, not both"),
        (
            {"objective": "f1"},
            "--objective must be accuracy or average-recall or macro-f1, not 'f1'",
        ),
        ({"label": "positive"}, "--label only says which label --precision applies to"),
    ],
)
def test_what_cannot_be_wanted_is_refused(wanted, complaint):
    with pytest.raises(SentimentError) as error:
        ThresholdGoal(**wanted)

    assert complaint in str(error.value)


def test_a_label_must_be_one_of_the_models():
    with pytest.raises(SentimentError, match="--label must be positive or negative, not 'glad'"):
        ThresholdGoal(precision=0.9, label="glad").check(LABELS)


def test_remarks_say_what_flatters_and_what_is_chance():
    by_chance = find_threshold(predictions([(0.1, 1), (0.9, 0)]), ThresholdGoal())
    by_coverage = find_threshold(predictions(SKEWED), ThresholdGoal(coverage=0.5))

    assert by_chance.remarks() == [
        "the threshold is not significantly better than 0.5",
        "chosen on 2 rows; expect slightly lower figures on others",
    ]
    assert by_coverage.remarks() == []


def test_a_threshold_that_is_better_for_sure_has_an_interval_above_zero():
    rows = [(0.7, 1), (0.2, 1), (0.9, 0)] * 100

    found = find_threshold(predictions(rows), ThresholdGoal())

    assert found.gain.difference.value == pytest.approx(1 / 3)
    assert 0.25 < found.gain.difference.low < found.gain.difference.high < 0.42
    assert len(found.remarks()) == 1
