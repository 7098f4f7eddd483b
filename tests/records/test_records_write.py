"""Output is kept or discarded as a whole, and leaves at once where it is waited for."""

import io
import os
import subprocess
import sys

import pytest
from record_samples import (
    GOOD,
    LABELS,
    PARQUET,
    probabilities,
    read_texts,
    write_window,
    writer,
)

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import BrokenInputError


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

    with pytest.raises(SentimentError, match=r"has a column 'p_negative' already.*--prefix model_"):
        writer(kind, tmp_path / "out", **options)

    assert list(tmp_path.iterdir()) == []
    with writer(kind, tmp_path / "out", prefix="m_", **options):
        pass


def test_a_name_that_is_taken_by_a_later_object_is_one_helpful_line(tmp_path):
    late = Record("good", {"text": "good", "predicted": "x"}, 2, None)

    with pytest.raises(SentimentError, match="has a column 'predicted' already"):
        write_window(tmp_path / "out", [GOOD, late], kind="jsonl")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", PARQUET])
def test_a_field_without_a_column_is_not_lost_in_silence(tmp_path, kind):
    late = Record("good", {"text": "good", "new": 1}, 7, None)

    with pytest.raises(SentimentError, match=r"line 7 has a field 'new'.*write --format jsonl"):
        write_window(tmp_path / "out", [late], kind=kind, columns=["text"])


def test_unknown_formats_are_one_helpful_line(tmp_path):
    with pytest.raises(SentimentError, match=r"unknown format 'jsno' \(did you mean 'jsonl'\?\)"):
        writer("jsno", tmp_path / "out")


def write_until(error, path, kind, **options):
    with writer(kind, path, **options) as opened:
        opened.write([GOOD], ["positive"], probabilities([0.7, 0.3]))
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
from lstm_sentiment_cli.records.record import Record, output_columns
from lstm_sentiment_cli.records.writer import OutputFile, open_writer
with open_writer(OutputFile(format=sys.argv[1]), output_columns(["a", "b"])) as writer:
    for text in sys.stdin:
        writer.write([Record(text, None, 1, None)], ["a"], np.ones((1, 2), np.float32))
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
            writer("parquet", "-")
    os.close(controller)
