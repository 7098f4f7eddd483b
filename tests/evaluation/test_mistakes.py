"""The surest mistakes of many windows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.measurement import MOST_MISTAKES, surest_mistakes
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.records.labelled import Example, Located

LABELS = ("positive", "negative")
# Probability of positive, and whether the right label is negative.
rows = st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.6, 0.8, 0.9]), st.booleans()), max_size=50)


def window(rows, first_line):
    """Return where the rows stand, and what was predicted of them."""
    located = [
        Located(Example(f"text {first_line + row}", LABELS[gold], 1.0), "a.csv", first_line + row)
        for row, (_, gold) in enumerate(rows)
    ]
    positive = np.array([p for p, _ in rows], np.float32)
    empty = np.zeros(len(rows), np.uint16)
    gold = np.array([gold for _, gold in rows], np.int16)
    return located, Predictions(
        LABELS, gold, np.column_stack([positive, 1 - positive]), empty, empty
    )


@given(st.lists(rows, max_size=5))
def test_they_are_those_of_all_rows_together(windows):
    found, start = [], 2
    for each in windows:
        found = surest_mistakes(found, *window(each, start))
        start += len(each)

    wrong = [
        (-max(p, 1 - p), line)
        for line, (p, gold) in enumerate((row for each in windows for row in each), 2)
        if (p < 0.5) != gold
    ]
    assert [each.line for each in found] == [line for _, line in sorted(wrong)[:MOST_MISTAKES]]


def test_a_mistake_says_all_about_itself():
    (mistake,) = surest_mistakes([], *window([(0.9, True), (0.9, False)], 7))

    assert mistake._asdict() == {
        "text": "text 7",
        "label": "negative",
        "predicted": "positive",
        "probability": float(np.float32(0.9)),
        "file": "a.csv",
        "line": 7,
    }
