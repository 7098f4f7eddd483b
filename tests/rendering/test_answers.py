import io
import unicodedata
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from lstm_sentiment_cli.inference.explanation import Contribution, Doubts, Explanation
from lstm_sentiment_cli.inference.sentiment_model import Answer, Prediction
from lstm_sentiment_cli.rendering.answers import (
    answer_block,
    answer_table,
    answered,
    bars,
    numbered,
    reasons,
)
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.style import Display

GOOD = Prediction("positive", {"positive": 0.975, "negative": 0.025})
THREE = Prediction("neutral", {"positive": 0.25, "neutral": 0.625, "negative": 0.125})


def answer(prediction, text="hi", model="default", **more):
    """Return the answer of a model that reads 64 tokens."""
    tokenizer = SimpleNamespace(max_tokens=64)
    labels = tuple(prediction.probabilities)
    model = SimpleNamespace(name=model, labels=labels, tokenizer=tokenizer)
    return Answer(text, prediction, model, **more)


def block(prediction, display, **more):
    return answer_block(answer(prediction, **more), display).plain.split("\n")


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

    *drawn, told = block(unsure, Display(40))
    assert "▸" not in "".join(drawn)
    assert told == "uncertain"


def test_a_truncated_text_is_told_with_the_limit_of_the_model():
    cut = Prediction("positive", GOOD.probabilities, truncated=True)

    assert block(cut, Display(80))[2:] == ["truncated: the model reads the first 64 tokens"]


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
    lines = block(prediction, Display(width, unicode))

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
        ({"english": False}, ["clearly not English"]),
        ({"known": 3, "english": False}, ["knows 3 of 7 words · clearly not English"]),
        ({"words": 0, "known": 0, "english": False}, ["no words to go by"]),
    ],
)
def test_what_there_is_to_doubt_stands_in_one_line_under_the_bars(doubts, line):
    assert block(GOOD, Display(80), doubts=replace(SURE, **doubts))[2:] == line


def test_all_doubts_share_a_line_that_fits():
    unsure = Prediction("uncertain", {"positive": 0.5, "negative": 0.5}, truncated=True)
    doubts = replace(SURE, known=1, english=False)

    assert block(unsure, Display(100, unicode=False), doubts=doubts)[2:] == [
        "uncertain, knows 1 of 7 words, clearly not English, truncated: the model reads the first "
        "64 tokens"
    ]
    assert len(block(unsure, Display(30), doubts=doubts)[2]) <= 30


BAD = Prediction("negative", {"positive": 0.125, "negative": 0.875}, truncated=True)
UNSURE = Prediction("uncertain", {"positive": 0.45, "negative": 0.55})


def table(texts, predictions, display, explanations=()):
    """Return the lines of a table of answers."""
    explained = [*explanations, *[None] * (len(texts) - len(explanations))]
    answers = [
        answer(prediction, text, explanation=why)
        for text, prediction, why in zip(texts, predictions, explained, strict=True)
    ]
    return answer_table(answers, display)


def test_one_line_a_text_the_text_last():
    lines = table(["i love this", "no"], [GOOD, BAD], Display(60)).plain.split("\n")

    assert lines == [
        "positive  97.5% █████████▊ i love this",
        "negative  87.5% ████████▊  no",
        "1 truncated: the model reads the first 64 tokens",
    ]


def test_the_percentage_of_an_uncertain_answer_says_of_what_it_is():
    assert table(["yes", "hm"], [GOOD, UNSURE], Display(60)).plain.split("\n") == [
        "positive             97.5% █████████▊ yes",
        "uncertain, negative  55.0% █████▌     hm",
    ]


def test_a_narrow_terminal_keeps_the_text_and_drops_the_bars():
    lines = table(["a sentence that is too long"], [GOOD], Display(32))

    assert lines.plain == "positive  97.5% a sentence that…"


def test_a_table_without_unicode():
    lines = table(["a sentence that is too long"], [GOOD], Display(52, unicode=False))

    assert lines.plain == "positive  97.5% ########## a sentence that is too..."


def test_no_texts_no_table():
    assert table([], [], Display(80)).plain == ""


@pytest.mark.parametrize(
    "hostile",
    ["[red] [/] :smile:", "\x1b]52;c;aGk=\x07", "a\u202eb\u2066", "e" + "\u0301" * 10_000],
)
def test_hostile_text_neither_breaks_nor_moves_the_table(hostile):
    first, second = table([hostile, "plain"], [GOOD, GOOD], Display(60)).plain.split("\n")

    assert first[:27] == second[:27]
    assert "\x1b" not in first
    assert "\u202e" not in first
    assert len(first) < 100


@given(st.lists(st.text(st.characters()), max_size=4), st.integers(20, 200), st.booleans())
def test_every_line_of_a_table_fits_and_holds_no_control_character(texts, width, unicode):
    shown = table(texts, [GOOD] * len(texts), Display(width, unicode)).plain

    assert shown.count("\n") == max(len(texts) - 1, 0)
    assert all(cell_len(line) <= width for line in shown.split("\n"))
    assert not any(unicodedata.category(character) == "Cc" for character in shown.replace("\n", ""))


def test_explained_texts_show_their_words_in_colours_or_with_signs():
    why = [Explanation("positive", (Contribution(2, 6, "love", 2.0),)), Explanation("positive", ())]
    texts = ["i love this", "no"]

    plain = table(texts, [GOOD, BAD], Display(60, colours=0), why)
    coloured = table(texts, [GOOD, BAD], Display(60, colours=256), why)

    assert plain.plain.split("\n")[0] == "positive  97.5% █████████▊ i ++love this"
    assert coloured.plain == table(texts, [GOOD, BAD], Display(60)).plain
    assert len(coloured.spans) == len(table(texts, [GOOD, BAD], Display(60)).spans) + 1


def test_answers_have_their_numbers_and_their_models_where_there_are_several():
    answers = [answer(GOOD, "yes"), answer(BAD, "no")]

    assert numbered(answers, 9, Display(40)).plain.split("\n") == [
        " 9 positive  97.5% yes",
        "10 negative  87.5% no",
    ]
    answers[0] = answer(GOOD, "yes", "a model of a long name")
    assert numbered(answers, 1, Display(60)).plain.split("\n") == [
        "1 a model of… positive  97.5% █████████▊ yes",
        "2 default     negative  87.5% ████████▊  no",
    ]


def test_reasons_are_the_answer_and_the_strongest_words():
    units = [
        Contribution(place, place + 1, word, added)
        for place, (word, added) in enumerate([("a", 0.01), ("love", 2.0), ("b", 0.1)])
    ]
    explained = answer(GOOD, "a love", explanation=Explanation("positive", tuple(units)))

    assert reasons(explained, 3, 2, Display(60, unicode=False)).plain.split("\n") == [
        "3 positive  97.5% ########## a love",
        "what each word adds to the log-odds of positive",
        f"love  +2.00 {'#' * 48}",
        "... and 2 words of at most 0.10",
    ]
    assert len(reasons(explained, 3, 3, Display(60)).plain.split("\n")) == 5


def prediction(predicted, *probabilities, labels=("positive", "negative", "neutral")):
    return Prediction(predicted, dict(zip(labels, probabilities, strict=False)))


LIKELY = prediction("positive", 0.9, 0.1)
UNLIKELY = prediction("negative", 0.25, 0.75)
PLAIN = prediction("neutral", 0.2, 0.2, 0.6)


def compared(left, right, width, *, names=("default", "mine"), unicode=True, whys=(None, None)):
    """Return the lines of two models' answers to one text."""
    first, second = (
        answer(each, "so good", name, explanation=why)
        for each, name, why in zip((left, right), names, whys, strict=True)
    )
    pair = replace(first, compared=second)
    return answered([pair], Display(width, unicode, colours=0)).plain.split("\n")


def test_two_models_stand_beside_each_other():
    assert compared(LIKELY, prediction("positive", 0.75, 0.25), 67) == [
        "default                            mine",
        "▸ positive  90.0% ████████████▋    ▸ positive  75.0% ██████████▌",
        "  negative  10.0% █▍                 negative  25.0% ███▌",
    ]


def test_where_they_disagree_a_line_says_so():
    assert compared(LIKELY, UNLIKELY, 67)[-1] == "≠ default: positive, mine: negative"
    assert (
        compared(LIKELY, UNLIKELY, 67, unicode=False)[-1] == "! default: positive, mine: negative"
    )


def test_a_label_of_both_models_has_one_line():
    three = prediction("neutral", 0.2, 0.6, 0.2, labels=("positive", "neutral", "negative"))

    assert [line.rstrip("█▉▊▋▌▍▎▏ ") for line in compared(LIKELY, three, 67)] == [
        "default                            mine",
        "▸ positive  90.0% ████████████▋      positive  20.0%",
        "                                   ▸ neutral   60.0%",
        "  negative  10.0% █▍                 negative  20.0%",
        "≠ default: positive, mine: neutral",
    ]


def test_models_that_share_no_label_stand_beside_each_other():
    other = prediction("bad", 0.4, 0.6, labels=("good", "bad"))

    lines = compared(LIKELY, other, 67)
    assert [line.split()[-3:-1] for line in lines[1:3]] == [["good", "40.0%"], ["bad", "60.0%"]]


def test_of_two_explanations_each_says_of_which_label_it_is():
    whys = [Explanation(label, (Contribution(3, 7, "good", 2.0),)) for label in GOOD.probabilities]

    lines = compared(LIKELY, UNLIKELY, 70, whys=whys)
    assert lines[-2] == "for positive: good +2.00            for negative: good +2.00"


def test_in_a_narrow_terminal_one_stands_under_the_other():
    lines = compared(LIKELY, UNLIKELY, 40)

    assert [line.split()[0] for line in lines[:6]] == [
        *("default", "▸", "negative"),
        *("mine", "positive", "▸"),
    ]
    assert " ".join(lines[6:]) == "≠ default: positive, mine: negative"


@pytest.mark.parametrize("width", range(24, 140, 3))
@pytest.mark.parametrize("name", ["default", "很长的模型名字" * 9, "a\x1b[2J" * 30])
def test_no_line_of_two_models_is_wider_than_the_terminal(width, name):
    lines = compared(LIKELY, PLAIN, width, names=(name, name))

    assert max(map(cells, lines)) <= width
    assert "\x1b" not in "".join(lines)


def test_what_stands_right_begins_at_one_place_whatever_stands_left():
    wide = prediction("日本語 👍", 0.9, 0.1, labels=("日本語 👍", "e\u0301"))
    lines = compared(wide, THREE, 80)

    starts = [
        cells(line[: line.index(word)])
        for line, word in zip(lines, ["mine", "  pos", "▸ neu", "  neg"], strict=False)
    ]
    assert starts == [41, 41, 41, 41]


def compared_table(width, *, unicode=True):
    pairs = [("good \x1b[2J", LIKELY, LIKELY), ("bad 日本", UNLIKELY, PLAIN)]
    answers = [
        replace(answer(first, text), compared=answer(second, text, "mine"))
        for text, first, second in pairs
    ]
    return answered(answers, Display(width, unicode)).plain.split("\n")


def test_several_texts_are_a_table_with_both_answers():
    assert compared_table(80) == [
        "default           mine            text",
        "positive  90.0%   positive  90.0% good \ufffd[2J",
        "negative  75.0% ≠ neutral   60.0% bad 日本",
    ]


def test_in_a_narrow_terminal_the_figures_go():
    assert compared_table(40, unicode=False) == [
        "default    mine     text",
        "positive   positive good \ufffd[2J",
        "negative ! neutral  bad 日本",
    ]


@pytest.mark.parametrize("width", range(24, 140, 3))
def test_no_line_of_the_compared_table_is_wider_than_the_terminal(width):
    assert max(map(cells, compared_table(width))) <= width
