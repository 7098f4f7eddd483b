import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.style import unstacked, visible

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("just words :)", "just words :)"),
        ("[red] [/] :smile:", "[red] [/] :smile:"),
        ("a\tb\r\nc\u2028d\u2029e", "a b  c d e"),
        ("\x1b[31mred\x1b]0;title\x07", "\ufffd[31mred\ufffd]0;title\ufffd"),
        ("\x9b31m \x90 \x9d", "\ufffd31m \ufffd \ufffd"),
        ("nul \x00 del \x7f", "nul \ufffd del \ufffd"),
        (f"a{BIDI_CONTROLS}z", "a" + "\ufffd" * 8 + "z"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("é 👍🏽 👨‍👩‍👧 שלום", "é 👍🏽 👨‍👩‍👧 שלום"),
    ],
)
def test_what_a_terminal_would_act_on_is_replaced(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "whole",
    [
        "e\u0301\u0323",  # two accents
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland
        "\u1112\u1161\u11ab",  # one syllable of decomposed Hangul
    ],
)
def test_graphemes_of_real_languages_stay_whole(whole):
    assert visible(whole) == whole


@pytest.mark.parametrize("mark", ["\u0301", "\u20dd", "\u200d", "\u1165"])
def test_heaps_are_cut_off(mark):
    assert visible("e" + mark * 10_000 + "!") == "e" + mark * 8 + "!"
    assert unstacked("e" + mark * 10_000 + "!") == [*range(9), 10_001]


@given(st.text(st.characters()))
def test_nothing_is_left_that_a_terminal_would_act_on(text):
    shown = visible(text)
    assert not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown
    )
    assert not set(shown) & set(BIDI_CONTROLS)
    assert visible(shown) == shown
