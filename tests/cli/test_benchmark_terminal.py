"""benchmark as a person at a terminal sees it."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.cli.short_benchmark import SHORT_BENCHMARK
from tests.terminal_emulator import Emulator


@pytest.fixture
def start(environment, golden_model, tmp_path):
    """Start benchmark in a terminal, with a folder of its own for temporary files."""
    (tmp_path / "temporary").mkdir()
    known = {
        "LSTM_SENTIMENT_MODEL": str(golden_model),
        "HOME": environment["HOME"],
        "TMPDIR": str(tmp_path / "temporary"),
    }
    return lambda *arguments: Emulator([*SHORT_BENCHMARK, *arguments], environment=known)


def test_progress_is_drawn_and_then_gone(start):
    with start("--rows", "30", "--rounds", "1") as terminal:
        assert terminal.wait_for_exit(seconds=120) == 0

        raw = terminal.raw.decode()
        for step in ("writing tweets", "start", "latency", "throughput"):
            assert f"{step} " in raw
        assert terminal.lines[0].startswith("format-1, 30 tweets, 1 rounds; ")
        assert "peak memory, whole program" in terminal.text


def test_quiet_draws_none(start):
    with start("--rows", "30", "--rounds", "1", "--no-color", "--quiet") as terminal:
        assert terminal.wait_for_exit(seconds=120) == 0

        assert "\x1b" not in terminal.raw.decode()
        assert "latency " not in terminal.raw.decode()


def test_ctrl_c_ends_what_is_measured_too_and_leaves_nothing(start, tmp_path):
    with start("--rows", "30", "--rounds", "1000") as terminal:
        terminal.wait_for("2/1001", seconds=60)
        terminal.send("\x03")

        assert terminal.wait_for_exit() == 130
        assert "Traceback" not in terminal.raw.decode()
        assert "error" not in terminal.raw.decode()
        assert terminal.screen.cursor.hidden is False
    assert list((tmp_path / "temporary").iterdir()) == []
