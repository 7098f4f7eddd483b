"""Models as a person at a terminal sees them."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.terminal_emulator import LSTM_SENTIMENT, Emulator


@pytest.fixture
def show(environment, golden_model):
    """Show a model in a terminal; return the screen's lines, and the bytes that drew them."""

    def show(*options, columns=80, keys="", **extra):
        command = [*LSTM_SENTIMENT, "models", "show", str(golden_model), *options]
        known = {"HOME": environment["HOME"], "PAGER": "cat"} | extra
        with Emulator(command, columns=columns, rows=60, environment=known) as terminal:
            if keys:
                terminal.wait_for("(END)")
                terminal.send(keys)
            assert terminal.wait_for_exit() == 0
            return terminal.lines, terminal.raw.decode()

    return show


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_model_is_shown_on_one_screen(show, columns):
    lines, _ = show(columns=columns)

    assert lines[0].startswith("A stacked LSTM for short")
    assert any(line.strip().startswith("measured on") for line in lines)
    assert any(line.startswith("Use it:  ") for line in lines)
    assert len(lines) < 30


def test_the_whole_card_is_rendered(show):
    lines, raw = show("--full", NO_COLOR="1")

    text = "\n".join(lines)
    assert " • It is not made for decisions about people." in text
    assert "##" not in text
    assert "`" not in text
    assert "\x1b" not in raw


def test_colours_are_sent_only_where_the_pager_shows_them(show):
    assert "\x1b[1m" in show("--full", PAGER="cat")[1]
    assert "\x1b" not in show("--full", PAGER="sed -n 1,9p")[1]


@pytest.mark.parametrize("encoding", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"TERM": "dumb"}])
def test_where_blocks_cannot_be_drawn_the_card_is_markdown(show, encoding):
    lines, raw = show("--full", PYTHONCOERCECLOCALE="0", **encoding)

    assert "## Limits" in lines
    assert raw.isascii()
