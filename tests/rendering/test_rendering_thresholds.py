"""A threshold or band, shown: to paste, and with what it does."""

import io
import re

import pytest
from rich.console import Console

from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.evaluation.threshold import (
    DecisionMetrics,
    Gain,
    LabelDecisionMetrics,
    ThresholdChoice,
    ThresholdGoal,
)
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.rendering.evaluations import answers_table, figures_table, to_paste

HIGH, LOW = Interval(0.9, 0.85, 0.93), Interval(0.4, 0.3, 0.5)
ANSWERS = DecisionMetrics(
    rows=2000,
    answered=1500,
    accuracy=HIGH,
    by_label={
        "positive": LabelDecisionMetrics(1000, HIGH, LOW),
        "[b]\x1b": LabelDecisionMetrics(500, LOW, HIGH),
    },
)


def found(decision, gain=None):
    return ThresholdChoice(ThresholdGoal(), decision, ANSWERS, gain)


def printed(table, width=80):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("decision", "options", "settings"),
    [
        (Decision(threshold=0.62), "--threshold 0.62", ["threshold = 0.62"]),
        (Decision(threshold=1.0), "--threshold 1", ["threshold = 1"]),
        (Decision(uncertain=(0.0001, 0.5)), "--uncertain 0.0001,0.5", ['uncertain = "0.0001,0.5"']),
        (
            Decision(0.6, (0.6, 0.7123)),
            "--threshold 0.6 --uncertain 0.6,0.7123",
            ["threshold = 0.6", 'uncertain = "0.6,0.7123"'],
        ),
    ],
)
def test_a_rule_is_shown_as_options_and_as_settings(decision, options, settings):
    assert str(to_paste(decision)).split("\n") == [
        "options of predict:",
        f"  {options}",
        "or in lstm-sentiment.toml:",
        "  [predict]",
        *(f"  {line}" for line in settings),
    ]


def test_what_a_band_does_to_the_rows():
    text = printed(figures_table(found(Decision(uncertain=(0.3, 0.7)))))

    assert re.search(r"rows answered +75\.0%", text)
    assert re.search(r"accuracy of these +90\.0% \(85\.0-93\.0\)", text)
    assert re.search(r"rows +2,000", text)


def test_what_a_threshold_gains():
    gain = Gain("macro-f1", 0.8, 0.825, Interval(0.025, -0.01, 0.06))

    text = printed(figures_table(found(Decision(threshold=0.45), gain)))

    assert re.search(r"macro F1 at 0\.5 +80\.0%", text)
    assert re.search(r"macro F1 at 0\.45 +82\.5%", text)
    assert re.search(r"difference +\+2\.5 points \(-1\.0 to \+6\.0\)", text)


@pytest.mark.parametrize("width", [40, 80])
def test_labels_of_a_strange_model_are_harmless_and_nothing_is_cut_off(width):
    text = printed(answers_table(found(Decision(threshold=0.5))), width)

    assert "[b]\ufffd" in text
    assert "\x1b" not in text
    assert "…" not in text
    assert "(85.0-93.0)" in text
    assert max(map(len, text.splitlines())) <= width
