"""Output is there whole or not at all, and what stands in its way is said in one line."""

import io
import os
import sys
from pathlib import Path

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.writer import open_destination


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "out.tsv"
    destination = open_destination(str(path), force=False)
    destination.write(b"one ")
    destination.write(b"two")
    assert not path.exists()

    destination.commit()

    assert path.read_bytes() == b"one two"
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_file_that_exists_is_replaced_only_by_force(tmp_path):
    path = tmp_path / "out.tsv"
    path.write_bytes(b"old")

    with pytest.raises(SentimentError, match=r"out\.tsv exists already; replace it with --force"):
        open_destination(str(path), force=False)
    destination = open_destination(str(path), force=True)
    destination.write(b"new")
    assert path.read_bytes() == b"old"
    destination.commit()

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs /dev/null")
def test_a_device_is_written_to_and_stays():
    destination = open_destination("/dev/null", force=False)
    destination.write(b"nothing")
    destination.commit()

    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("stdout", [True, False])
def test_a_full_disk_is_one_helpful_line(monkeypatch, stdout):
    with Path("/dev/full").open("w") as full:  # closing it would fail if anything were left
        monkeypatch.setattr("sys.stdout", full)
        destination = open_destination("-" if stdout else "/dev/full", force=False)

        with pytest.raises(SentimentError, match=r"cannot write .*: No space left on device; make"):
            destination.write(b"data")
        destination.discard()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is a directory; name a file in it"),
        ("nowhere/out.tsv", "there is no folder .*nowhere; make it"),
        ("file/out.tsv", "there is no folder .*file; make it"),
        (f"{'x' * 300}.tsv", "File name too long; .*name another file"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_helpful_line(tmp_path, name, message):
    (tmp_path / "file").touch()

    with pytest.raises(SentimentError, match=message):
        open_destination(str(tmp_path / name), force=True)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything may be written here"
)
def test_a_folder_without_permission_is_one_helpful_line(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)

    with pytest.raises(SentimentError, match=r"cannot write .*: Permission denied"):
        open_destination(str(tmp_path / "locked" / "out.tsv"), force=False)


def test_a_reader_that_has_gone_is_no_error_of_ours(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(io.FileIO(writing, "w")) as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        destination = open_destination("-", force=False)

        with pytest.raises(BrokenPipeError):
            destination.write(b"data")


def test_standard_output_in_memory_is_written(monkeypatch):
    stdout = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr("sys.stdout", stdout)
    stdout.write("before ")
    destination = open_destination("-", force=False)

    destination.write(b"data")
    destination.commit()

    assert stdout.buffer.getvalue() == b"before data"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are never half full on Windows")
def test_a_full_non_blocking_pipe_is_waited_for(monkeypatch):
    from threading import Thread

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with (
        io.TextIOWrapper(io.BufferedWriter(io.FileIO(writing, "w"))) as stdout,
        io.BufferedReader(io.FileIO(reading)) as reader,
    ):
        monkeypatch.setattr("sys.stdout", stdout)
        received = []
        thread = Thread(target=lambda: received.append(reader.read(1_000_000)))
        destination = open_destination("-", force=False)
        os.write(writing, b"x" * 1000)
        thread.start()
        destination.write(b"y" * 999_000)
        thread.join()

    assert received == [b"x" * 1000 + b"y" * 999_000]
