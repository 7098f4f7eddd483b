"""Lines come as they are written, whole, and with the news of what broke."""

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import threading
import zipfile
from contextlib import suppress
from functools import partial
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.sources import BrokenInputError, LineSource, open_source

LINES = [b"i love this", b"worst day ever", b"meh"]


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
        list(source)  # to the end: then the thread has left the descriptor alone


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
    assert list(source_of(*blocks)) == lines


@given(st.lists(st.binary(max_size=5)), st.integers(1, 4))
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

    assert [len(read) for read in source] == [100_000_000, 5]


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
        assert next(source) == b"a"
        sleep(0.02)  # the pipe is read while it is empty
        os.write(writing, b"b\n")
        os.close(writing)
        assert list(source) == [b"b"]


def test_standard_input_from_memory_is_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a\nb\n")))

    assert list(open_source("-")) == [b"a", b"b"]


def test_closed_standard_input_is_one_helpful_line(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(SentimentError, match="standard input is closed; name a file"):
        open_source("-")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_a_named_pipe_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"a\nb\n",))
    writer.start()

    assert list(open_source(str(tmp_path / "pipe"))) == [b"a", b"b"]
    writer.join()


@pytest.mark.parametrize("waits", [True, False])
def test_giving_up_ends_the_thread(waits):
    before = set(threading.enumerate())
    blocks = (b"line\n" for _ in range(1000))
    source = LineSource(blocks, "-", waits=waits)
    (thread,) = set(threading.enumerate()) - before
    next(source)

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


COMPRESSORS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": partial(lzma.compress, preset=0)}


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_containers_are_unpacked(tmp_path, ending):
    path = tmp_path / f"a.txt{ending}"
    # Several streams in a row are one file, as `cat a.gz b.gz` makes them.
    path.write_bytes(
        COMPRESSORS[ending](b"i love this\nworst ") + COMPRESSORS[ending](b"day ever\nmeh")
    )

    assert list(open_source(str(path))) == LINES


def test_the_only_file_of_a_zip_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        archive.writestr("folder/a.txt", b"\n".join(LINES))

    source = open_source(str(tmp_path / "a.zip"))

    assert list(source) == LINES
    assert source.name == "folder/a.txt"


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_complete_lines_before_a_break_come_first(tmp_path, ending):
    lines = [b"%d %d" % (number, number * 7919 % 10_007) for number in range(150_000)]
    path = tmp_path / f"cut.txt{ending}"
    packed = COMPRESSORS[ending](b"\n".join(lines))
    path.write_bytes(packed[: len(packed) * 3 // 4])
    source = open_source(str(path))

    read = []
    with pytest.raises(BrokenInputError, match=r"cut\.txt.* is broken: .*make or fetch"):
        read.extend(source)  # keeps what came before the error

    assert len(read) > 5_000
    assert read == lines[: len(read)]


def test_a_wrong_checksum_is_told_at_the_end(tmp_path):
    packed = bytearray(gzip.compress(b"\n".join(LINES)))
    packed[-8] ^= 1
    (tmp_path / "a.gz").write_bytes(packed)
    source = open_source(str(tmp_path / "a.gz"))

    assert source.take(10) == LINES[:2]
    with pytest.raises(BrokenInputError, match="CRC"):
        source.take(10)


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zip"])
def test_a_file_that_is_no_container_is_one_helpful_line(tmp_path, ending):
    (tmp_path / f"a.csv{ending}").write_bytes(b"text\nplain after all\n")

    with pytest.raises(SentimentError, match=rf"a\.csv{ending}.*make or fetch"):
        list(open_source(str(tmp_path / f"a.csv{ending}")))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "must hold exactly one file, it holds 0; unpack"),
        (["a.csv", "b.csv"], r"it holds 2: a\.csv, b\.csv; unpack it and name one of them"),
    ],
)
def test_a_zip_of_any_other_number_of_files_names_them(tmp_path, names, message):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "text")

    with pytest.raises(SentimentError, match=message):
        open_source(str(tmp_path / "a.zip"))


def test_a_zip_with_a_password_is_one_helpful_line(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "text")
    packed = bytearray((tmp_path / "a.zip").read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(header) + flags] |= 1  # says that it is encrypted
    (tmp_path / "a.zip").write_bytes(packed)

    with pytest.raises(SentimentError, match=r"cannot unpack .*a\.zip.*encrypted"):
        open_source(str(tmp_path / "a.zip"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tweets.cvs", r"no such file: .*tweets\.cvs \(did you mean 'tweets\.csv'\?\)"),
        ("something", "no such file: .*something; check the path"),
        ("nowhere/a.csv", r"no such file: .*a\.csv; check the path"),
        ("tweets.csv/a.csv", r"(cannot read|no such file).*a\.csv.*; check the path"),
        (".", "is a directory; name the files in it"),
    ],
)
def test_what_cannot_be_opened_is_one_helpful_line(tmp_path, name, message):
    (tmp_path / "tweets.csv").write_text("text\n")

    with pytest.raises(SentimentError, match=message):
        open_source(str(tmp_path / name))


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything may be read here"
)
def test_a_file_without_permission_is_one_helpful_line(tmp_path):
    (tmp_path / "a.csv").touch(mode=0o000)

    with pytest.raises(SentimentError, match="no permission to read"):
        open_source(str(tmp_path / "a.csv"))


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
