"""Reading JSON: an object in each line, or an array of objects."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.reader import RecordReader, line_reader
from lstm_sentiment_cli.records.record import Record, find_text_column, map_values, reach
from lstm_sentiment_cli.records.sources import BrokenInputError, LineSource

_LINES_LOOKED_AT = 1000
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def open_json(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read an array of objects, or an object a line; SentimentError for any other JSON."""
    reader = open_jsonl(source, path, text_column)
    lines = [] if reader.columns else source.take(_LINES_LOOKED_AT)
    source.put_back(lines)
    if any(map(bytes.strip, lines)):
        reader.close()
        raise SentimentError(
            f"{path} is neither an array of JSON objects nor an object a line; "
            "write an object a line (jq -c does), or texts as plain lines",
            "input",
        )
    return reader


def open_jsonl(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read objects; the first that can be read has the columns."""
    looked_at: list[bytes] = []
    first: dict[str, object] = {}
    while not first and len(looked_at) < _LINES_LOOKED_AT and (lines := source.take(1)):
        looked_at += lines
        first = _object(lines[0].decode(errors="replace"))[0] or {}
    source.put_back(looked_at)
    columns = list(first)
    column = find_text_column(columns, text_column, path, first)
    parse = partial(_parse_objects, column, text_getter(column, chosen=text_column is None))
    return replace(line_reader(source, parse, columns, column), first=first)


TextOf = Callable[[Mapping[str, object]], object]


def text_getter(column: str, *, chosen: bool) -> TextOf:
    """Return what finds the text of a record; `chosen` says that nobody named the column."""
    if chosen and column in {"text", "full_text"}:
        return _whole_text
    return lambda fields: reach(fields, column)


def _whole_text(fields: Mapping[str, object]) -> object:
    """Return the text of a tweet as Twitter's API 1.1 has it: where it is cut, the whole one."""
    extended = fields.get("extended_tweet")
    text = extended.get("full_text") if isinstance(extended, dict) else None
    if text is None:
        text = fields.get("full_text")
    return fields.get("text") if text is None else text


def record_of(fields: Mapping[str, object], text: object, text_column: str, number: int) -> Record:
    """Return the record of these fields; if its text is no string it is unreadable."""
    if isinstance(text, str):
        return Record(text, fields, number, None)
    if text is None:
        problem = f"'{text_column}' is missing or null"
    else:
        kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
        kind = kinds.get(type(text), "another kind of value")
        problem = f"'{text_column}' holds {kind}, not a string"
    return Record(None, fields, number, problem)


def _parse_objects(
    text_column: str, text_of: TextOf, lines: list[str], first_line: int
) -> list[Record]:
    records = []
    for number, line in enumerate(lines, first_line):
        if line and not line.isspace():
            fields, problem = _object(line)
            records.append(
                Record(None, None, number, problem)
                if fields is None
                else record_of(fields, text_of(fields), text_column, number)
            )
    return records


def _object(line: str) -> tuple[dict[str, object] | None, str | None]:
    """Return the object in a line, or None and why there is none."""
    try:
        # NaN and the like are not JSON, but many programs write them for a missing number.
        value = json.loads(line, parse_constant=lambda _: None)
        if _SURROGATE_ESCAPE.search(line):
            value = map_values(value, _without_surrogates)
    except json.JSONDecodeError as error:
        return None, f"broken JSON: {error.msg} at character {error.pos + 1}"
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; [[[[[[…
        return None, f"JSON too large to read: {error}"
    return (value, None) if isinstance(value, dict) else (None, "not a JSON object")


def _without_surrogates(value: object) -> object:
    r"""Replace halves of characters, which no output could hold: "\ud83d" → "\ufffd"."""
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


_ARRAY_OR_NOT_YET = re.compile(rb"\s*(?:\[\s*)?")
_ARRAY = re.compile(rb"\s*\[\s*(?=\{|\]\s*$)")
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_TO_COMMA_OR_BRACKET = re.compile(rb'(?:[^"\[\]{},]++|%s)*+' % _STRING, re.DOTALL)
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|%s)*+' % _STRING, re.DOTALL)
_REST_OF_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)


def unfolded(blocks: Iterator[bytes], path: str) -> Iterator[bytes]:
    """Yield an array of objects as an object a line, in constant memory; anything else as it is.

    A record's line is then its number in the array.
    """
    head = b""
    for block in blocks:
        head += block
        if not _ARRAY_OR_NOT_YET.fullmatch(head):
            break
    begin = _ARRAY.match(head)
    blocks = chain([head], blocks)
    yield from _elements(blocks, begin.end(), path) if begin else blocks


def _elements(blocks: Iterator[bytes], begin: int, path: str) -> Iterator[bytes]:
    """Yield the elements of the array that begins there, each with a newline."""
    array, rest = _Array(), b""
    for number, block in enumerate(blocks):
        yield array.lines(block[begin:] if number == 0 else block)
        if array.ended_at is not None:
            rest = block[begin if number == 0 else 0 :][array.ended_at :]
            break
    if array.ended_at is None:
        problem = "its array does not end"
    elif any(map(bytes.strip, chain([rest], blocks))):
        problem = "it goes on behind its array"
    else:
        return
    raise BrokenInputError(
        f"{path} is broken: {problem}; the records before the damage are good; "
        "make or fetch the file again for the rest"
    )


class _Array:
    """An array on its way: what was passed so far."""

    def __init__(self) -> None:
        self.ended_at: int | None = None  # where its end is in the last block
        self._depth = 1
        self._in_string = False
        self._kept = b""  # a backslash at the end of the last block

    def lines(self, block: bytes) -> bytes:
        """Return the block up to the end of the array, commas between elements as newlines."""
        # Between strings a newline is a space, and inside of one it is no JSON.
        data, kept = self._kept + block.replace(b"\n", b" "), len(self._kept)
        self._kept = b""
        parts, place = list[bytes](), 0
        while place < len(data):
            start, place = place, self._next_sign(data, place)
            sign = data[place : place + 1]
            place += 1
            if sign == b"\\":
                self._kept = sign
                parts.append(data[start:-1])
            elif sign == b'"':
                self._in_string = not self._in_string
                parts.append(data[start:place])
            else:
                self._depth += (sign in (b"[", b"{")) - (sign in (b"]", b"}"))
                ends = not self._depth or sign == b","
                parts += (data[start : place - 1], b"\n") if ends else (data[start:place],)
            if not self._depth:
                self.ended_at = place - kept
                break
        return b"".join(parts)

    def _next_sign(self, data: bytes, place: int) -> int:
        if self._in_string:
            signs = _REST_OF_STRING
        else:
            signs = _TO_COMMA_OR_BRACKET if self._depth == 1 else _TO_BRACKET
        match = signs.match(data, place)
        assert match  # an empty one at least
        return match.end()
