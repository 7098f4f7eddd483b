"""The page of a text, at every size."""

import pytest
from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.labelling.conversation import Conversation
from lstm_sentiment_cli.labelling.screen import page
from lstm_sentiment_cli.rendering.style import Display

LONG = " ".join(f"word{number}" for number in range(900))
WIDE = "今日はとても楽しかった、また行きたいです 👨‍👩‍👧‍👦 family 👍🏽 🇳🇴🇳🇴 e\u0301 שלום"


@pytest.fixture
def talk(begin):
    """Give what begins to label these texts, and answers some keys."""

    def talk(*texts, keys=""):
        talk = Conversation(begin([*texts, *map(str, range(20))]))
        while talk.labeller.question.text not in texts:
            talk.labeller.answer("negative")
        for key in keys:
            talk.press(key)
        return talk

    return talk


def drawn(talk, columns=80, rows=24, scrolled=0, **display):
    lines = page(talk, Display(columns, **display), rows, scrolled)
    return ["".join(part for _, part in line).rstrip() for line in lines]


def test_text_keys_remark_and_figures(begin):
    talk = Conversation(begin([f"{'so ' * number}good" for number in range(9)]))
    talk.press("n")
    title, space, text, below, keys, said, accuracy, spread = drawn(talk)

    assert (title, space, below) == ("text 2 · labels.csv", "", "")
    assert text == talk.labeller.question.text
    assert keys == "p positive  n negative  s skip  z undo  ? help  q end"
    assert said.startswith("you: negative · the model: positive, ")
    assert accuracy == "on 1 text drawn at random the model is right on 0% (0 to 79)"
    assert spread == "negative 1"


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
@pytest.mark.parametrize("text", [WIDE, LONG, "x" * 500, "👨‍👩‍👧‍👦" * 60])
def test_nothing_is_wider_or_longer_than_the_window(talk, columns, text):
    on = talk(text)
    for rows in (1, 2, 5, 9, 24, 50):
        lines = drawn(on, columns, rows)
        assert 1 <= len(lines) <= rows
        assert max(map(get_cwidth, lines)) <= columns


def test_a_long_text_is_scrolled_to_its_end(talk):
    on = talk(LONG)
    first = drawn(on, 40, 16)
    assert any("↓ " in line and " more lines" in line for line in first)

    seen = {word for line in range(300) for word in " ".join(drawn(on, 40, 16, line)).split()}
    assert seen >= set(LONG.split())
    assert "more line" not in "".join(drawn(on, 40, 16, 1000))


def test_where_there_is_little_room_the_text_and_the_keys_come_first(talk):
    lines = drawn(talk("what a good day"), 40, 7)

    assert "what a good day" in lines
    assert any(line.startswith("p positive") for line in lines)


def test_without_unicode_the_signs_are_ascii(talk):
    assert "".join(drawn(talk("plain text"), unicode=False)).isascii()


def test_what_a_terminal_would_act_on_is_replaced(talk):
    shown = "".join(drawn(talk("a\x1b[2Jb\x9b31m \u202eabc\nnext [red]x[/]")))

    assert "a\ufffd[2Jb\ufffd31m \ufffdabc next [red]x[/]" in shown


def test_the_help_takes_the_whole_page_and_scrolls(talk):
    on = talk("what a good day", keys="?")
    whole = " ".join(drawn(on, 80, 50))

    assert "takes the last answer back" in whole
    assert "what a good day" not in whole
    assert len(drawn(on, 40, 8)) == 8
    assert drawn(on, 40, 8, 5) != drawn(on, 40, 8)


def test_when_no_text_is_left_it_says_what_can_be_done(begin):
    talk = Conversation(begin(["so good"]))
    talk.press("p")

    assert drawn(talk)[:3] == [
        "1 text · labels.csv",
        "",
        "No text is left: q ends, z takes the last answer back.",
    ]
