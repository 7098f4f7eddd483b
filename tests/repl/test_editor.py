import stat
import sys
from pathlib import Path

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl import keys
from lstm_sentiment_cli.repl.keys import edit, edited

if sys.platform == "win32":
    pytest.skip("its editors are scripts of POSIX shells", allow_module_level=True)


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Give what makes a shell script the user's editor, and the folder for temporary files."""
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
