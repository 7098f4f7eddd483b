"""Tables of figures: complete, inside the terminal, harmless."""

import io
import re

import numpy as np
import pytest
from rich.console import Console

from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions
from lstm_sentiment_cli.rendering.evaluations import (
    comparison_table,
    confusion_table,
    label_table,
    metrics_table,
)

GOLD = np.repeat([0, 1], [1000, 3000])
# 900 of 1,000 and 2,400 of 3,000 are answered rightly.
PREDICTED = np.repeat([0, 1, 0, 1], [900, 100, 600, 2400])


def shown(table, labels=("positive", "negative"), width=80):
    probabilities = np.where(PREDICTED[:, None] == [0, 1], np.float32(0.8), np.float32(0.2))
    evaluation = evaluate_predictions(labels, GOLD, probabilities)
    return printed(table(evaluation), width)


def printed(table, width=80):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(table)
    return console.file.getvalue()


def lines(text):
    """Return the first cell of each line → the others; columns are two spaces apart."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    return {first: others for first, *others in rows}


def test_figures_of_the_whole():
    found = lines(shown(metrics_table))
    assert found["accuracy"] == ["82.5% (81.3-83.6)"]
    assert found["average recall"] == ["85.0% (83.8-86.2)"]
    log_loss = -0.825 * np.log(0.8) - 0.175 * np.log(0.2)
    assert re.fullmatch(rf"{log_loss:.4f} \(0\.4\d+-0\.4\d+\)", found["log loss"][0])
    assert re.fullmatch(r"0\.0250 \(0\.0\d+-0\.0\d+\)", found["calibration error"][0])
    assert re.fullmatch(r"0\.8500 \(0\.8\d+-0\.8\d+\)", found["ROC AUC"][0])
    assert found["examples"] == ["4,000"]


def test_figures_by_label():
    found = lines(shown(label_table))

    assert found["label"] == ["precision", "recall", "F1", "examples"]
    positive, negative = found["positive"], found["negative"]
    assert [*positive[:2], positive[3]] == ["60.0% (57.5-62.5)", "90.0% (88.0-91.7)", "1,000"]
    assert [*negative[:2], negative[3]] == ["96.0% (95.2-96.7)", "80.0% (78.5-81.4)", "3,000"]
    assert (positive[2][:7], negative[2][:7]) == ("72.0% (", "87.3% (")


def test_confusion_matrix():
    found = lines(shown(confusion_table))

    assert found["right label"] == ["as positive", "as negative"]
    assert found["positive"] == ["900", "100"]
    assert found["negative"] == ["600", "2,400"]


@pytest.mark.parametrize("table", [metrics_table, label_table, confusion_table])
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal(table, width):
    assert max(map(len, shown(table, width=width).splitlines())) <= width


@pytest.mark.parametrize("table", [label_table, confusion_table])
def test_labels_of_a_strange_model_are_shown_as_they_are_and_harmlessly(table):
    text = shown(table, labels=("[red]:smile:[/]", "\x1b]0;own\x07\u202e"))

    assert "[red]:smile:[/]" in text
    assert "\ufffd]0;own\ufffd\ufffd" in text
    assert not any(sign in text for sign in "\x1b\x07\u202e")


def test_a_figure_that_is_not_defined_is_a_dash():
    evaluation = evaluate_predictions(("a", "b"), np.array([0]), np.float32([[0.7, 0.3]]))

    found = lines(printed(metrics_table(evaluation)))

    assert (found["ROC AUC"], found["PR AUC"]) == (["-"], ["-"])


def test_two_classifiers_stand_side_by_side():
    right = np.eye(2, dtype=np.float32)[GOLD]
    model, peer = (evaluate_predictions(("a", "b"), GOLD, each) for each in (right, 1 - right))
    all_right = np.full(len(GOLD), True)
    comparison = Comparison("[red]peer", peer, PairedComparison.of(all_right, ~all_right))

    found = lines(printed(comparison_table("mine", model, comparison)))

    assert found["figure"] == ["mine", "[red]peer"]
    assert found["accuracy"] == ["100.0% (99.9-100.0)", "0.0% (0.0-0.1)"]
    assert found["examples"] == ["4,000", "4,000"]
