"""What was typed is forgotten when its user says so, whatever state the history is in."""

import errno
import os

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl.history import PrivateHistory
from tests.repl.test_history import kept, make_file_of_parent, make_folder, posix


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "history"


def test_where_nothing_is_kept_the_file_can_still_be_cleared(path):
    PrivateHistory(path).append_string("before")
    history = PrivateHistory(path, kept=False)
    history.append_string("good")
    history.clear()

    assert path.read_bytes() == b""
    assert history.get_strings() == []
    assert not history.kept


@posix
@pytest.mark.parametrize("make", [lambda path: None, make_file_of_parent])
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


def test_a_file_that_may_not_be_written_is_not_called_removable(path, monkeypatch):
    history = PrivateHistory(path)
    history.append_string("good")

    def refuse(*_arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # who runs tests as root is refused nothing
    with pytest.raises(SentimentError) as error:
        history.clear()
    assert str(error.value) == (
        f"cannot clear the history {path}: Permission denied; make it writable, then clear it again"
    )
    assert history.get_strings() == []
