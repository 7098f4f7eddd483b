"""From the bytes of a file to characters; bytes of no character become U+FFFD, and are counted."""

import codecs
from collections.abc import Iterator
from encodings.aliases import aliases
from itertools import chain

from lstm_sentiment_cli.errors import SentimentError, suggestion

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UNDECODABLE = "lstm_sentiment_undecodable"


class LineDecoder:
    """Decodes lines of UTF-8 and counts those that held bytes of no character."""

    def __init__(self) -> None:
        self.undecodable = 0
        self.fallback: str | None = None
        """Encoding of the lines that are not UTF-8, if it is known."""

    def decode(self, line: bytes) -> str:
        """Return the characters of one line."""
        try:
            return line.decode()
        except UnicodeDecodeError:
            if self.fallback:
                return line.decode(self.fallback)
            self.undecodable += 1
            return line.decode(errors="replace")

    def decode_all(self, lines: list[bytes]) -> list[str]:
        """Return the characters of each line."""
        try:
            return [line.decode() for line in lines]
        except UnicodeDecodeError:
            return [self.decode(line) for line in lines]


def check_encoding(name: str) -> None:
    """Raise SentimentError when no encoding of text has this name."""
    try:
        b"a".decode(name, "replace")
    except (LookupError, ValueError):
        known = {alias.replace("_", "-") for alias in (*aliases, *aliases.values())}
        raise SentimentError(
            f"unknown encoding '{name}'{suggestion(name.lower(), known)}; "
            "common ones: utf-8, latin-1, cp1252, utf-16"
        ) from None


def to_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield blocks as UTF-8 without byte order mark; UTF-16 and UTF-32 are known by theirs.

    Bytes of no character stay bytes that are not UTF-8, for LineDecoder to count by line.
    """
    if codecs.lookup(encoding).name not in {"utf-8", "utf-8-sig"}:
        yield from _transcoded(blocks, encoding)
        return
    head = _head(blocks)
    for mark, name in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            yield from _transcoded(chain([head], blocks), name)
            return
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _head(blocks: Iterator[bytes]) -> bytes:
    """Return the first bytes: as many as decide whether they begin with a byte order mark."""
    marks = (codecs.BOM_UTF8, *_BYTE_ORDER_MARKS)
    head = b""
    for block in blocks:
        head += block
        if not any(len(head) < len(mark) and mark.startswith(head) for mark in marks):
            break
    return head


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
    """Stand in for what is no character by what is not UTF-8: the lone byte FF."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    assert isinstance(error, UnicodeEncodeError)
    return b"\xff" * (error.end - error.start), error.end


codecs.register_error(_UNDECODABLE, _keep_undecodable)
