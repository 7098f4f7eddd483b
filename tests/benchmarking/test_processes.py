"""Whole processes: timed, watched, ended."""

import os
import signal
import sys
import textwrap
import time
from threading import Thread

import pytest

from lstm_sentiment_cli.benchmarking.processes import alternating, run
from lstm_sentiment_cli.errors import SentimentError

PYTHON = (sys.executable, "-c")


def test_seconds_are_those_of_the_whole_process():
    assert run([*PYTHON, "import time; time.sleep(0.3)"]).seconds > 0.3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_the_peak_is_that_of_the_process_and_not_of_who_started_it():
    ours = bytearray(300 << 20)
    ours[::4096] = b"x" * len(ours[::4096])

    small = run([*PYTHON, "import time; time.sleep(0.2)"]).peak_mb
    large = run([*PYTHON, "import time; a = b'x' * (100 << 20); del a; time.sleep(0.2)"]).peak_mb

    assert small < 60
    assert 100 < large < 160


def test_stdin_is_the_file_that_is_given(tmp_path):
    (tmp_path / "given").write_text("good")

    run([*PYTHON, "assert input() == 'good'"], tmp_path / "given")
    with pytest.raises(SentimentError, match="EOFError"):
        run([*PYTHON, "input()"])


def test_what_a_failure_said_last_is_told_on_one_line():
    script = "import sys; sys.exit('first\\nerror: no room')"

    with pytest.raises(SentimentError, match=r"^the measured process ended with 1: no room$"):
        run([*PYTHON, script])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for a process alone")
def test_an_interrupt_ends_the_process_too(tmp_path):
    script = textwrap.dedent(f"""
        import os, signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with open({str(tmp_path / "new")!r}, "w") as file:
            file.write(str(os.getpid()))
        os.rename({str(tmp_path / "new")!r}, {str(tmp_path / "pid")!r})
        time.sleep(60)
    """)

    def interrupt():
        while not (tmp_path / "pid").is_file():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    Thread(target=interrupt, daemon=True).start()

    with pytest.raises(KeyboardInterrupt):
        run([*PYTHON, script])

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_sides_take_turns_and_the_first_round_warms_up():
    calls = []

    def side(name):
        def call():
            calls.append(name)
            return len(calls)

        return call

    rounds = []
    found = alternating({"a": side("a"), "b": side("b")}, 2, rounds.append)

    assert calls == ["a", "b"] * 3
    assert found == {"a": [3, 5], "b": [4, 6]}
    assert rounds == [0, 1, 2]
