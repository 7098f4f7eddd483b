"""Several processes at the same files: they wait, are refused, and remove nothing of the living."""

import errno
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from lstm_sentiment_cli.atomic import AtomicFile, atomic_write, locked, remove_file
from lstm_sentiment_cli.errors import SentimentError
from tests.conftest import ROOT

BUSY = SentimentError("somebody else has it")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")


@contextmanager
def running(script, *arguments):
    """Run Python code until it prints a line; afterwards it is killed, unless it has ended."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


LOCK = """
import sys
from lstm_sentiment_cli.atomic import locked
with locked(sys.argv[1], ValueError()):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_refused_until_the_first_has_ended(tmp_path):
    path = tmp_path / "mine"
    with running(LOCK, path) as first:
        with pytest.raises(SentimentError) as refused, locked(path, BUSY, patience=0):
            pytest.fail("both had the lock")
        first.communicate()

    assert refused.value is BUSY
    with locked(path, BUSY, patience=0):
        assert [each.name for each in tmp_path.iterdir()] == [".mine.lock"]
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_killed_process_leaves_no_lock(tmp_path):
    with running(LOCK, tmp_path / "mine") as first:
        first.send_signal(signal.SIGKILL)
        first.wait()

    assert (tmp_path / ".mine.lock").exists()
    with locked(tmp_path / "mine", BUSY, patience=0):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def ctrl_c_at_the_first_unlink(tmp_path, monkeypatch):  # after pytest has cleaned up
    unlink, calls = Path.unlink, []

    def interrupted(path, **how):
        calls.append(path)
        if len(calls) == 1:
            raise KeyboardInterrupt
        unlink(path, **how)

    monkeypatch.setattr(Path, "unlink", interrupted)


@pytest.mark.usefixtures("ctrl_c_at_the_first_unlink")
def test_ctrl_c_at_the_end_leaves_no_lock(tmp_path):
    with pytest.raises(KeyboardInterrupt), locked(tmp_path / "out", BUSY):
        pass

    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path / "out", BUSY, patience=0):
        pass


@pytest.mark.usefixtures("ctrl_c_at_the_first_unlink")
def test_ctrl_c_at_a_discard_leaves_no_file(tmp_path):
    new = AtomicFile(tmp_path / "out", "")
    with pytest.raises(KeyboardInterrupt):
        new.discard()

    assert list(tmp_path.iterdir()) == []


def test_who_has_patience_waits(tmp_path):
    with running(LOCK, tmp_path / "mine") as first:
        ending = threading.Timer(0.1, first.stdin.close)
        ending.start()
        with locked(tmp_path / "mine", BUSY):
            assert ending.finished.is_set()


@posix
def test_a_link_and_what_it_points_to_have_one_lock(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "mine")

    with locked(tmp_path / "link", BUSY):  # noqa: SIM117
        with pytest.raises(SentimentError), locked(tmp_path / "mine", BUSY, patience=0):
            pytest.fail("both had the lock")


COUNT = """
import sys
from pathlib import Path
from lstm_sentiment_cli.atomic import atomic_write, locked
print("ready", flush=True)
sys.stdin.readline()
path = Path(sys.argv[1])
for _ in range(50):
    with locked(path, ValueError()):
        atomic_write(path, b"%d" % (int(path.read_bytes()) + 1), "")
"""


def test_no_two_have_it_at_once_though_its_name_is_removed(tmp_path):
    path = tmp_path / "count"
    path.write_bytes(b"0")

    with running(COUNT, path) as one, running(COUNT, path) as two, running(COUNT, path) as three:
        for process in (one, two, three):
            process.stdin.write("\n")
            process.stdin.flush()
        assert [process.wait() for process in (one, two, three)] == [0, 0, 0]

    assert path.read_bytes() == b"150"
    assert list(tmp_path.iterdir()) == [path]


@posix
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_there_are_no_locks_work_goes_on(tmp_path, monkeypatch, number):
    import fcntl

    def refuse(_descriptor, _operation):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    (tmp_path / ".out.17.tmp").write_bytes(b"of another process, which may be alive")
    (tmp_path / f".out.{os.getpid()}.tmp").write_bytes(b"of one that had this number before")

    with locked(tmp_path / "out", BUSY):
        atomic_write(tmp_path / "out", b"content", "")

    assert {each.name for each in tmp_path.iterdir()} == {"out", ".out.17.tmp"}


def test_where_no_lock_can_be_made_the_write_says_why(tmp_path):
    with pytest.raises(SentimentError, match="create its folder"):  # noqa: SIM117
        with locked(tmp_path / "nowhere" / "out", BUSY):
            atomic_write(tmp_path / "nowhere" / "out", b"", "or name another file")


WRITE = """
import sys
from lstm_sentiment_cli.atomic import AtomicFile
with AtomicFile(sys.argv[1], "") as new:
    new.write(b"first")
    new.file.flush()
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_two_writers_of_a_file_both_write_it_whole_and_the_last_one_stays(tmp_path):
    path = tmp_path / "out"
    with running(WRITE, path) as first:
        atomic_write(path, b"second", "")
        remove_file(path)
        atomic_write(path, b"third", "")
        assert path.read_bytes() == b"third"
        first.communicate()
        assert first.returncode == 0

    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


@posix
@pytest.mark.parametrize(
    "clear_up", [lambda path: atomic_write(path, b"", ""), remove_file], ids=["write", "remove"]
)
def test_what_a_killed_writer_left_is_removed(tmp_path, clear_up):
    path = tmp_path / "out"
    others = (".out.txt.17.tmp", ".out.a.tmp", "out.17.tmp", ".out.17.part")
    for name in others:
        (tmp_path / name).touch()
    with running(WRITE, path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert (tmp_path / f".out.{first.pid}.tmp").exists()

    clear_up(path)
    path.unlink(missing_ok=True)

    assert {each.name for each in tmp_path.iterdir()} == set(others)


@posix
def test_the_sibling_of_another_writer_with_this_number_is_not_taken_over(tmp_path):
    """Processes of two containers may have one number, and so one name for their siblings."""
    path = tmp_path / "out"
    with AtomicFile(path, "or name another file") as first:
        first.write(b"first")
        with pytest.raises(SentimentError, match="File exists; wait for the other program"):
            AtomicFile(path, "or name another file")

    assert path.read_bytes() == b"first"
