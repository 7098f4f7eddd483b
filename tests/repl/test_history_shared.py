"""Conversations at the same time, which keep their history in one file."""

import subprocess
import sys

import pytest

from lstm_sentiment_cli.repl.history import PrivateHistory

if sys.platform == "win32":
    pytest.skip("its files know no such locks", allow_module_level=True)

WRITER = """
import sys
from pathlib import Path
from lstm_sentiment_cli.repl.history import PrivateHistory
path, writer = Path(sys.argv[1]), sys.argv[2]
for number in range(40):
    history = PrivateHistory(path, most_entries=300)
    for line in range(3):
        history.append_string(f"{writer} {number} {line}")
    assert history.take_problem() is None
"""


def test_conversations_at_the_same_time_lose_nothing(tmp_path):
    """Each of two adds 120 entries and shortens the file forty times on the way."""
    path = tmp_path / "history"
    before = PrivateHistory(path)
    for number in range(300):
        before.append_string(f"old {number}")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in ("a", "b")
    ]

    assert [writer.wait(60) for writer in writers] == [0, 0]
    entries = list(PrivateHistory(path).load_history_strings())
    for name in ("a", "b"):
        expected = [f"{name} {number} {line}" for number in range(40) for line in range(3)]
        assert [entry for entry in entries[::-1] if entry.startswith(f"{name} ")] == expected
