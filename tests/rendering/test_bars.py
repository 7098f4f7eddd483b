import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from lstm_sentiment_cli.inference.explanation import Doubts
from lstm_sentiment_cli.inference.sentiment_model import Prediction
from lstm_sentiment_cli.rendering.answers import answer, bars
from lstm_sentiment_cli.rendering.style import Display

GOOD = Prediction("positive", {"positive": 0.975, "negative": 0.025})
THREE = Prediction("neutral", {"positive": 0.25, "neutral": 0.625, "negative": 0.125})


def drawn(text, **options):
    """Return what a terminal would be sent."""
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="truecolor", _environ={}, **options
    )
    console.print(text, soft_wrap=True)
    return console.file.getvalue()


def test_one_line_a_label_the_predicted_one_marked():
    assert bars(GOOD, Display(40)).plain.split("\n") == [
        "▸ positive  97.5% " + "█" * 21 + "▌",
        "  negative   2.5% ▌",
    ]


def test_without_blocks():
    assert bars(GOOD, Display(40, unicode=False)).plain.split("\n") == [
        "> positive  97.5% " + "#" * 21,
        "  negative   2.5% #",
    ]


def test_labels_of_any_number_and_length_are_aligned():
    assert bars(THREE, Display(26)).plain.split("\n") == [
        "  positive  25.0% ██",
        "▸ neutral   62.5% █████",
        "  negative  12.5% █",
    ]


@pytest.mark.parametrize("width", [20, 40, 80, 120, 300])
def test_a_certain_answer_fills_the_width(width):
    certain = Prediction("positive", {"positive": 1.0, "negative": 0.0})

    assert [cell_len(line) for line in bars(certain, Display(width)).plain.split("\n")] == [
        width,
        18,
    ]


@pytest.mark.parametrize(
    ("label", "first_line"),
    [
        ("a very long name of a label", "▸ a very…  100.0% ██"),
        ("とても肯定的な意見", "▸ とても…  100.0% ██"),
        ("[red]\x1b[2J", "▸ [red]\ufffd[… 100.0% ██"),
    ],
)
def test_long_and_hostile_labels_leave_room_for_bars(label, first_line):
    lines = bars(Prediction(label, {label: 1.0, "no": 0.0}), Display(20)).plain.split("\n")

    assert lines == [first_line, "  no         0.0% "]


def test_an_uncertain_answer_marks_no_label_and_says_so():
    unsure = Prediction("uncertain", {"positive": 0.5, "negative": 0.5})

    assert "▸" not in answer(unsure, Display(40)).plain
    assert answer(unsure, Display(40)).plain.endswith("\nuncertain")


def test_a_truncated_text_is_told_with_the_limit_of_the_model():
    cut = Prediction("positive", GOOD.probabilities, truncated=True)

    assert answer(cut, Display(80), max_tokens=64).plain.split("\n")[2:] == [
        "truncated: the model reads the first 64 tokens"
    ]


def test_without_colour_nothing_is_lost():
    coloured = drawn(bars(GOOD, Display(80)))
    plain = drawn(bars(GOOD, Display(80)), no_color=True)

    assert "38;2;0;114;178" in coloured
    assert "38;2" not in plain
    assert "▸ positive" in plain


names = st.text(st.characters(), min_size=1, max_size=30)


@given(
    st.dictionaries(names, st.floats(0, 1), min_size=2, max_size=12),
    st.integers(20, 300),
    st.booleans(),
)
def test_every_line_fits_whatever_the_labels_are(probabilities, width, unicode):
    prediction = Prediction(next(iter(probabilities)), probabilities, truncated=True)
    lines = answer(prediction, Display(width, unicode)).plain.split("\n")

    assert len(lines) == len(probabilities) + 1
    assert all(cell_len(line) <= width for line in lines)


SURE = Doubts(words=7, known=7, truncated=False, english=True)


@pytest.mark.parametrize(
    ("doubts", "line"),
    [
        ({}, []),
        ({"known": 5}, []),
        ({"known": 4}, ["knows 4 of 7 words"]),
        ({"words": 0, "known": 0}, ["no words to go by"]),
        ({"english": False}, ["plainly not English"]),
        ({"known": 3, "english": False}, ["knows 3 of 7 words · plainly not English"]),
        ({"words": 0, "known": 0, "english": False}, ["no words to go by"]),
    ],
)
def test_what_there_is_to_doubt_stands_in_one_line_under_the_bars(doubts, line):
    assert answer(GOOD, Display(80), doubts=replace(SURE, **doubts)).plain.split("\n")[2:] == line


def test_all_doubts_share_a_line_that_fits():
    unsure = Prediction("uncertain", {"positive": 0.5, "negative": 0.5}, truncated=True)
    doubts = replace(SURE, known=1, english=False)

    lines = answer(unsure, Display(100, unicode=False), doubts=doubts, max_tokens=64).plain.split(
        "\n"
    )[2:]
    assert lines == [
        "uncertain, knows 1 of 7 words, plainly not English, truncated: the model reads the first "
        "64 tokens"
    ]
    assert len(answer(unsure, Display(30), doubts=doubts).plain.split("\n")[2]) <= 30
