import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from lstm_sentiment_cli.inference.explanation import Contribution, Doubts, Explanation
from lstm_sentiment_cli.inference.sentiment_model import Prediction
from lstm_sentiment_cli.rendering.answers import (
    Side,
    answer,
    answer_table,
    bars,
    column_width,
    comparison_table,
    count_bars,
    side_by_side,
)
from lstm_sentiment_cli.rendering.cells import cells
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


COUNTS = {"positive": 12_000, "negative": 6_000, "neutral": 3}


def test_a_line_for_each_count_the_longest_bar_for_the_highest():
    assert str(count_bars(COUNTS, Display(40))).split("\n") == [
        "positive 12,000  66.7% " + "█" * 17,
        "negative  6,000  33.3% " + "█" * 8 + "▌",
        "neutral       3   0.0% ",
    ]


def test_without_blocks__count_bars():
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


BAD = Prediction("negative", {"positive": 0.125, "negative": 0.875}, truncated=True)
UNSURE = Prediction("uncertain", {"positive": 0.45, "negative": 0.55})


def test_one_line_a_text_the_text_last():
    table = answer_table(
        ["i love this", "no", "hm"], [GOOD, BAD, UNSURE], Display(60), max_tokens=64
    )

    assert table.plain.split("\n") == [
        "positive   97.5% █████████▊ i love this",
        "negative   87.5% ████████▊  no",
        "uncertain  55.0% █████▌     hm",
        "1 truncated: the model reads the first 64 tokens",
    ]


def test_a_narrow_terminal_keeps_the_text_and_drops_the_bars():
    table = answer_table(["a sentence that is too long"], [GOOD], Display(32))

    assert table.plain == "positive  97.5% a sentence that…"


def test_without_unicode():
    table = answer_table(["a sentence that is too long"], [GOOD], Display(52, unicode=False))

    assert table.plain == "positive  97.5% ########## a sentence that is too..."


def test_no_texts_no_table():
    assert answer_table([], [], Display(80)).plain == ""


@pytest.mark.parametrize(
    "hostile",
    ["[red] [/] :smile:", "\x1b]52;c;aGk=\x07", "a\u202eb\u2066", "e" + "\u0301" * 10_000],
)
def test_hostile_text_neither_breaks_nor_moves_the_table(hostile):
    first, second = answer_table([hostile, "plain"], [GOOD, GOOD], Display(60)).plain.split("\n")

    assert first[:27] == second[:27]
    assert "\x1b" not in first
    assert "\u202e" not in first
    assert len(first) < 100


@given(st.lists(st.text(st.characters()), max_size=4), st.integers(20, 200), st.booleans())
def test_every_line_fits_and_holds_no_control_character(texts, width, unicode):
    table = answer_table(texts, [GOOD] * len(texts), Display(width, unicode=unicode)).plain

    assert table.count("\n") == max(len(texts) - 1, 0)
    assert all(cell_len(line) <= width for line in table.split("\n"))
    assert not any(unicodedata.category(character) == "Cc" for character in table.replace("\n", ""))


def test_explained_texts_show_their_words_in_colours_or_with_signs():
    why = [Explanation("positive", (Contribution(2, 6, "love", 2.0),)), Explanation("positive", ())]
    texts = ["i love this", "no"]

    plain = answer_table(texts, [GOOD, BAD], Display(60, colours=0), explanations=why)
    coloured = answer_table(texts, [GOOD, BAD], Display(60, colours=256), explanations=why)

    assert plain.plain.split("\n")[0] == "positive  97.5% █████████▊ i ++love this"
    assert coloured.plain == answer_table(texts, [GOOD, BAD], Display(60)).plain
    assert len(coloured.spans) == len(answer_table(texts, [GOOD, BAD], Display(60)).spans) + 1


def prediction(predicted, *probabilities, labels=("positive", "negative", "neutral")):
    return Prediction(predicted, dict(zip(labels, probabilities, strict=False)))


GOOD_side_by_side = prediction("positive", 0.9, 0.1)
BAD_side_by_side = prediction("negative", 0.25, 0.75)
PLAIN = prediction("neutral", 0.2, 0.2, 0.6)


def shown(left, right, width, *, unicode=True):
    room = column_width(width)
    sides = [
        Side(name, each.predicted, bars(each, Display(room, unicode)))
        for name, each in (("default", left), ("mine", right))
    ]
    return side_by_side(*sides, Display(width, unicode)).plain.split("\n")


def test_two_models_stand_beside_each_other():
    assert shown(GOOD_side_by_side, prediction("positive", 0.75, 0.25), 67) == [
        "default                            mine",
        "▸ positive  90.0% ████████████▋    ▸ positive  75.0% ██████████▌",
        "  negative  10.0% █▍                 negative  25.0% ███▌",
    ]


def test_where_they_disagree_a_line_says_so():
    assert (
        shown(GOOD_side_by_side, BAD_side_by_side, 67)[-1] == "≠ default: positive, mine: negative"
    )
    assert (
        shown(GOOD_side_by_side, BAD_side_by_side, 67, unicode=False)[-1]
        == "! default: positive, mine: negative"
    )


def test_models_of_different_labels_stand_beside_each_other():
    lines = shown(GOOD_side_by_side, PLAIN, 80)

    assert lines[3].startswith(" " * 41)
    assert "neutral" in lines[3]
    assert len(lines) == 5


def test_in_a_narrow_terminal_one_stands_under_the_other():
    lines = shown(GOOD_side_by_side, BAD_side_by_side, 40)

    assert [line.split()[0] for line in lines[:6]] == [
        *("default", "▸", "negative"),
        *("mine", "positive", "▸"),
    ]
    assert " ".join(lines[6:]) == "≠ default: positive, mine: negative"


@pytest.mark.parametrize("width", range(24, 140, 3))
@pytest.mark.parametrize("name", ["default", "很长的模型名字" * 9, "a\x1b[2J" * 30])
def test_no_line_is_wider_than_the_terminal(width, name):
    room = column_width(width)
    sides = [
        Side(name, each.predicted, bars(each, Display(room))) for each in (GOOD_side_by_side, PLAIN)
    ]

    lines = side_by_side(*sides, Display(width)).plain.split("\n")

    assert max(map(cells, lines)) <= width
    assert "\x1b" not in "".join(lines)


def test_what_stands_right_begins_at_one_place_whatever_stands_left():
    left = Text("日本語 👍\ne\u0301\n")
    lines = side_by_side(
        Side("a", "x", left), Side("b", "x", Text("one\ntwo\nthree")), Display(80)
    ).plain.split("\n")

    starts = [
        cells(line[: line.index(word)])
        for line, word in zip(lines[:3], ["b", "one", "two"], strict=True)
    ]
    assert starts == [41, 41, 41]
    assert lines[3] == " " * 41 + "three"


def table(width, *, unicode=True):
    return comparison_table(
        ["good \x1b[2J", "bad 日本"],
        ("default", "mine"),
        ([GOOD_side_by_side, BAD_side_by_side], [GOOD_side_by_side, PLAIN]),
        Display(width, unicode),
    ).plain.split("\n")


def test_several_texts_are_a_table_with_both_answers():
    assert table(80) == [
        "default           mine            text",
        "positive  90.0%   positive  90.0% good \ufffd[2J",
        "negative  75.0% ≠ neutral   60.0% bad 日本",
    ]


def test_in_a_narrow_terminal_the_figures_go():
    assert table(40, unicode=False) == [
        "default    mine     text",
        "positive   positive good \ufffd[2J",
        "negative ! neutral  bad 日本",
    ]


@pytest.mark.parametrize("width", range(24, 140, 3))
def test_no_line_of_the_table_is_wider_than_the_terminal(width):
    assert max(map(cells, table(width))) <= width
