"""Keys at the prompt, through prompt_toolkit's own pipe."""

import sys
from contextlib import contextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from lstm_sentiment_cli.repl.history import PrivateHistory
from lstm_sentiment_cli.repl.prompt import Prompt

ENTER, TAB, ESCAPE, CTRL_C, CTRL_D, CTRL_E, CTRL_R, CTRL_X = "\r\t\x1b\x03\x04\x05\x12\x18"
ALT_ENTER, UP, DOWN, RIGHT = f"{ESCAPE}{ENTER}", "\x1b[A", "\x1b[B", "\x1b[C"
BEFORE = ("good evening", "/model other", "bad day", "good morning", "one\ntwo")


def paste(text):
    return f"\x1b[200~{text}\x1b[201~"


@contextmanager
def typing(session, keys, *, vi=False, before=BEFORE):
    """Give a prompt at which keys were pressed, and before which entries were made."""
    history = PrivateHistory(None)
    for entry in before:
        history.append_string(entry)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        yield Prompt(session, history, vi=vi)


@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"good day{ENTER}", "good day"),
        (ENTER, ""),
        (f"mistake{CTRL_C}good{ENTER}", "good"),
        (f"x{CTRL_D}good{ENTER}", "xgood"),
        (f"/quit{ENTER}", "/quit"),
        (f"{paste('good day')}{ENTER}", "good day"),
        (f"{paste('/quit')}{ENTER}", "//quit"),
        (f"so {paste('/so')}{ENTER}", "so /so"),
        (paste("/quit\n"), "//quit"),
        (paste("good day\r\n"), "good day"),
        (paste("good\r\n/quit\r\nbad\r\n"), "good\n/quit\nbad"),
        (paste("good\rbad"), "good\nbad"),
        ("so " + paste("good\nbad\n"), "so good\nbad"),
        (paste("\n"), ""),
        (paste("\x1b]0;title\x07\n"), "\x1b]0;title\x07"),
    ],
)
def test_keys_make_an_entry(session, keys, entry):
    with typing(session, keys) as prompt:
        assert prompt() == entry


@pytest.mark.parametrize("vi", [False, True])
@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"one{ALT_ENTER}two{ENTER}", "one\ntwo"),
        (f"{ALT_ENTER}{ALT_ENTER}x{ENTER}", "\n\nx"),
        (f"/quit{ALT_ENTER}{ENTER}", "/quit\n"),
    ],
)
def test_alt_enter_begins_another_line(session, keys, entry, vi):
    with typing(session, keys, vi=vi) as prompt:
        assert prompt() == entry


@pytest.mark.parametrize("vi", [False, True])
@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"{UP}{ENTER}", "one\ntwo"),
        (f"{UP}{UP}{UP}{ENTER}", "good morning"),  # the second walks through the two lines
        (f"go{UP}{ENTER}", "good morning"),
        (f"go{UP}{UP}{ENTER}", "good evening"),
        (f"go{UP}{UP}{UP}{ENTER}", "good evening"),
        (f"go{UP}{UP}{DOWN}{ENTER}", "good morning"),
        (f"go{UP}{DOWN}{ENTER}", "go"),
        (f"never{UP}{ENTER}", "never"),
        (f"{CTRL_R}evening{ENTER}{ENTER}", "good evening"),
    ],
)
def test_what_was_typed_before_comes_back(session, keys, entry, vi):
    with typing(session, keys, vi=vi) as prompt:
        assert prompt() == entry


def test_a_pasted_line_can_be_searched_for(session):
    with typing(session, f"{CTRL_R}{paste('good eve\nx')}{ENTER}{ENTER}") as prompt:
        assert prompt() == "good evening"


@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"good{ESCAPE}0isuch {ENTER}", "such good"),
        (f"good{ESCAPE}ddbad{ENTER}", "good"),
        (f"good day{ESCAPE}bcwmorning{ENTER}", "good morning"),
        (f"good{ESCAPE}{ENTER}{ENTER}", "good\n"),
        (f"good{ESCAPE}x{CTRL_C}bad{ENTER}", "bad"),
    ],
)
def test_vi_edits_as_vi_does(session, keys, entry):
    with typing(session, keys, vi=True) as prompt:
        assert prompt() == entry


@pytest.mark.skipif(sys.platform == "win32", reason="the editor is a shell script")
@pytest.mark.parametrize(("vi", "keys"), [(False, f"{CTRL_X}{CTRL_E}"), (True, f"{ESCAPE}v")])
@pytest.mark.parametrize(
    ("script", "entry"), [('printf "good\\nday" > "$1"', "good\nday"), ("exit 3", "bad")]
)
def test_a_text_can_be_edited_elsewhere(session, tmp_path, monkeypatch, vi, keys, script, entry):
    program = tmp_path / "editor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(program))

    with typing(session, f"bad{keys}", vi=vi) as prompt:
        prompt.after_editing = None
        assert prompt() == entry


@pytest.mark.parametrize("vi", [False, True])
@pytest.mark.parametrize(
    ("keys", "end"),
    [(CTRL_D, EOFError), (CTRL_C, KeyboardInterrupt), (f"x{CTRL_C}{CTRL_C}", KeyboardInterrupt)],
)
def test_keys_on_an_empty_line(session, keys, end, vi):
    with typing(session, keys, vi=vi) as prompt, pytest.raises(end):
        prompt()
