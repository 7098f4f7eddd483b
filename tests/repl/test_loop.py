import io
import sys
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.style import Display
from lstm_sentiment_cli.repl.loop import banner, converse, read_plain_line, start
from lstm_sentiment_cli.repl.session import Session
from tests.repl.small_models import load


def converse_with(session, screen, *entries):
    """Let a user make these entries and then leave; an exception is a key that raises it."""
    remaining = iter(entries)

    def read_entry():
        entry = next(remaining, EOFError())
        if isinstance(entry, BaseException):
            raise entry
        return entry

    converse(session, read_entry, screen)
    return list(remaining)


GOOD = "▸ positive  98.2% █████████████████████▋\n  negative   1.8% ▍\n\n"


def test_each_sentence_is_answered_by_bars_and_an_empty_line(session, screen, capsys):
    converse_with(session, screen, "good day", "", "  ", "good bad")

    assert capsys.readouterr() == (GOOD * 2, "")


def test_several_lines_are_answered_by_a_table(session, screen, capsys):
    converse_with(session, screen, "good\n\n/quit\n[/] \x1b[2J")

    assert capsys.readouterr().out.splitlines() == [
        "positive  98.2% good",
        "negative  88.1% /quit",
        "negative  88.1% [/] \ufffd[2J",
        "",
    ]


def test_a_text_that_is_too_long_says_so(session, screen, capsys):
    converse_with(session, screen, "good " * 9)

    assert "truncated: the model reads the first 8…" in capsys.readouterr().out


def test_a_command_answers_with_lines_and_an_empty_line(session, screen, capsys):
    converse_with(session, screen, "/model other")

    assert capsys.readouterr() == ("model other: positive, negative\n\n", "")


def test_a_wrong_command_is_one_line_and_is_not_scored(session, screen, capsys):
    converse_with(session, screen, "/model nope", "/qiut", "good")

    out, err = capsys.readouterr()
    assert out == GOOD
    assert err.split("\n\n")[:2] == [
        "error: no model nope; 'models list' shows those there are",
        "error: unknown command /qiut (did you mean '/quit'?); //qiut scores it as a text",
    ]


def test_quit_leaves(session, screen):
    assert converse_with(session, screen, "/quit", "never read") == ["never read"]


def test_ctrl_c_says_how_to_leave(session, screen, capsys):
    assert converse_with(session, screen, KeyboardInterrupt(), "good") == []
    assert capsys.readouterr() == (GOOD, "Ctrl-D or /quit leaves\n")


@pytest.mark.parametrize("entry", ["good", "good\nbad", "/why"])
def test_ctrl_c_stops_an_answer_and_the_conversation_goes_on(session, screen, capsys, entry):
    def interrupted(tokens, lengths):
        raise KeyboardInterrupt

    session.answer(["good"])
    network = session.predictor.runtime
    run, network.run = network.run, interrupted
    assert converse_with(session, screen, entry) == []
    network.run = run
    converse_with(session, screen, "good")

    assert capsys.readouterr() == (GOOD, "stopped\n")


def test_a_model_that_cannot_be_loaded_ends_the_conversation(session, screen):
    session.model = "nope"

    with pytest.raises(SentimentError, match="no model nope"):
        converse_with(session, screen, "good")


class NoNumbers:
    """A network that has no answer."""

    def run(self, tokens, lengths):
        """Return NaN."""
        return np.full((len(lengths), 2), np.nan, np.float32)


def test_a_model_that_has_no_answer_is_one_line_and_the_conversation_goes_on(screen, capsys):
    def load_broken(name):
        return replace(load(name), runtime=NoNumbers()) if name == "other" else load(name)

    converse_with(
        Session("default", load_broken),
        screen,
        "/compare other",
        "good day",
        "/compare off",
        "good day",
    )
    out, err = capsys.readouterr()

    assert out.endswith(GOOD)
    assert err.startswith("error: model other: the network answers NaN or infinity; ")
    assert err.count("\n") == 2


def test_what_stdout_cannot_encode_does_not_end_the_conversation(session, screen, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    converse_with(session, screen, "good\né 👍")

    assert written.getvalue().splitlines() == [b"positive  98.2% good", b"negative  88.1% ? ?", b""]


@pytest.mark.parametrize(("width", "keys"), [(80, "Ctrl-R"), (120, "Ctrl-R"), (40, "Ctrl-D")])
def test_the_banner_is_two_lines_that_fit(width, keys):
    first, second = banner("models/default", Display(width))

    assert first.startswith("lstm-sentiment ")
    assert first.endswith("· model default")
    assert keys in second
    assert max(len(first), len(second)) <= width


def test_the_banner_without_unicode():
    assert all(line.isascii() for line in banner("default", Display(80, unicode=False)))


def typed(monkeypatch, keys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(keys), encoding="utf-8"))


def test_a_dumb_terminal_gets_plain_lines(session, screen, monkeypatch, capsys):
    monkeypatch.setenv("TERM", "dumb")
    typed(monkeypatch, b"good day\n/model other\nbad \xff\n")
    start(session, screen)

    out, err = capsys.readouterr()
    assert out == (
        "> > positive  98.2% ######################\n  negative   1.8% \n\n"
        "> model other: positive, negative\n\n"
        ">   positive  11.9% ###\n> negative  88.1% ###################\n\n"
        "> \n"
    )
    assert err.isascii()
    assert err.count("\n") == 3  # two lines, and an empty one


@pytest.mark.parametrize(("model", "loaded"), [("nope", "default"), ("default", "nope")])
def test_at_a_dumb_terminal_a_wrong_model_is_told_before_the_prompt(
    screen, monkeypatch, capsys, model, loaded
):
    monkeypatch.setenv("TERM", "dumb")
    session = Session(model, lambda _name: load(loaded))

    with pytest.raises(SentimentError, match=r"no model '?nope"):
        start(session, screen)
    assert capsys.readouterr().out == ""


def test_ctrl_c_at_a_dumb_terminal_begins_a_new_line(monkeypatch, capsys):
    class Interrupted(io.BytesIO):
        def readline(self, size=-1):
            raise KeyboardInterrupt

    class Keyboard:
        buffer = Interrupted()

    monkeypatch.setattr(sys, "stdin", Keyboard)

    with pytest.raises(KeyboardInterrupt):
        read_plain_line()
    assert capsys.readouterr().out == "> \n"
