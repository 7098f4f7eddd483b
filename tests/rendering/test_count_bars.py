"""Counts as bars: aligned, in proportion, inside the terminal, harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.answers import count_bars
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.style import Display

COUNTS = {"positive": 12_000, "negative": 6_000, "neutral": 3}


def test_a_line_for_each_count_the_longest_bar_for_the_highest():
    assert str(count_bars(COUNTS, Display(40))).split("\n") == [
        "positive 12,000  66.7% " + "█" * 17,
        "negative  6,000  33.3% " + "█" * 8 + "▌",
        "neutral       3   0.0% ",
    ]


def test_without_blocks():
    assert str(count_bars(COUNTS, Display(33, unicode=False))).split("\n") == [
        "positive 12,000  66.7% ##########",
        "negative  6,000  33.3% #####",
        "neutral       3   0.0% ",
    ]


def test_nothing_counted_has_no_bars():
    assert str(count_bars({"a": 0, "b": 0}, Display(40))).split("\n") == [
        "a 0   0.0% ",
        "b 0   0.0% ",
    ]
    assert str(count_bars({}, Display(40))) == ""


def test_bars_have_the_colours_given():
    text = count_bars(COUNTS, Display(40), {"positive": "red"})

    assert [str(span.style) for span in text.spans] == ["red"]
    assert set(str(text)[text.spans[0].start : text.spans[0].end]) == {"█"}


@pytest.mark.parametrize("width", [40, 80, 120])
@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**9), min_size=1, max_size=5))
def test_any_names_are_kept_inside_the_terminal_and_harmless(width, counts):
    text = str(count_bars(counts, Display(width)))

    lines = text.split("\n")
    assert len(lines) == len(counts)
    assert max(map(cells, lines)) <= width
    assert not any(sign in text for sign in "\x1b\x07\r\u202e\x9b")
