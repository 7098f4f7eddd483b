import os
import stat
import sys

import pytest

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
def test_a_disk_that_is_full_is_told_and_typing_goes_on(path):
    import resource

    history = PrivateHistory(path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        history.append_string("good")
        history.append_string("day")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert "cannot be written" in history.take_problem()
    assert history.take_problem() is None
    assert history.get_strings() == ["good", "day"]


def test_without_a_path_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    history = PrivateHistory(None)
    history.append_string("good")

    assert history.get_strings() == ["good"]
    assert list(tmp_path.iterdir()) == []


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
