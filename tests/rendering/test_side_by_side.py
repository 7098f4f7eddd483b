import pytest
from rich.text import Text

from lstm_sentiment_cli.inference.sentiment_model import Prediction
from lstm_sentiment_cli.rendering.answers import (
    Side,
    bars,
    column_width,
    comparison_table,
    side_by_side,
)
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.style import Display


def prediction(predicted, *probabilities, labels=("positive", "negative", "neutral")):
    return Prediction(predicted, dict(zip(labels, probabilities, strict=False)))


GOOD = prediction("positive", 0.9, 0.1)
BAD = prediction("negative", 0.25, 0.75)
PLAIN = prediction("neutral", 0.2, 0.2, 0.6)


def shown(left, right, width, *, unicode=True):
    room = column_width(width)
    sides = [
        Side(name, each.predicted, bars(each, Display(room, unicode)))
        for name, each in (("default", left), ("mine", right))
    ]
    return side_by_side(*sides, Display(width, unicode)).plain.split("\n")


def test_two_models_stand_beside_each_other():
    assert shown(GOOD, prediction("positive", 0.75, 0.25), 67) == [
        "default                            mine",
        "▸ positive  90.0% ████████████▋    ▸ positive  75.0% ██████████▌",
        "  negative  10.0% █▍                 negative  25.0% ███▌",
    ]


def test_where_they_disagree_a_line_says_so():
    assert shown(GOOD, BAD, 67)[-1] == "≠ default: positive, mine: negative"
    assert shown(GOOD, BAD, 67, unicode=False)[-1] == "! default: positive, mine: negative"


def test_models_of_different_labels_stand_beside_each_other():
    lines = shown(GOOD, PLAIN, 80)

    assert lines[3].startswith(" " * 41)
    assert "neutral" in lines[3]
    assert len(lines) == 5


def test_in_a_narrow_terminal_one_stands_under_the_other():
    lines = shown(GOOD, BAD, 40)

    assert [line.split()[0] for line in lines[:6]] == [
        *("default", "▸", "negative"),
        *("mine", "positive", "▸"),
    ]
    assert " ".join(lines[6:]) == "≠ default: positive, mine: negative"


@pytest.mark.parametrize("width", range(24, 140, 3))
@pytest.mark.parametrize("name", ["default", "很长的模型名字" * 9, "a\x1b[2J" * 30])
def test_no_line_is_wider_than_the_terminal(width, name):
    room = column_width(width)
    sides = [Side(name, each.predicted, bars(each, Display(room))) for each in (GOOD, PLAIN)]

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
        ([GOOD, BAD], [GOOD, PLAIN]),
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
