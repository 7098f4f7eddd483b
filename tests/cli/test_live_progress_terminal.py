"""What a person at a terminal sees when a training has ended."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from test_live_progress_result import RESULT

from tests.conftest import ROOT
from tests.terminal_emulator import Emulator

SCRIPT = "from test_live_progress_result import *; show_result(trained(), Terminal())"


def show(columns=80, **environment):
    """Return the screen's lines, and the bytes that drew them."""
    path = f"{ROOT}:{ROOT / 'tests' / 'cli'}"
    command = [sys.executable, "-c", SCRIPT]
    known = {"PYTHONPATH": path} | environment
    with Emulator(command, columns=columns, environment=known) as terminal:
        assert terminal.wait_for_exit() == 0
        return terminal.lines, terminal.raw


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_curves_and_the_confusion_matrix_are_drawn(columns):
    lines, _ = show(columns)

    assert lines[0].split() == ["training", "validation"]
    assert lines[1].startswith("loss     1.0000 █")
    assert lines[4].startswith("         0.2000 █")
    assert lines[4].count("▁") == (1 if columns == 40 else 3)
    assert lines[11].startswith("* best epoch, 2 of 5: validation")
    assert " negative 15 1,035" in [" ".join(["", *line.split()]) for line in lines]
    assert "".join(line.ljust(columns) for line in lines).rstrip().endswith(RESULT)


def test_where_blocks_cannot_be_drawn_there_are_signs():
    lines, raw = show(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")

    assert raw.isascii()
    assert lines[4].startswith("         0.2000 #")


def test_a_dumb_terminal_gets_lines():
    lines, raw = show(TERM="dumb")

    assert lines[0] == "true label positive: 45 as positive, 5 as negative"
    assert b"\x1b" not in raw


def test_without_colour_there_are_no_escape_codes():
    assert b"\x1b" not in show(NO_COLOR="1")[1]
