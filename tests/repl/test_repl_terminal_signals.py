"""A conversation that a signal ends gives the terminal back as it was."""

import os
import shlex
import signal
import sys

import pytest

from tests.terminal_emulator import CTRL_X_CTRL_E, LSTM_SENTIMENT, Emulator

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

EDITOR = """#!/bin/sh
stty raw -echo
echo editing
exec sleep 60
"""


@pytest.fixture
def shell(tiny_model, tmp_path):
    """A shell at a terminal in which the REPL runs; when that has ended, it shows the settings."""
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    repl = shlex.join([*LSTM_SENTIMENT, "repl", "--no-history", "--model", str(tiny_model)])
    pid = shlex.quote(str(tmp_path / "pid"))
    inner = shlex.quote(f"echo $$ > {pid}; exec {repl}")
    script = f"sh -c {inner}; echo ended with $?; stty -a"
    homes = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with Emulator(
        ["sh", "-c", script], rows=40, environment=homes | {"VISUAL": str(editor)}
    ) as terminal:
        terminal.wait_for_prompt()
        yield terminal, int((tmp_path / "pid").read_text())


def assert_restored(terminal, code):
    assert terminal.wait_for_exit() == 0
    _, ended, settings = terminal.text.partition(f"ended with {code}")
    assert ended, terminal.text
    assert {"echo", "icanon", "icrnl", "isig", "opost"} <= set(settings.replace(";", "").split())
    assert "Traceback" not in terminal.text
    assert terminal.raw.rindex(b"\x1b[?2004l") > terminal.raw.rindex(b"\x1b[?2004h")
    assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
def test_in_the_middle_of_a_line(shell, number):
    terminal, pid = shell
    terminal.send("not so bad")
    terminal.wait_for("> not so bad")

    os.kill(pid, number)

    assert_restored(terminal, 128 + number)


def test_while_an_editor_has_the_terminal_the_editor_ends_too(shell):
    terminal, pid = shell
    terminal.send(f"not so bad{CTRL_X_CTRL_E}")
    terminal.wait_for("editing")

    os.kill(pid, signal.SIGTERM)

    assert_restored(terminal, 128 + signal.SIGTERM)
