import errno
import os
import stat
import subprocess
import sys

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl.history import PrivateHistory, history_path

posix = pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "history"


def kept(path):
    """Return what a new conversation would find, newest first."""
    history = PrivateHistory(path)
    assert history.take_problem() is None
    return list(history.load_history_strings())


def test_what_was_typed_is_there_in_the_next_conversation(path):
    entries = ["good day", "two\nlines", "é 👍 \ud800 \x1b[31m \\n", "/model other"]
    history = PrivateHistory(path)
    for entry in entries:
        history.append_string(entry)

    assert kept(path) == entries[::-1]


@pytest.mark.parametrize("entry", [" secret", "  ", " two\nlines", "x" * 10_001])
def test_lines_that_begin_with_a_space_and_books_are_not_kept(path, entry):
    history = PrivateHistory(path)
    history.append_string(entry)

    assert history.get_strings() == []
    assert kept(path) == []


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_the_file_is_private_whatever_the_umask_is(path, umask):
    path.parent.mkdir()
    before = os.umask(umask)
    try:
        PrivateHistory(path).append_string("good")
        PrivateHistory(path, most_entries=1).append_string("day")
        PrivateHistory(path, most_entries=1)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@posix
def test_a_file_that_others_could_read_becomes_private(path):
    path.parent.mkdir()
    path.write_text('"good"\n')
    path.chmod(0o644)

    assert kept(path) == ["good"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_oldest_entries_are_dropped(path):
    history = PrivateHistory(path)
    for number in range(2_005):
        history.append_string(f"entry {number}")

    assert kept(path)[0] == "entry 2004"
    assert kept(path)[-1] == "entry 5"
    assert len(path.read_bytes().splitlines()) == 2_000


def test_a_history_behind_a_link_stays_there(path, tmp_path):
    elsewhere = tmp_path / "dotfiles"
    elsewhere.write_bytes(b'"one"\n"two"\n')
    path.parent.mkdir()
    path.symlink_to(elsewhere)

    PrivateHistory(path, most_entries=1)

    assert path.is_symlink()
    assert elsewhere.read_bytes() == b'"two"\n'


def test_an_entry_cut_short_by_a_full_disk_is_dropped(path):
    path.parent.mkdir()
    path.write_bytes(b'"good"\n"ba')

    assert kept(path) == ["good"]
    PrivateHistory(path).append_string("day")
    assert kept(path) == ["day", "good"]


@pytest.mark.parametrize(
    "content",
    [b"not json\n", b"[1]\n", b'"good"\n\xff\xfe\n', b"\x00\x01\n", b"[" * 100_000 + b"\n"],
)
def test_a_damaged_file_is_told_once_and_left_alone(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    history = PrivateHistory(path)

    assert "is damaged: going on without it" in history.take_problem()
    assert history.take_problem() is None
    history.append_string("good")
    assert history.get_strings() == ["good"]
    assert path.read_bytes() == content


def make_folder(path):
    path.mkdir(parents=True)


def make_file_of_parent(path):
    path.parent.write_text("")


def make_loop(path):
    path.parent.mkdir()
    path.symlink_to(path)


def make_fifo(path):
    path.parent.mkdir()
    os.mkfifo(path)


@posix
@pytest.mark.parametrize("make", [make_folder, make_file_of_parent, make_loop, make_fifo])
def test_what_cannot_be_a_history_is_told_once(path, make):
    make(path)
    history = PrivateHistory(path)

    problem = history.take_problem()
    assert str(path) in problem
    assert "\n" not in problem
    history.append_string("good")
    assert history.get_strings() == ["good"]


@posix
def test_a_disk_that_is_full_is_told_and_typing_goes_on(path, full_disk):
    history = PrivateHistory(path)
    with full_disk():
        history.append_string("good")
        history.append_string("day")

    assert "cannot be written" in history.take_problem()
    assert history.take_problem() is None
    assert history.get_strings() == ["good", "day"]


@posix
def test_a_history_that_cannot_be_shortened_is_told_and_stays(path, full_disk):
    path.parent.mkdir()
    path.write_bytes(b'"good"\n"day"\n')
    with full_disk():
        history = PrivateHistory(path, most_entries=1)

    assert history.take_problem() == (
        f"cannot write {path}: File too large; free some space or pass --no-history"
    )
    assert path.read_bytes() == b'"good"\n"day"\n'
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_the_history_lies_in_the_folder_for_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert history_path() == tmp_path / "lstm-sentiment" / "history"


def test_from_when_it_is_stopped_the_file_is_left_alone(path):
    PrivateHistory(path).append_string("before")
    history = PrivateHistory(path)
    history.append_string("good")
    history.stop()
    history.append_string("secret")

    assert not history.kept
    assert kept(path) == ["good", "before"]
    assert history.get_strings() == ["secret"]
    assert list(history.load_history_strings()) == []


@pytest.mark.parametrize("stopped", [False, True], ids=["begun without", "stopped"])
def test_from_when_it_is_resumed_what_is_typed_is_kept(path, stopped):
    PrivateHistory(path).append_string("before")
    history = PrivateHistory(path, kept=stopped)
    history.stop()
    history.append_string("secret")
    history.resume()
    history.append_string("good")

    assert history.kept
    assert kept(path) == ["good", "before"]


def test_a_history_that_keeps_nothing_makes_and_reads_no_file(path):
    history = PrivateHistory(path, kept=False)
    history.append_string("good")

    assert history.get_strings() == ["good"]
    assert not path.parent.exists()


def test_where_nothing_is_kept_the_file_can_still_be_cleared(path):
    PrivateHistory(path).append_string("before")
    history = PrivateHistory(path, kept=False)
    history.append_string("good")
    history.clear()

    assert path.read_bytes() == b""
    assert history.get_strings() == []
    assert not history.kept


@posix
@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.parent.mkdir(), make_file_of_parent]
)
def test_where_there_is_no_file_nothing_need_be_cleared(path, make):
    make(path)
    history = PrivateHistory(path, kept=False)
    history.append_string("good")
    history.clear()

    assert history.get_strings() == []
    assert not path.is_file()


def test_what_is_cleared_is_gone_and_typing_goes_on(path):
    PrivateHistory(path).append_string("before")
    history = PrivateHistory(path)
    history.append_string("good")
    history.clear()

    assert path.read_bytes() == b""
    assert history.get_strings() == []
    history.append_string("day")
    assert kept(path) == ["day"]


def test_a_damaged_file_that_is_cleared_is_used_again(path):
    path.parent.mkdir()
    path.write_bytes(b"no json\n")
    history = PrivateHistory(path)
    history.clear()
    history.append_string("good")

    assert kept(path) == ["good"]


@posix
def test_what_cannot_be_cleared_is_one_line(path):
    make_folder(path)
    history = PrivateHistory(path)

    with pytest.raises(SentimentError) as error:
        history.clear()
    assert (
        str(error.value) == f"cannot clear the history {path}: Is a directory; remove it yourself"
    )


def test_a_file_that_may_not_be_written_is_not_called_removable(path, refuse_opening):
    history = PrivateHistory(path)
    history.append_string("good")
    refuse_opening(errno.EACCES)
    with pytest.raises(SentimentError) as error:
        history.clear()
    assert str(error.value) == (
        f"cannot clear the history {path}: Permission denied; make it writable, then clear it again"
    )
    assert history.get_strings() == []


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


@pytest.mark.skipif(sys.platform == "win32", reason="its files know no such locks")
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
