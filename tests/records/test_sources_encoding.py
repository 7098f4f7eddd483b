"""Any encoding becomes lines of UTF-8; bytes of no character are replaced and counted."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.sources import LineSource, check_encoding, open_source, to_utf8

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
        ("hex", "unknown encoding 'hex'"),
        ("undefined", "common ones: utf-8"),
        ("a\0b", "common ones"),
        ("", "common ones"),
    ],
)
def test_an_unknown_encoding_is_one_helpful_line(name, hint):
    with pytest.raises(SentimentError, match=hint):
        check_encoding(name)
