"""Bytes of an input as UTF-8 with newlines; what is no text is refused by its first bytes."""

import codecs
import re
from collections.abc import Iterator
from encodings.aliases import aliases
from itertools import chain

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.records.formats import CONTAINERS

COMMON_ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")

_EXPORT = "export it as csv, tsv, jsonl or parquet"
_UNPACK = "unpack it first"
# What a file of another kind begins with, what that is, and the way on.
_FOREIGN = (
    (b"\x1f\x8b\x08", "gzip data", ".gz"),
    *((b"BZh%d1AY&SY" % level, "bz2 data", ".bz2") for level in range(1, 10)),
    (b"\xfd7zXZ\0", "xz data", ".xz"),
    (b"PK\x03\x04", "zip data", ".zip"),
    (b"\x28\xb5\x2f\xfd", "zstd data", _UNPACK),
    (b"\x04\x22\x4d\x18", "lz4 data", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "7z data", _UNPACK),
    (b"Rar!\x1a\x07", "rar data", _UNPACK),
    (b"PAR1\x15", "parquet", "name a file that ends in .parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", _EXPORT),
    (b"{\\rtf1", "rich text (RTF)", "save it as plain text"),
    (b"%PDF-", "a PDF", "save its texts as plain lines or csv"),
    (b"SQLite format 3\0", "an SQLite database", _EXPORT),
    (b"ARROW1\0\0", "Arrow data", _EXPORT),
    (b"Obj\x01", "Avro data", _EXPORT),
    (b"\x89HDF\r\n\x1a\n", "HDF5 data", _EXPORT),
    (b"\x93NUMPY", "a NumPy array", _EXPORT),
    *((b"\x80%c\x95" % version, "a pickle of Python", _EXPORT) for version in (4, 5)),
    (b"\x89PNG\r\n\x1a\n", "a picture", "name a file of texts"),
    (b"\xff\xd8\xff", "a picture", "name a file of texts"),
    (b"GIF87a", "a picture", "name a file of texts"),
    (b"GIF89a", "a picture", "name a file of texts"),
)
# Found near the beginning of the zip files that office programs write.
_OFFICE_NAMES = (b"[Content_Types].xml", b"docProps/", b"xl/", b"word/", b"mimetypeapplication/")
_LOOKED_AT = 1024
_FEWEST_BYTES = 64  # with fewer, shares say nothing
_MOST_CONTROLS = 0.1  # of the bytes of a text; a text with colours has a few
# All but tab, newline, form feed, carriage return and escape.
_CONTROLS = bytes({*range(32)} - {*b"\t\n\f\r\x1b"})


def checked(blocks: Iterator[bytes], path: str, encoding: str) -> Iterator[bytes]:
    """Yield the same blocks; SentimentError if they are no text, but a file of another program."""
    head = _head(blocks, tuple(start for start, _, _ in _FOREIGN))
    if other := _other_than_text(head, path, encoding):
        kind, way_on = other
        raise SentimentError(f"{path} holds {kind}, not text; {way_on}", "input")
    yield head
    yield from blocks


def _other_than_text(head: bytes, path: str, encoding: str) -> tuple[str, str] | None:
    """Return what a file is that begins like this, and the way on."""
    for start, kind, way_on in _FOREIGN:
        if head.startswith(start):
            if way_on == ".zip" and any(name in head for name in _OFFICE_NAMES):
                return "an Office document", _EXPORT
            if way_on not in CONTAINERS:
                return kind, way_on
            again = path.lower().endswith(CONTAINERS)  # what was unpacked is packed
            return kind, _UNPACK if again else f"name a file that ends in {way_on}, or {_UNPACK}"
    sample = head[:_LOOKED_AT]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls <= _MOST_CONTROLS * len(sample) or len(sample) < _FEWEST_BYTES:
        return None
    decoded = not _is_utf8(encoding) or _marked(head) or _unmarked(head)
    return None if decoded else ("binary data", _EXPORT)


def _head(blocks: Iterator[bytes], marks: tuple[bytes, ...]) -> bytes:
    """Return the first bytes: as many as decide whether they begin with one of the marks."""
    head = b""
    for block in blocks:
        head += block
        if not any(len(head) < len(mark) and mark.startswith(head) for mark in marks):
            break
    return head


_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UNDECODABLE = "lstm_sentiment_undecodable"


def check_encoding(name: str) -> None:
    """Raise SentimentError when no encoding of text has this name."""
    if not _is_of_text(name):
        names = (*aliases, *aliases.values())
        known = {alias.replace("_", "-") for alias in names if _is_of_text(alias)}
        raise SentimentError(
            f"unknown encoding '{name}'{suggestion(name.lower(), known)}; "
            f"common ones: {', '.join(COMMON_ENCODINGS)}",
            "encoding",
        )


def _is_of_text(name: str) -> bool:
    """Whether it turns bytes into characters, which rot13, base64 and others do not."""
    try:
        b"a".decode(name, "replace")
    except (LookupError, ValueError):
        return False
    return True


def to_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield blocks as UTF-8 without byte order mark.

    UTF-16 and UTF-32 are recognised by theirs, or by the zero bytes of Latin letters. Bytes that
    cannot be decoded become bytes that are not UTF-8, for LineSource to count.
    """
    if not _is_utf8(encoding):
        yield from _transcoded(blocks, encoding)
        return
    head = _head(blocks, (codecs.BOM_UTF8, *_BYTE_ORDER_MARKS))
    if name := _marked(head) or _unmarked(head):
        yield from _transcoded(chain([head], blocks), name)
        return
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}


def _marked(head: bytes) -> str | None:
    return next((name for mark, name in _BYTE_ORDER_MARKS.items() if head.startswith(mark)), None)


_FEWEST_CHARACTERS = 4


def _unmarked(head: bytes) -> str | None:
    r"""Return the encoding that zero bytes speak for: b"g\0o\0" → "utf-16-le"."""
    sample = head[:_LOOKED_AT]
    for name, zeros in (
        ("utf-32-le", (False, True, True, True)),
        ("utf-32-be", (True, True, True, False)),
        ("utf-16-le", (False, True)),
        ("utf-16-be", (True, False)),
    ):
        width = len(zeros)
        columns = [sample[place::width] for place in range(width)]
        shares = [column.count(0) / max(len(column), 1) for column in columns]
        if len(sample) >= _FEWEST_CHARACTERS * width and all(
            share > 0.5 if zero else share < 0.05 for share, zero in zip(shares, zeros, strict=True)
        ):
            return name
    return None


def _transcoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(_UNDECODABLE)
    begun = False
    for block in chain(blocks, [b""]):
        text = decoder.decode(block, final=not block)
        if text and not begun:
            begun = True
            text = text.removeprefix("\ufeff")
        yield text.encode("utf-8", _UNDECODABLE)


def _keep_undecodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace what cannot be decoded by what is not UTF-8: the lone byte FF."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    assert isinstance(error, UnicodeEncodeError)
    return b"\xff" * (error.end - error.start), error.end


codecs.register_error(_UNDECODABLE, _keep_undecodable)

# Bytes of no character, two that are one in UTF-8, and a row as in no Western language. FF, "ÿ",
# stands for bytes that another encoding could not decode.
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d\xff]|[\xc2-\xf4][\x80-\xbf]|[\x80-\xff]{3}")


def looks_like_cp1252(line: bytes) -> bool:
    """Return whether a line that is not UTF-8 is probably cp1252, what Windows writes in the West.

    Latin-1 has the same letters, and no quotation marks.
    """
    return not _NOT_CP1252.search(line)


_FIRST_LINE = 64 * 1024


def with_newlines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    r"""Yield UTF-8 whose lines end in \n: files of old Macs end them in \r alone.

    It is one if there is \r and no \n, up to the end or in as much as no first line is long.
    """
    head = b""
    for block in blocks:
        head += block
        if b"\n" in block or len(head) > _FIRST_LINE:
            break
    if b"\n" in head or b"\r" not in head:
        yield head
        yield from blocks
    else:
        for block in chain([head], blocks):
            yield block.replace(b"\r", b"\n")
