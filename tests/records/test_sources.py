"""Lines come as they are written, whole, and at once."""

import io
import os
import subprocess
import sys
import threading
from contextlib import suppress
from itertools import repeat
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_samples import lines_of

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.sources import TOO_LONG, BrokenInputError, LineSource, open_source


def source_of(*blocks):
    return LineSource(iter(blocks), "-", waits=False)


@pytest.fixture
def piped(monkeypatch):
    """Return standard input as a source, and the descriptor to write to it."""
    reading, writing = os.pipe()
    with io.TextIOWrapper(io.BufferedReader(io.FileIO(reading))) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        source = open_source("-")
        yield source, writing
        with suppress(OSError):  # a test that closed it itself
            os.close(writing)
        list(lines_of(source))  # to the end: then the thread has left the descriptor alone


@pytest.mark.parametrize(
    ("blocks", "lines"),
    [
        ([], []),
        ([b""], []),
        ([b"\n"], [b""]),
        ([b"a\nb\n"], [b"a", b"b"]),
        ([b"a\nb"], [b"a", b"b"]),
        ([b"a\r\nb\rc\n"], [b"a\r", b"b\rc"]),
        ([b"sp", b"li", b"t\nl", b"ine"], [b"split", b"line"]),
        (["a\u2028b\u0085c\x00d\n".encode()], ["a\u2028b\u0085c\x00d".encode()]),
    ],
)
def test_only_newlines_end_lines(blocks, lines):
    assert list(lines_of(source_of(*blocks))) == lines


@given(st.lists(st.binary(max_size=5)), st.integers(1, 4))
@settings(deadline=None)  # the machine may be busy
def test_lines_do_not_depend_on_where_blocks_end(blocks, size):
    whole = b"".join(blocks)
    expected = whole.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    source = source_of(*blocks)

    taken = []
    while window := source.take(size):
        assert len(window) <= size
        taken += window

    assert taken == expected


def test_a_file_gives_full_windows(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"line\n" * 200_000)  # several blocks

    source = open_source(str(tmp_path / "a.txt"))

    assert [len(source.take(90_000)) for _ in range(4)] == [90_000, 90_000, 20_000, 0]


def test_a_line_of_100_megabytes_is_one_line(tmp_path):
    line = b"0123456789" * 10_000_000
    (tmp_path / "long.txt").write_bytes(line + b"\nshort\n")

    source = open_source(str(tmp_path / "long.txt"))

    assert [len(read) for read in lines_of(source)] == [100_000_000, 5]


def test_a_line_that_is_too_long_is_not_kept():
    blocks = [b"\0" * 2**20] * 129

    for end in (b"", b"\nshort", b"ened\nshort"):
        long, *rest = lines_of(source_of(b"first\n", *blocks, end))
        assert long == b"first"
        assert rest[0] is TOO_LONG
        assert rest[1:] == ([b"short"] if end else [])


def test_what_has_no_lines_is_given_up():
    source = source_of(b"first\n", *repeat(b"\0" * 2**20, 2000))

    assert source.take(1) == [b"first"]
    with pytest.raises(BrokenInputError, match="standard input goes on without a line break for"):
        source.take(1)


def test_few_long_lines_are_given_at_a_time():
    source = source_of(*repeat(b"x" * (2**20 - 1) + b"\n", 100))

    taken = []
    while lines := source.take(100):
        taken.append(len(lines))

    assert sum(taken) == 100
    assert max(taken) < 35


def test_a_slow_pipe_gives_each_line_as_it_comes(piped):
    source, writing = piped
    os.write(writing, b"first\nhalf a ")
    assert source.take(10) == [b"first"]
    assert source.idle

    os.write(writing, b"line\n")
    assert source.take(10) == [b"half a line"]

    os.close(writing)
    assert source.take(10) == []
    assert not source.idle


def test_what_has_come_through_a_pipe_is_not_waited_for(piped):
    source, writing = piped
    os.write(writing, b"a\nb\nc\n")
    assert source.take(1) == [b"a"]
    assert not source.idle
    assert source.take(10) == [b"b", b"c"]
    assert source.idle


def test_an_empty_non_blocking_pipe_is_not_taken_for_the_end(monkeypatch):
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with io.TextIOWrapper(io.BufferedReader(io.FileIO(reading))) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        source = open_source("-")
        os.write(writing, b"a\n")
        assert source.take(1) == [b"a"]
        sleep(0.02)  # the pipe is read while it is empty
        os.write(writing, b"b\n")
        os.close(writing)
        assert list(lines_of(source)) == [b"b"]


def test_standard_input_from_memory_is_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a\nb\n")))

    assert list(lines_of(open_source("-"))) == [b"a", b"b"]


def test_closed_standard_input_is_one_helpful_line(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(SentimentError, match="standard input is closed; name a file"):
        open_source("-")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_a_named_pipe_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"a\nb\n",))
    writer.start()

    assert list(lines_of(open_source(str(tmp_path / "pipe")))) == [b"a", b"b"]
    writer.join()


@pytest.mark.parametrize("waits", [True, False])
def test_giving_up_ends_the_thread(waits):
    before = set(threading.enumerate())
    blocks = (b"line\n" for _ in range(1000))
    source = LineSource(blocks, "-", waits=waits)
    (thread,) = set(threading.enumerate()) - before
    source.take(1)

    source.close()

    thread.join(timeout=10)
    assert not thread.is_alive()


def test_an_error_of_ours_in_the_thread_comes_out_as_it_is():
    def blocks():
        yield b"whole\nhal"
        raise KeyError("a bug")

    source = LineSource(blocks(), "-", waits=False)

    assert source.take(10) == [b"whole"]
    with pytest.raises(KeyError):
        source.take(10)


def test_a_program_ends_though_its_thread_still_waits_for_a_pipe():
    code = "from lstm_sentiment_cli.records.sources import open_source; open_source('-').close()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.wait(timeout=30) == 0  # standard input is open all the while
            assert process.stderr.read() == b""
        finally:
            process.kill()
