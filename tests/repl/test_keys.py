"""Keys at the prompt, through prompt_toolkit's own pipe."""

import re
import stat
import sys
import threading
from pathlib import Path

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl import keys
from lstm_sentiment_cli.repl import prompt as prompting
from lstm_sentiment_cli.repl.keys import edit, edited
from tests.conftest import NO_TEMPORARY_FILES

ENTER, ESCAPE, CTRL_C, CTRL_D, CTRL_R = "\r\x1b\x03\x04\x12"
ALT_ENTER, UP, DOWN = f"{ESCAPE}{ENTER}", "\x1b[A", "\x1b[B"
TAB, SHIFT_TAB = "\t", "\x1b[Z"


def paste(text):
    return f"\x1b[200~{text}\x1b[201~"


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
def test_keys_make_an_entry(typing, keys, entry):
    with typing(keys) as prompt:
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
def test_alt_enter_begins_another_line(typing, keys, entry, vi):
    with typing(keys, vi=vi) as prompt:
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
def test_what_was_typed_before_comes_back(typing, keys, entry, vi):
    with typing(keys, vi=vi) as prompt:
        assert prompt() == entry


@pytest.mark.parametrize("vi", [False, True])
@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"/qui{TAB}{ENTER}", "/quit"),
        (f"/quit{TAB}{ENTER}", "/quit"),
        (f"/file comp/my{TAB}{ENTER}", "/file comp/my file.csv"),
        (f"/file co{TAB}my{TAB}{ENTER}", "/file comp/my file.csv"),
        (f"/file comp/t{TAB}{ENTER}", "/file comp/tweets-"),
        (f"/file comp/t{TAB}b{TAB}{ENTER}", "/file comp/tweets-b.csv"),
        (f"/file comp/t{TAB}{TAB}{ENTER}", "/file comp/tweets-a.csv"),
        (f"/file comp/t{TAB}{TAB}{TAB}{ENTER}", "/file comp/tweets-b.csv"),
        (f"/file comp/t{TAB}{TAB}{TAB}{SHIFT_TAB}{ENTER}", "/file comp/tweets-a.csv"),
        (f"/file nope/x{TAB}{ENTER}", "/file nope/x"),
        (f"comp/my{TAB}{ENTER}", "comp/my"),
        (f"//qui{TAB}{ENTER}", "//qui"),
        (f"so /qui{TAB}{ENTER}", "so /qui"),
        (f"{TAB}good{ENTER}", "good"),
    ],
)
def test_tab_takes_what_there_is_before_the_next_key(typing, folder, keys, entry, vi):
    (folder / "comp").mkdir()
    for name in ("my file.csv", "tweets-a.csv", "tweets-b.csv"):
        (folder / "comp" / name).touch()

    with typing(keys, vi=vi) as prompt:
        assert prompt() == entry


def test_tab_does_not_wait_for_a_slow_disk(typing, monkeypatch):
    may_answer = threading.Event()
    monkeypatch.setattr(keys, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(prompting, "complete", lambda *_: may_answer.wait(20) and [])
    with typing(f"/file x{TAB}y{ENTER}") as prompt:
        threading.Timer(0.5, may_answer.set).start()

        assert prompt() == "/file xy"


def test_a_pasted_line_can_be_searched_for(typing):
    with typing(CTRL_R + paste("good eve\nx") + ENTER + ENTER) as prompt:
        assert prompt() == "good evening"


@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"good{ESCAPE}0isuch {ENTER}", "such good"),
        (f"good{ESCAPE}ddibad{ENTER}", "bad"),
        (f"good day{ESCAPE}bcwmorning{ENTER}", "good morning"),
        (f"good{ESCAPE}{ENTER}{ENTER}", "good\n"),
        (f"good{ESCAPE}x{CTRL_C}bad{ENTER}", "bad"),
    ],
)
def test_vi_edits_as_vi_does(typing, keys, entry):
    with typing(keys, vi=True) as prompt:
        assert prompt() == entry


@pytest.mark.parametrize("vi", [False, True])
@pytest.mark.parametrize(
    ("keys", "end"),
    [(CTRL_D, EOFError), (CTRL_C, KeyboardInterrupt), (f"x{CTRL_C}{CTRL_C}", KeyboardInterrupt)],
)
def test_keys_on_an_empty_line(typing, keys, end, vi):
    with typing(keys, vi=vi) as prompt, pytest.raises(end):
        prompt()


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Give what makes a shell script the user's editor, and the folder for temporary files."""
    if sys.platform == "win32":
        pytest.skip("editors are scripts of POSIX shells here")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("VISUAL", raising=False)

    def edits_with(script, variable="EDITOR"):
        program = tmp_path / "my editor"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setenv(variable, f"'{program}' --wait")
        return folder

    return edits_with


@pytest.mark.parametrize(
    ("script", "after"),
    [
        ('printf "%s" "more" >> "$2"', "good daymore"),
        ('printf "one\\r\\ntwo\\n" > "$2"', "one\ntwo"),
        ('printf "one\\n\\n" > "$2"', "one\n"),
        (': > "$2"', ""),
        ("true", "good day"),
    ],
)
def test_a_text_comes_back_as_the_editor_left_it(user, script, after):
    folder = user(script)

    assert edited("good day") == after
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["é 👍 \udcff", "two\nlines", "\x1b[31m"])
def test_no_character_is_lost_on_the_way(user, text):
    user("true")

    assert edited(text) == text


def test_half_a_character_is_replaced(user):
    user("true")

    assert edited("a\ud800b") == "a\ufffdb"


def test_nobody_else_can_read_it(user, tmp_path):
    user(f'ls -ld "$(dirname "$2")" > "{tmp_path}/listed"')
    edited("secret")

    assert (tmp_path / "listed").read_text().startswith("drwx------")


def test_no_room_for_temporary_files_is_one_line(user, capsys, no_temporary_files):
    user("true")

    with no_temporary_files():
        assert edit("good day") == "good day"
    assert re.fullmatch(f"error: {NO_TEMPORARY_FILES}\n", capsys.readouterr().err)


def test_visual_is_preferred(user, monkeypatch):
    user('printf "visual" > "$2"', "VISUAL")
    monkeypatch.setenv("EDITOR", "false")

    assert edited("") == "visual"


@pytest.mark.parametrize(
    ("variable", "problem"),
    [
        ("/no/such/editor -w", "cannot start the editor /no/such/editor (No such file"),
        ("/", "cannot start the editor / (Permission denied)"),
        ("'vim", "$EDITOR has a quote that is not closed: 'vim; set it again"),
        ("false", "editor false failed with exit code 1; the text is unchanged"),
        ("sh -c 'rm \"$1\"' --", "the editor removed the file (No such file"),
        ("\udcff", "cannot start the editor \udcff (No such file"),
    ],
)
def test_what_fails_is_one_line_and_the_text_stays(user, monkeypatch, capsys, variable, problem):
    folder = user("true")
    monkeypatch.setattr(keys.os, "environ", {"EDITOR": variable, "PATH": "/usr/bin:/bin"})

    with pytest.raises(SentimentError) as error:
        edited("good day")
    assert str(error.value).startswith(problem)
    assert edit("good day") == "good day"
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_without_any_editor_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(keys.os, "environ", {"PATH": ""})

    with pytest.raises(
        SentimentError, match="no editor found; choose one with: export EDITOR=NAME"
    ):
        edited("good day")


def test_a_usual_editor_is_found(tmp_path, monkeypatch):
    program = tmp_path / "nano"
    program.write_text("")
    program.chmod(stat.S_IRWXU)
    monkeypatch.setattr(keys.os, "environ", {"PATH": str(tmp_path)})

    assert [Path(part).name for part in keys.editor_command()] == ["nano"]
