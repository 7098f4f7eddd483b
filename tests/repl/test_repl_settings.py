"""Settings of a conversation: from flags, environment and files of the real program."""

import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from lstm_sentiment_cli.cli.settings import FILE_NAME
from tests.repl.conversation import ENTER


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_conversation_begins_as_its_settings_say(repl, folder, tiny_model):
    user = folder / "lstm-sentiment" / FILE_NAME
    user.parent.mkdir()
    user.write_text("[repl]\nvi = true\nthreshold = 0.9\n")
    Path(FILE_NAME).write_text("[repl]\nthreshold = 0.7\nexplain = true\n")

    options = ["--uncertain", "0.4,0.6", "--compare", str(tiny_model), "--no-history"]
    with repl(*options, columns=200) as terminal:
        rows = [line.split() for line in terminal.ask(f"/set{ENTER}")]

        assert ["model", str(tiny_model), "--model"] in rows
        assert ["compare", str(tiny_model), "--compare"] in rows
        assert ["threshold", "0.7", FILE_NAME] in rows
        assert ["uncertain", "0.4,0.6", "--uncertain"] in rows
        assert ["explain", "on", FILE_NAME] in rows
        assert ["history", "off", "--no-history"] in rows
        assert ["vi", "on", str(user)] in rows
        assert ["corrections", "corrections.csv", "default"] in rows


def test_what_is_typed_is_typed_here(repl):
    with repl(columns=100) as terminal:
        terminal.ask(f"/threshold 0.6{ENTER}")
        rows = [line.split() for line in terminal.ask(f"/set{ENTER}")]

        assert ["threshold", "0.6", "typed", "here"] in rows
        terminal.leave()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--threshold", "2"], "error: threshold must be between 0 and 1, got 2"),
        (["--uncertain", "x"], "error: --uncertain wants LOW,HIGH, as 0.4,0.6; got 'x'"),
        (
            ["--corrections", "a.txt"],
            "error: corrections are saved as csv, but a.txt is not one; name",
        ),
        (["--compare", "nope"], "error: no model 'nope'"),
    ],
)
def test_what_is_wrong_at_the_start_is_one_line(repl, options, said):
    with repl(*options, columns=200) as terminal:
        assert terminal.wait_for_exit() == 1
        assert said in terminal.text
