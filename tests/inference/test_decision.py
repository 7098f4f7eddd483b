import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision, parse_band, rule

LABELS = ("positive", "negative")
ROWS = np.float32([[0.9, 0.1], [0.55, 0.45], [0.5, 0.5], [0.2, 0.8]])


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(), ["positive", "positive", "positive", "negative"]),
        (Decision(threshold=0.6), ["positive", "negative", "negative", "negative"]),
        (Decision(threshold=0.0), ["positive"] * 4),
        (Decision(uncertain=(0.4, 0.6)), ["positive", "uncertain", "uncertain", "negative"]),
        (Decision(0.95, (0.5, 0.5)), ["negative", "negative", "uncertain", "negative"]),
    ],
)
def test_predicted(decision, expected):
    assert decision.predicted(ROWS, LABELS) == expected


def test_more_labels_are_answered_by_the_most_probable():
    rows = np.float32([[0.2, 0.5, 0.3], [0.1, 0.2, 0.7]])

    assert Decision().predicted(rows, ("a", "b", "c")) == ["b", "c"]


@pytest.mark.parametrize("rule", [{"threshold": 0.5}, {"uncertain": (0.4, 0.6)}])
def test_more_labels_have_no_threshold_and_no_band(rule):
    with pytest.raises(SentimentError, match="two labels"):
        Decision(**rule).check(("a", "b", "c"))


@pytest.mark.parametrize(
    "rule",
    [{"threshold": 1.1}, {"threshold": float("nan")}, {"uncertain": (0.6, 0.4)},
     {"uncertain": (-0.1, 0.5)}, {"uncertain": (0.5, float("nan"))}],
)  # fmt: skip
def test_a_rule_that_cannot_be_met_is_refused(rule):
    with pytest.raises(SentimentError, match="must be"):
        Decision(**rule)


def test_a_rule_is_what_options_ask_for():
    assert rule(None, None) == Decision()
    assert rule(0.6, "0.4, 0.7") == Decision(0.6, (0.4, 0.7))


@pytest.mark.parametrize("typed", ["", "0.4", "0.4,", "a,b", "0.1,0.2,0.3", "0.4;0.6"])
def test_what_is_no_band_is_told_by_who_asked_for_it(typed):
    with pytest.raises(SentimentError) as error:
        parse_band(typed, "/uncertain")
    assert str(error.value) == f"/uncertain takes LOW,HIGH, such as 0.4,0.6; got '{typed}'"
