"""Output is there whole or not at all, and what stands in its way is said in one line."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from record_samples import (
    GOOD,
    LABELS,
    PARQUET,
    probabilities,
    read_texts,
    write_nothing,
    write_window,
    writer,
)

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import BrokenInputError
from lstm_sentiment_cli.records.writer import OutputFile, open_destination, write_rows


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_a_disk_that_is_full_at_the_end_leaves_nothing(tmp_path):
    import resource
    import signal

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(SentimentError, match="cannot write"):
            write_window(tmp_path / "out", [GOOD], kind="csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "jsonl", PARQUET])
def test_a_name_that_is_taken_is_one_helpful_line(tmp_path, kind):
    options = {"labels": LABELS, "columns": ["text", "p_negative"]}

    with pytest.raises(SentimentError, match=r"has a column 'p_negative'.*--prefix model_"):
        write_nothing(kind, tmp_path / "out", **options)

    assert list(tmp_path.iterdir()) == []
    write_nothing(kind, tmp_path / "out", prefix="m_", **options)


def test_a_name_that_is_taken_by_a_later_object_is_one_helpful_line(tmp_path):
    late = Record("good", {"text": "good", "predicted": "x"}, 2, None)

    with pytest.raises(SentimentError, match="already has a column 'predicted'"):
        write_window(tmp_path / "out", [GOOD, late], kind="jsonl")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", PARQUET])
def test_a_field_without_a_column_is_not_lost_in_silence(tmp_path, kind):
    late = Record("good", {"text": "good", "new": 1}, 7, None)

    with pytest.raises(SentimentError, match=r"line 7 has a field 'new'.*write --format jsonl"):
        write_window(tmp_path / "out", [late], kind=kind, columns=["text"])


def test_unknown_formats_are_one_helpful_line(tmp_path):
    with pytest.raises(SentimentError, match=r"unknown format 'jsno' \(did you mean 'jsonl'\?\)"):
        write_nothing("jsno", tmp_path / "out")


def write_until(error, path, kind, **options):
    with writer(kind, path, **options) as put:
        put(Window([GOOD], ["positive"], probabilities([0.7, 0.3])))
        raise error


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", PARQUET])
def test_an_error_on_the_way_leaves_the_old_file(tmp_path, kind):
    (tmp_path / "out").write_text("old")

    with pytest.raises(KeyboardInterrupt):
        write_until(KeyboardInterrupt(), tmp_path / "out", kind, force=True)

    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "old"


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", PARQUET])
def test_what_came_before_a_break_of_the_input_is_kept(tmp_path, kind):
    path = tmp_path / f"out.{kind}"
    with pytest.raises(BrokenInputError):
        write_until(BrokenInputError("the input broke off"), path, kind, header=True)

    assert read_texts(path) == ["good"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


WRITE_TO_STDOUT = """
import numpy as np, sys
from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.record import Record, output_columns
from lstm_sentiment_cli.records.writer import OutputFile, open_writer
with open_writer(OutputFile(format=sys.argv[1]), output_columns(["a", "b"])) as put:
    for text in sys.stdin:
        put(Window([Record(text, None, 1, None)], ["a"], np.ones((1, 2), np.float32)))
"""


def start(kind, **options):
    return subprocess.Popen(
        [sys.executable, "-c", WRITE_TO_STDOUT, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # UTF-8 is written whatever the environment says.
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict", "LC_ALL": "C"},
        **options,
    )


def test_each_window_leaves_at_once():
    with start("tsv") as process:
        for word in ("caf\u00e9 \U0001f389", "next"):
            process.stdin.write(f"{word}\n".encode())
            process.stdin.flush()
            assert process.stdout.readline() == f"a\t1.0000\t1.0000\t{word}\\n\n".encode()
        process.stdin.close()
    assert process.returncode == 0


def test_parquet_goes_through_a_pipe(tmp_path):
    pyarrow = pytest.importorskip("pyarrow.parquet")
    with start("parquet") as process:
        written, _ = process.communicate(b"one\ntwo\n")
    (tmp_path / "out").write_bytes(written)

    assert pyarrow.read_table(tmp_path / "out")["text"].to_pylist() == ["one\n", "two\n"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_parquet_is_not_for_a_terminal(monkeypatch):
    import pty

    controller, terminal = pty.openpty()
    with io.TextIOWrapper(io.FileIO(terminal, "w")) as stdout:
        monkeypatch.setattr("sys.stdout", stdout)
        with pytest.raises(SentimentError, match="not for a terminal; name a file with --output"):
            write_nothing("parquet", "-")
    os.close(controller)


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

    with pytest.raises(SentimentError, match=r"out\.tsv already exists; replace it with --force"):
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


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_rows_that_were_written_are_read_again(tmp_path, kind):
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"a.{kind}"
    rows = [{"name": 'a "b", c', "texts": 3, "share": 0.25}, {"name": "d", "share": None}]

    write_rows(OutputFile(str(path), kind), ["name", "texts", "share"], rows)

    reader = open_records(InputFile(path, text_column="name"))
    (first, second) = [record.fields for window in reader.windows(10) for record in window]
    assert (first["name"], str(first["texts"]), str(first["share"])) == ('a "b", c', "3", "0.25")
    assert second["share"] in {"", None}


def test_rows_replace_no_file_that_is_there(tmp_path):
    (tmp_path / "a.csv").write_text("old")

    with pytest.raises(SentimentError, match="already exists; replace it with --force"):
        write_rows(OutputFile(str(tmp_path / "a.csv"), "csv"), ["name"], [{"name": "a"}])

    assert (tmp_path / "a.csv").read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("stdout", [True, False])
def test_a_full_disk_is_one_helpful_line(monkeypatch, stdout):
    with Path("/dev/full").open("w") as full:  # closing it would fail if anything were left
        monkeypatch.setattr("sys.stdout", full)
        destination = open_destination("-" if stdout else "/dev/full", force=False)

        with pytest.raises(SentimentError, match=r"cannot write .*: No space left on device; free"):
            destination.write(b"data")
        destination.discard()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is a folder; name a file in it"),
        ("nowhere/out.tsv", "there is no folder .*nowhere; create it"),
        ("file/out.tsv", "there is no folder .*file; create it"),
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
