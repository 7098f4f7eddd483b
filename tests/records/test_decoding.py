"""Any encoding becomes lines of UTF-8; bytes of no character are replaced and counted.

Files of other programs are refused by what they begin with.
"""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.decoding import (
    check_encoding,
    checked,
    to_utf8,
    with_newlines,
)
from lstm_sentiment_cli.records.sources import LineSource, open_source

TEXT = "caf\u00e9 \U0001f389\u2028\nline \u010a two\n"  # U+010A holds the byte 0A in UTF-16


def utf8(data, encoding="utf-8", *, block_bytes=1):
    blocks = [data[start : start + block_bytes] for start in range(0, len(data), block_bytes)]
    return b"".join(to_utf8(iter(blocks), encoding))


def no_lines():
    """Return a source for what it does with lines that are given to it."""
    return LineSource(iter(()), "-", waits=False)


@pytest.mark.parametrize("block_bytes", [1, 3, 1000])
@pytest.mark.parametrize(
    ("mark", "written"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_byte_order_marks_tell_the_encoding_and_go(mark, written, block_bytes):
    assert utf8(mark + TEXT.encode(written), block_bytes=block_bytes) == TEXT.encode()


@pytest.mark.parametrize("named", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["good", TEXT * 30, "\u201cso good\u201d \U0001f389\n"])
def test_utf16_and_utf32_need_no_mark(named, text):
    assert utf8(text.encode(named), block_bytes=1000) == text.encode()


@pytest.mark.parametrize(
    "data", [b"a\0", b"a\0bc\0de\0fg\0", b"\0" * 40, b"id\0text\0good\0bad\n", b"\0\0\0a\0\0\0b"]
)
def test_a_few_zero_bytes_are_no_encoding(data):
    assert utf8(data, block_bytes=1000) == data


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("data", "ended"),
    [
        (b"text\rgood\rbad\r", b"text\ngood\nbad\n"),
        (b"one\rtwo", b"one\ntwo"),
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\rb\nc", b"a\rb\nc"),
        (b"a\nb\rc\r", b"a\nb\rc\r"),
        (b"one line", b"one line"),
        (b"", b""),
        (b"x" * 70_000 + b"\r\n", b"x" * 70_000 + b"\r\n"),
    ],
)
def test_carriage_returns_end_lines_where_nothing_else_does(data, ended, size):
    blocks = [data[start : start + size] for start in range(0, len(data), size)]

    assert b"".join(with_newlines(iter(blocks))) == ended


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            b"\x1f\x8b\x08\0",
            r"gzip data, not text; name a file that ends in \.gz, or unpack it first",
        ),
        (b"BZh91AY&SYxx", r"bz2 data, not text; name a file that ends in \.bz2"),
        (b"\xfd7zXZ\0\0", r"xz data, not text; name a file that ends in \.xz"),
        (b"PK\x03\x04\x14\0\0\0 a.csv", r"zip data, not text; name a file that ends in \.zip"),
        (b"PK\x03\x04\x14\0\0\0 xl/workbook.xml", "an Office document, not text; export it as csv"),
        (b"PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis", "an Office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
        (b"\x28\xb5\x2f\xfd", "zstd data, not text; unpack it first"),
        (b"PAR1\x15\x04", r"parquet, not text; name a file that ends in \.parquet"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"SQLite format 3\0", "an SQLite database, not text; export it as csv"),
        (b"ARROW1\0\0", "Arrow data"),
        (b"\x80\x04\x95\0", "a pickle of Python"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\0" * 100, "binary data, not text; export it as csv"),
        (bytes(range(256)), "binary data"),
    ],
)
def test_files_of_other_programs_are_one_helpful_line(write, start, message):
    with pytest.raises(SentimentError, match=f"a.txt holds {message}"):
        open_source(write("a.txt", start)).take(1)
    with pytest.raises(SentimentError, match=f"a.txt holds {message}"):  # a byte at a time
        list(checked(iter([start[:-1], start[-1:]]), "a.txt", "utf-8"))


@pytest.mark.parametrize(
    "data",
    [
        b"PKs are bad\nso what\n",
        b"ORCs and PAR1 and BZh and %PD\n",
        b"\x1b[1;31mgood\x1b[0m \x07\n" * 20,
        TEXT.encode("utf-16") * 20,
        TEXT.encode("utf-32-be") * 20,
        "\u201c\u00e9\u201d".encode("cp1252") * 50,
        b"id,text\n8,so \0 bad\n",
        b"\0\x01",
    ],
)
def test_texts_are_no_files_of_other_programs(data):
    assert b"".join(checked(iter([data]), "a.txt", "utf-8")) == data


def test_an_encoding_that_was_named_may_have_any_bytes():
    data = "a good day ".encode("utf-16-le") * 10

    assert b"".join(checked(iter([data]), "a.txt", "utf-16-le")) == data


@pytest.mark.parametrize(
    ("named", "data"),
    [
        ("latin-1", b"caf\xe9"),
        ("cp1252", b"caf\xe9"),
        ("UTF8", "caf\u00e9".encode()),
        ("utf-8-sig", "\ufeffcaf\u00e9".encode()),
        ("utf-16", "caf\u00e9".encode("utf-16")),
        ("utf-16-le", "\ufeffcaf\u00e9".encode("utf-16-le")),
    ],
)
def test_a_named_encoding_is_read(named, data):
    assert utf8(data, named) == "caf\u00e9".encode()


@given(st.text(), st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.integers(1, 7))
@settings(deadline=None)  # the machine may be busy
def test_any_text_survives(text, encoding, block_bytes):
    text = text.removeprefix("\ufeff")
    # A mark says which it is, unless the encoding is named.
    assert utf8(text.encode(encoding), encoding, block_bytes=block_bytes) == text.encode()


@given(st.binary(), st.sampled_from(["utf-8", "utf-16-be", "utf-32-le", "ascii", "utf-7", "cp932"]))
@settings(deadline=None)  # the machine may be busy
def test_any_bytes_become_text(data, encoding):
    source = no_lines()

    texts = source.decode_all(utf8(data, encoding).split(b"\n"))

    "\n".join(texts).encode()  # raises if there are surrogates
    assert source.undecodable <= len(texts)


def test_lines_with_bytes_of_no_character_are_counted():
    source = no_lines()
    lines = [b"good", b"b\xe4d \xff\xfe", "\u00e9".encode(), b"\xed\xa0\x80"]

    assert source.decode_all(lines)[:3] == ["good", "b\ufffdd \ufffd\ufffd", "\u00e9"]
    assert source.undecodable == 2


def test_lines_of_no_character_are_counted_in_other_encodings_too(tmp_path):
    cut = "fine\nlone ".encode("utf-16") + b"\x00\xd8" + "\nfine".encode("utf-16-le") + b"x"
    (tmp_path / "a.txt").write_bytes(cut)
    source = open_source(str(tmp_path / "a.txt"))

    texts = source.decode_all(source.take(10))

    assert texts == ["fine", "lone \ufffd", "fine\ufffd"]
    assert source.undecodable == 2


def test_utf16_without_the_mark_it_needs_is_one_helpful_line(tmp_path):
    (tmp_path / "a.txt").write_bytes("good".encode("utf-16-be"))

    with pytest.raises(SentimentError, match=r"a\.txt: UTF-16 .*; name another encoding"):
        open_source(str(tmp_path / "a.txt"), "utf-16").take(1)


def test_lines_that_are_not_utf8_are_of_the_fallback():
    source = no_lines()
    source.fallback = "latin-1"

    assert source.decode_all(["\u00e9".encode(), b"\xe9"]) == ["\u00e9", "\u00e9"]
    assert source.undecodable == 0


@pytest.mark.parametrize("name", ["utf-8", "UTF_16", "latin1", "cp1252"])
def test_names_of_encodings(name):
    check_encoding(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("latin-11", "did you mean 'latin-?1'"),
        ("hex", r"unknown encoding 'hex'; common"),
        ("rot13", r"unknown encoding 'rot13'; common"),
        ("base64", r"unknown encoding 'base64'; common"),
        ("undefined", "unknown encoding 'undefined'; common ones: utf-8"),
        ("a\0b", "common ones"),
        ("", "common ones"),
    ],
)
def test_an_unknown_encoding_is_one_helpful_line(name, hint):
    with pytest.raises(SentimentError, match=hint):
        check_encoding(name)
