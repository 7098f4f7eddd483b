"""What keys do and what is said of it, on any terminal."""

import io
import sys

import pytest

from lstm_sentiment_cli.labelling.conversation import Conversation, converse_in_lines
from lstm_sentiment_cli.rendering.style import Display
from tests.labelling.conftest import rows

TEXTS = [f"{'so ' * number}good" for number in range(30)]


@pytest.fixture
def talk(begin):
    return Conversation(begin(TEXTS))


def labels(folder):
    return [each["label"] for each in rows(folder / "labels.csv")]


def test_a_key_is_an_answer(talk, folder):
    for key in "pNs":
        assert talk.press(key)

    assert labels(folder) == ["positive", "negative", "skipped"]


def test_a_key_without_meaning_does_nothing(talk):
    question = talk.labeller.question
    for key in ("x", "", "\x1b", "pp", "1", " ", "\r"):
        assert talk.press(key)

    assert talk.labeller.question == question
    assert talk.labeller.file.asked == []


def test_z_takes_back_and_says_so_when_there_is_nothing(talk, folder):
    talk.press("p")
    assert talk.press("z")
    assert (labels(folder), talk.remark()) == ([], ("", False))
    talk.press("z")
    assert talk.remark() == ("there is no answer to take back", False)


def test_any_key_leaves_the_help_and_answers_nothing(talk, folder):
    talk.press("?")
    assert talk.helping
    assert talk.press("q")
    assert not talk.helping
    assert not (folder / "labels.csv").exists()
    assert not talk.press("q")


def test_the_models_answer_is_told_after_ones_own(talk):
    text = talk.labeller.question.text
    label, probability = talk.labeller.scorer.answer(text)
    assert (talk.model_answer(), talk.remark()) == ("", ("", False))

    talk.press("p")
    assert talk.remark() == (f"you: positive · the model too, {probability:.0%}", False)
    talk.press("z")
    talk.press("n")
    said = f"you: negative · the model: {label}, {probability:.0%} · z to change"
    assert talk.remark() == (said, True)
    talk.press("s")
    assert talk.remark() == ("you: skipped", False)


def test_the_models_answer_is_told_before_if_that_is_wanted(begin):
    talk = Conversation(begin(TEXTS), show=True)
    label, probability = talk.labeller.scorer.answer(talk.labeller.question.text)

    assert talk.model_answer() == f"this text · the model: {label}, {probability:.0%}"
    talk.press("p")
    assert talk.remark()[0].startswith("last text · you: positive · the model")


def test_figures(talk):
    assert talk.figures() == []
    for key in "pnps":
        talk.press(key)

    assert talk.figures() == [
        "on 2 texts drawn at random the model is right on 100% (34 to 100)",
        "positive 2 · negative 1 · skipped 1",
    ]


def test_the_help_names_every_key(talk):
    together = " ".join(talk.help())

    assert all(f"{key} " in together or f"{key} for" in together for key in "pnsz")
    assert "same command" in together


@pytest.fixture
def typed(monkeypatch, capsys):
    """Give what converses in lines, and returns what is shown."""

    def typed(talk, lines, *, unicode=True):
        stdin = io.TextIOWrapper(io.BytesIO(lines.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        converse_in_lines(talk, Display(80, unicode=unicode))
        return capsys.readouterr().out

    return typed


def test_in_lines_each_answer_is_a_line(talk, typed, folder):
    first = talk.labeller.question.text
    shown = typed(talk, "p\nNegative\n\nx\n?\nz\ns\nq\np\n")

    assert labels(folder) == ["positive", "skipped"]
    assert shown.startswith(
        f"\ntext 1 · labels.csv\n{first}\n"
        "p positive, n negative, s skip, z undo, ? help, q end\n> you: positive · the model too"
    )
    assert "> 'x' is no answer\n" in shown
    assert "z takes the last answer back" in shown


def test_in_lines_the_end_of_the_input_or_of_the_texts_ends_the_session(begin, typed, folder):
    assert typed(Conversation(begin(TEXTS)), "p\n").endswith("> \n")
    assert labels(folder) == ["positive"]
    typed(Conversation(begin()), "n\n" * 100)
    assert labels(folder) == ["positive", *["negative"] * 29]


def test_in_lines_signs_are_those_of_the_terminal_and_nothing_acts_on_it(begin, typed):
    shown = typed(Conversation(begin(["a\x1b[2Jb good"])), "p\n\x1b]0;x\n", unicode=False)

    assert "text 1 - labels.csv\na\ufffd[2Jb good\n" in shown
    assert "\x1b" not in shown
    assert "·" not in shown
