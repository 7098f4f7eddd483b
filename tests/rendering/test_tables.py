import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lstm_sentiment_cli.inference.explanation import Contribution, Explanation
from lstm_sentiment_cli.inference.sentiment_model import Prediction
from lstm_sentiment_cli.rendering.answers import answer_table
from lstm_sentiment_cli.rendering.style import Display

GOOD = Prediction("positive", {"positive": 0.975, "negative": 0.025})
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
