"""The table of kinds of texts."""

import io
import re

import pytest
from rich.console import Console

from lstm_sentiment_cli.evaluation.metrics import wilson
from lstm_sentiment_cli.evaluation.slices import SLICES, SliceMetrics
from lstm_sentiment_cli.rendering.evaluations import slice_table


def shown(slices, width=80):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(slice_table(slices))
    return console.file.getvalue()


def line(name, text):
    (found,) = (each for each in text.splitlines() if name in each)
    return re.split(r"\s{2,}", found.strip())


def test_accuracy_of_each_and_of_the_rest():
    text = shown(
        [
            SliceMetrics("with a negation", 1200, wilson(600, 1200), wilson(7000, 8800)),
            SliceMetrics("with an emoji", 1000, wilson(790, 1000), wilson(7000, 8800)),
            SliceMetrics("with a hashtag", 9, wilson(0, 9), wilson(7000, 8800)),
            SliceMetrics("up to 5 tokens", 40, wilson(40, 40), None),
        ]
    )

    assert line("with a negation", text) == [
        "with a negation", "1,200", "50.0% (47.2-52.8)", "79.5% (78.7-80.4)", "worse",
    ]  # fmt: skip
    assert len(line("with an emoji", text)) == 4
    assert line("with a hashtag", text)[-1] == "few rows"
    assert line("up to 5 tokens", text)[-2:] == ["100.0% (91.2-100.0)", "-"]


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal(width):
    slices = [SliceMetrics(name, 10**7, wilson(5, 9), wilson(0, 10)) for name in SLICES]

    lines = shown(slices, width).splitlines()

    assert max(map(len, lines)) <= width


def test_at_eighty_columns_each_kind_is_one_line():
    slices = [SliceMetrics(name, 123_456, wilson(10**5, 123_456), wilson(9, 10)) for name in SLICES]

    text = shown(slices)

    assert all(name in text for name in SLICES)
