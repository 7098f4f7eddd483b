"""TERM and HUP end the program as an error does: nothing is left behind, and nothing is said."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from lstm_sentiment_cli.atomic import AtomicFile
from lstm_sentiment_cli.cli import main as module
from lstm_sentiment_cli.cli.main import main

if sys.platform == "win32":
    pytest.skip("signals of POSIX", allow_module_level=True)

both = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])


@pytest.fixture
def start(environment, golden_model, tmp_path):
    """Start the program in a folder of its own."""

    @contextmanager
    def start(*arguments, **how):
        with subprocess.Popen(
            [sys.executable, "-m", "lstm_sentiment_cli", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment | {"LSTM_SENTIMENT_MODEL": str(golden_model)},
            **how,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    return start


def wait_until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def write_some(process, folder):
    """Give it texts, and wait until some of the answers are in the file in the making."""
    process.stdin.write(b"good day\n" * 3000)
    process.stdin.flush()
    wait_until(lambda: any(each.stat().st_size for each in folder.glob(".out.csv.*.tmp")))


def test_nothing_is_left_of_what_was_just_begun(call, tmp_path, golden_model, monkeypatch):
    begin = AtomicFile.__init__

    def interrupted(self, *arguments, **how):
        begin(self, *arguments, **how)
        assert [each.suffix for each in tmp_path.iterdir()] == [".tmp"]
        self.file.close()
        raise SystemExit(143)  # as the handler does, before anybody has the file

    monkeypatch.setattr(AtomicFile, "__init__", interrupted)
    ended = call("predict", "good day", "--model", golden_model, "-o", "out.csv")

    assert ended.code == 143
    assert list(tmp_path.iterdir()) == []


@both
def test_a_file_in_the_making_is_removed_while_the_program_waits_for_input(start, tmp_path, number):
    (tmp_path / "out.csv").write_bytes(b"old")
    with start("predict", "--output", "out.csv", "--force") as process:
        write_some(process, tmp_path)
        process.send_signal(number)
        process.wait(60)

        assert (process.returncode, process.stderr.read()) == (128 + number, b"")
    assert (tmp_path / "out.csv").read_bytes() == b"old"
    assert list(tmp_path.glob(".*")) == []


@both
def test_it_ends_while_nobody_reads_what_it_writes(start, tmp_path, number):
    (tmp_path / "in.txt").write_text("good day\n" * 100_000)
    with start("predict", "--input", "in.txt") as process:
        assert process.stdout.read(1)
        time.sleep(0.2)  # the pipe is full by then; if not, it ends just as well
        process.send_signal(number)
        process.wait(60)

        assert (process.returncode, process.stderr.read()) == (128 + number, b"")


def test_a_terminal_that_is_closed_sends_two_signals_and_takes_no_output(start, tmp_path):
    with start("predict", "--output", "out.csv") as process:
        write_some(process, tmp_path)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        process.wait(60)

        # The second may come when nothing is left to be done but to end.
        assert process.returncode in {128 + signal.SIGHUP, -signal.SIGHUP}
        assert process.stderr.read() == b""
    assert list(tmp_path.glob(".*")) == []


def test_what_the_parent_ignores_stays_ignored(start):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with start("predict", preexec_fn=ignore) as process:
        process.stdin.write(b"good\n")
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        out, err = process.communicate(b"bad\n", timeout=60)

        assert (process.returncode, out.count(b"\n"), err) == (0, 1, b"")


def test_a_signal_that_gets_lost_is_sent_again(monkeypatch):
    monkeypatch.setattr(module, "_SAME_SIGNAL_SECONDS", 0.01)
    monkeypatch.setattr(module, "_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(sys, "stdout", None)  # it would be dropped
    monkeypatch.setattr(sys, "stderr", None)

    def lose_it():
        with suppress(SystemExit):
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

    with pytest.raises(SystemExit) as ended, module._ended_by_signals():
        lose_it()

    assert ended.value.code == 128 + signal.SIGTERM


def test_a_program_that_calls_it_keeps_its_own_handlers(call):
    def own(_number, _frame):
        raise AssertionError

    before = signal.signal(signal.SIGTERM, own)
    try:
        call("--version")
        assert signal.getsignal(signal.SIGTERM) is own
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_it_can_be_called_in_another_thread(capfd):
    codes = []

    def version():
        with pytest.raises(SystemExit) as ended:
            main(["--version"])
        codes.append(ended.value.code)

    thread = threading.Thread(target=version)
    thread.start()
    thread.join()

    assert codes == [0]
    assert capfd.readouterr().out.startswith("lstm-sentiment ")


IGNORED = """
import os, signal, sys, time
from lstm_sentiment_cli.cli import main

class Finalized:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[1]))
        for _ in range(1000):
            pass

def app(_arguments):
    Finalized()
    time.sleep(30)

main.app = app
main.main([])
"""


@both
def test_a_signal_where_python_ignores_exceptions_ends_the_program_too(environment, number):
    ended = subprocess.run(
        [sys.executable, "-c", IGNORED, str(int(number))],
        capture_output=True,
        env=environment,
        timeout=20,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (128 + number, b"")
