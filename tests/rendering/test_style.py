import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.style import (
    Display,
    diverging,
    label_colours,
    shades,
    unstacked,
    visible,
)

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


@pytest.mark.parametrize(
    ("encoding", "term", "expected"),
    [
        ("utf-8", "xterm-256color", True),
        ("UTF8", None, True),
        ("utf-8", "dumb", False),
        ("ascii", "xterm", False),
        ("latin-1", "xterm", False),
        ("no-such-encoding", "xterm", False),
        (None, "xterm", False),
    ],
)
def test_blocks_need_unicode_and_a_capable_terminal(monkeypatch, encoding, term, expected):
    if term is None:
        monkeypatch.delenv("TERM", raising=False)
    else:
        monkeypatch.setenv("TERM", term)

    assert Display.of(80, encoding).unicode is expected


@pytest.mark.parametrize(
    ("share", "room", "drawn"),
    [
        (1, 4, "████"),
        (0, 4, ""),
        (0.5, 3, "█▌"),
        (1 / 32, 4, "▏"),
        (31 / 32, 4, "███▉"),
        (0.999, 4, "████"),
        (0.7, 0, ""),
        (0.7, -3, ""),
    ],
)
def test_bars_have_eighths_of_cells(share, room, drawn):
    assert Display(80).bar(share, room) == drawn


@pytest.mark.parametrize(("share", "drawn"), [(1, "####"), (0.6, "##"), (0.1, "")])
def test_bars_without_blocks(share, drawn):
    assert Display(80, unicode=False).bar(share, 4) == drawn


@pytest.mark.parametrize(
    ("share", "rows", "drawn"),
    [
        (1, 2, "██"),
        (0.75, 2, "▄█"),
        (0.5, 2, " █"),
        (1 / 16, 2, " ▁"),
        (0, 2, " ▁"),
        (0, 1, "▁"),
    ],
)
def test_columns_have_eighths_of_cells_and_are_never_empty(share, rows, drawn):
    assert Display(80).column(share, rows) == drawn


@pytest.mark.parametrize(("share", "drawn"), [(1, "####"), (0.6, "  ##"), (0, "   #")])
def test_columns_without_blocks(share, drawn):
    assert Display(80, unicode=False).column(share, 4) == drawn


def test_positive_and_negative_look_alike_in_every_model():
    two = label_colours(["positive", "negative"])
    three = label_colours(["negative", "neutral", "positive"])

    assert two["positive"] == three["positive"]
    assert two["negative"] == three["negative"]
    assert len(set(three.values())) == 3


@pytest.mark.parametrize("labels", [["joy", "anger"], ["a", "b", "c", "d", "e"]])
def test_other_labels_are_told_apart(labels):
    assert len(set(label_colours(labels).values())) == len(labels)


def test_any_number_of_labels_has_colours():
    labels = [f"label {number}" for number in range(40)]

    assert list(label_colours(labels)) == labels


def test_what_speaks_against_one_of_two_labels_has_the_colour_of_the_other():
    colours = label_colours(["positive", "negative"])

    assert diverging(["positive", "negative"], "positive") == tuple(colours.values())
    assert diverging(["positive", "negative"], "negative") == tuple(colours.values())[::-1]


@pytest.mark.parametrize("label", ["positive", "negative", "neutral", "joy", "anger"])
def test_of_more_labels_for_and_against_differ(label):
    labels = ["positive", "negative", "neutral", "joy", "anger"]
    speaking_for, against = diverging(labels, label)

    assert speaking_for == label_colours(labels)[label]
    assert against != speaking_for
    assert against in {label_colours(labels)["positive"], label_colours(labels)["negative"]}


def luminance(colour):
    """Return the relative luminance that WCAG 2 defines, of "#rrggbb"."""
    parts = [value / 255 for value in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    light, dark = sorted([luminance(first), luminance(second)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [16, 256])
@pytest.mark.parametrize("label", ["positive", "negative", "neutral", "a", "b", "c"])
def test_words_can_be_read_on_light_and_on_dark_grounds(label, colours):
    colour = label_colours(["positive", "negative", "neutral", "a", "b", "c"])[label]

    styles = shades(colour, colours)

    assert len(set(styles)) == 3
    for style in styles:
        ink, _, ground = style.replace("bold ", "").replace("underline ", "").partition(" on ")
        for other in [ground] if ground else ["#000000", "#ffffff"]:
            assert contrast(ink, other) >= 3


@pytest.mark.parametrize(
    ("color_system", "colours"),
    [(None, 0), ("standard", 16), ("windows", 16), ("256", 256), ("truecolor", 2**24)],
)
def test_the_colours_of_a_terminal_are_counted(color_system, colours):
    assert Display.of(80, "utf-8", color_system).colours == colours
