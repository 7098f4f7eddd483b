"""Figures that must be reached: how they are written, and when they are missed."""

import numpy as np
import pytest

from lstm_sentiment_cli.cli.wanted import Wanted, misses, read_wanted
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions

LABELS = ("positive", "a=b")
PROBABILITIES = np.float32([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])


def missed(under=(), over=(), gold=(0, 0, 0, 1)):
    rows = len(gold)
    evaluation = evaluate_predictions(LABELS, np.array(gold), PROBABILITIES[:rows])
    return list(misses(read_wanted(under, over, LABELS), evaluation))


def test_what_stands_after_the_options():
    wanted = read_wanted(["accuracy=.8", "by_label.a=b.recall=1"], ["log_loss=3"], LABELS)

    assert wanted == [
        Wanted("accuracy", 0.8), Wanted("by_label.a=b.recall", 1), Wanted("log_loss", 3),
    ]  # fmt: skip


def test_a_figure_may_be_exactly_as_wanted():
    assert missed(["accuracy=0.75", "by_label.a=b.precision=0.5"]) == []


def test_each_miss_is_a_line():
    assert missed(["accuracy=0.76", "macro_f1=0.1", "by_label.a=b.precision=0.51"]) == [
        "missed: accuracy is 0.75, under 0.76",
        "missed: by_label.a=b.precision is 0.5, under 0.51",
    ]


def test_of_losses_more_is_a_miss():
    (line,) = missed(over=["ece=0.2", "brier=0.9"])

    assert line == "missed: ece is 0.3, over 0.2"


def test_a_figure_that_is_not_defined_is_missed():
    assert missed(["roc_auc=0"], gold=[0, 0]) == [
        "missed: roc_auc is not defined on examples of one label"
    ]


@pytest.mark.parametrize(
    ("under", "over", "complaint"),
    [
        ("accuracy", None, "--fail-under wants NAME=VALUE, as in accuracy=0.8; got 'accuracy'"),
        (None, "ece", "--fail-over wants NAME=VALUE, as in ece=0.03; got 'ece'"),
        ("acuracy=0.8", None, "unknown figure 'acuracy' (did you mean 'accuracy'?)"),
        ("=0.8", None, "unknown figure ''"),
        ("by_label.neutral.recall=0.8", None, "unknown figure 'by_label.neutral.recall'"),
        ("ece=0.03", None, "ece is the better the lower it is: use --fail-over ece=0.03"),
        (None, "accuracy=1", "accuracy is the better the higher it is: use --fail-under"),
        ("accuracy=80", None, "accuracy goes from 0 to 1; got '80'"),
        ("accuracy=nan", None, "accuracy goes from 0 to 1; got 'nan'"),
        ("accuracy=80%", None, "accuracy goes from 0 to 1; got '80%'"),
        (None, "log_loss=-1", "log_loss is 0 or more; got '-1'"),
    ],
)
def test_what_cannot_be_meant_is_refused(under, over, complaint):
    with pytest.raises(SentimentError) as error:
        read_wanted([under] if under else [], [over] if over else [], LABELS)

    assert complaint in str(error.value)
