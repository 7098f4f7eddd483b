"""What is typed and pasted while an entry is answered, in a real pseudo-terminal."""

import os
from contextlib import contextmanager, suppress

import pytest

from tests.terminal_emulator import (
    CTRL_A,
    CTRL_C,
    CTRL_D,
    CTRL_X_CTRL_E,
    ENTER,
    ESCAPE,
    LSTM_SENTIMENT,
    Emulator,
)

# How pyte notes that a program asked for marked pastes: ESC[?2004h.
MARKED = 2004 << 5
SHELL = 'stty -a > "$0/before"; "$@"; echo "code $?"; stty -a > "$0/after"'


def paste(terminal, text):
    """Paste as a terminal does: marked only if the program has asked for it."""
    if MARKED in terminal.screen.mode:
        terminal.paste(text)
    else:
        terminal.send(text)


@pytest.fixture
def busy(tmp_path):
    """Give what keeps a REPL at work for as long as the block lasts."""
    pipe = tmp_path / "slow.txt"
    os.mkfifo(pipe)

    @contextmanager
    def busy(terminal):
        terminal.wait_for_prompt()
        terminal.send(f"/file {pipe}{ENTER}")
        writer = opened(pipe, terminal)
        try:
            yield
        finally:
            terminal.settle(seconds=0.2)
            with suppress(BrokenPipeError):  # it was stopped
                os.write(writer, b"i love this\n" * 3)
            os.close(writer)

    return busy


def opened(pipe, terminal):
    """Open a pipe to write to, as soon as the program reads from it."""
    for _ in range(2_000):
        with suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        terminal.settle(seconds=0.01)
    raise AssertionError(f"nobody reads; the screen shows:\n{terminal.text}")


def table(terminal):
    """Return the texts of the last table."""
    lines = [line for line in terminal.lines if "%" in line]
    return [line[line.index("%") + 13 :] for line in lines[-3:]]


@pytest.mark.parametrize("end", ["\r", "\n"])
def test_the_lines_of_a_paste_while_something_runs_are_texts(shared, busy, tmp_path, end):
    command = f"/save {tmp_path}/saved.csv"
    terminal = shared(columns=160)
    with busy(terminal):
        paste(terminal, end.join(["so good", command, "bad day"]) + end)
    terminal.wait_for("bad day", times=2)
    terminal.wait_for_prompt()

    assert table(terminal) == ["so good", command, "bad day"]
    assert not (tmp_path / "saved.csv").exists()


@pytest.mark.parametrize("end", ["\r", "\n"])
def test_the_lines_of_a_paste_right_after_ctrl_c_are_texts(shared, end):
    terminal = shared()
    terminal.send(CTRL_C)
    terminal.wait_for("Ctrl-D or /quit leaves")
    paste(terminal, end.join(["so good", "/quit", "bad day"]))
    terminal.wait_for_answers(3)

    assert table(terminal) == ["so good", "/quit", "bad day"]


def test_pastes_are_marked_until_the_end_and_no_longer(repl, busy):
    with repl() as terminal:
        with busy(terminal):
            terminal.settle(seconds=0.2)
            assert MARKED in terminal.screen.mode
        terminal.leave()

        assert MARKED not in terminal.screen.mode


def test_what_is_typed_while_something_runs_waits_for_the_prompt(shared, busy):
    terminal = shared()
    with busy(terminal):
        terminal.send("worst dax\x7fy")
        terminal.settle(seconds=0.3)
        assert b"worst" not in terminal.raw
    terminal.wait_for(lambda _text: terminal.above[-1] == "> worst day")

    answer = terminal.ask_on(f" ever{ENTER}")
    assert answer[0] == "> worst day ever"
    assert "negative" in "\n".join(answer)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (f"so good{ENTER}bad{ENTER}", "\n> so good\n▸ positive"),
        (f"good{ESCAPE}{ENTER}day", "\n> good\n  day"),
        (f"ood{CTRL_A}g", "\n> good"),
    ],
)
def test_keys_typed_while_something_runs_do_what_they_do_at_the_prompt(shared, busy, keys, shown):
    terminal = shared()
    with busy(terminal):
        terminal.send(keys)
    terminal.wait_for(shown)
    if not keys.endswith(ENTER):
        terminal.clear()


def test_ctrl_d_while_something_runs_leaves_after_it(repl, busy):
    with repl() as terminal:
        with busy(terminal):
            terminal.send(CTRL_D)
        terminal.wait_for("100.0%")

        assert terminal.wait_for_exit() == 0


def test_ctrl_c_still_interrupts(shared, busy):
    terminal = shared()
    with busy(terminal):
        terminal.send(CTRL_C)
        terminal.wait_for_prompt()
    assert "positive" in "\n".join(terminal.ask(f"i love this{ENTER}"))


@pytest.mark.parametrize(
    ("keys", "code"), [("/quit\r", 0), (CTRL_D, 0), (None, 1)], ids=["quit", "ctrl-d", "error"]
)
def test_afterwards_the_terminal_is_as_it_was(tiny_model, tmp_path, keys, code):
    model = tiny_model
    if keys is None:  # found out when there is a prompt already
        model = tmp_path / "damaged"
        model.mkdir()
    program = [*LSTM_SENTIMENT, "repl", "--model", str(model)]
    homes = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with Emulator(["sh", "-c", SHELL, str(tmp_path), *program], environment=homes) as terminal:
        if keys:
            terminal.wait_for_prompt()
            terminal.send("i love this\r")
            terminal.wait_for("%", times=2)
            terminal.wait_for_prompt()
            terminal.send(keys)
        terminal.wait_for(f"code {code}")
        terminal.wait_for_exit()

        assert MARKED not in terminal.screen.mode
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()


def test_an_editor_gets_a_usual_terminal(shared, editor, tmp_path):
    editor.write_text(f'#!/bin/sh\nstty -a > "{tmp_path}/seen"\nread line\necho "$line" > "$1"\n')
    editor.chmod(0o700)
    terminal = shared()
    terminal.ask(f"i love this{ENTER}")
    terminal.send(CTRL_X_CTRL_E)
    terminal.wait_for(lambda _text: (tmp_path / "seen").exists())
    terminal.settle(seconds=0.2)
    assert MARKED not in terminal.screen.mode
    terminal.send("worst day\r")
    terminal.wait_for("\n> worst day")
    terminal.clear()

    seen = (tmp_path / "seen").read_text().split()
    assert {"echo", "icanon", "isig", "iexten", "icrnl"} <= {word.rstrip(";") for word in seen}


def test_after_a_shell_had_the_terminal_keys_are_kept_again(shared, busy):
    import termios

    terminal = shared()
    with busy(terminal):
        # What a shell does on Ctrl-Z: the terminal becomes a usual one, and stays so after fg.
        descriptor = terminal._child.child_fd
        settings = termios.tcgetattr(descriptor)
        settings[3] |= termios.ECHO | termios.ICANON
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    terminal.wait_for_prompt()
    with busy(terminal):
        terminal.send("worst")
        terminal.settle(seconds=0.3)
        assert b"worst" not in terminal.raw
    terminal.wait_for("\n> worst")
    terminal.clear()


def test_a_dumb_terminal_echoes(repl, busy):
    with repl(TERM="dumb") as terminal, busy(terminal):
        terminal.send("worst day")
        terminal.wait_for("worst day")
