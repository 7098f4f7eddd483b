"""Metrics that must be reached: how they are required, and when they are missed."""

import numpy as np
import pytest

from lstm_sentiment_cli.cli.evaluate import misses, read_requirements
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions, metric_names

LABELS = ("positive", "a=b")
KNOWN = metric_names(LABELS)
PROBABILITIES = np.float32([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])


def missed(under=(), over=(), gold=(0, 0, 0, 1)):
    rows = len(gold)
    evaluation = evaluate_predictions(LABELS, np.array(gold), PROBABILITIES[:rows])
    return list(misses(read_requirements(under, over, KNOWN), evaluation.by_name()))


def test_options_are_read():
    required = read_requirements(["accuracy=.8", "by_label.a=b.recall=1"], ["log_loss=3"], KNOWN)

    assert required == [
        ("accuracy", 0.8),
        ("by_label.a=b.recall", 1),
        ("log_loss", 3),
    ]


def test_a_metric_may_be_exactly_as_required():
    assert missed(["accuracy=0.75", "by_label.a=b.precision=0.5"]) == []


def test_each_miss_is_a_line():
    assert missed(["accuracy=0.76", "macro_f1=0.1", "by_label.a=b.precision=0.51"]) == [
        "failed: accuracy is 0.75, below 0.76",
        "failed: by_label.a=b.precision is 0.5, below 0.51",
    ]


def test_a_loss_is_missed_when_it_is_higher():
    (line,) = missed(over=["ece=0.2", "brier=0.9"])

    assert line == "failed: ece is 0.3, above 0.2"


def test_an_undefined_metric_is_missed():
    assert missed(["roc_auc=0"], gold=[0, 0]) == [
        "failed: roc_auc is undefined on examples of a single label"
    ]


@pytest.mark.parametrize(
    ("under", "over", "complaint"),
    [
        ("accuracy", None, "--fail-under takes NAME=VALUE, such as accuracy=0.8; got 'accuracy'"),
        (None, "ece", "--fail-over takes NAME=VALUE, such as ece=0.03; got 'ece'"),
        ("acuracy=0.8", None, "unknown metric 'acuracy' (did you mean 'accuracy'?)"),
        ("=0.8", None, "unknown metric ''"),
        ("by_label.neutral.recall=0.8", None, "unknown metric 'by_label.neutral.recall'"),
        ("ece=0.03", None, "for ece, lower is better: use --fail-over ece=0.03"),
        (None, "accuracy=1", "for accuracy, higher is better: use --fail-under"),
        ("accuracy=80", None, "accuracy must be from 0 to 1; got '80'"),
        ("accuracy=nan", None, "accuracy must be from 0 to 1; got 'nan'"),
        ("accuracy=80%", None, "accuracy must be from 0 to 1; got '80%'"),
        (None, "log_loss=-1", "log_loss must be 0 or more; got '-1'"),
    ],
)
def test_a_wrong_requirement_is_refused(under, over, complaint):
    with pytest.raises(SentimentError) as error:
        read_requirements([under] if under else [], [over] if over else [], KNOWN)

    assert complaint in str(error.value)
