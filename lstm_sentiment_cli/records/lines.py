"""Reading plain lines, and jsonl: a JSON object in each line."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, repeat

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.record import Record, find_text_column
from lstm_sentiment_cli.records.sources import LineDecoder, LineSource

ParseLines = Callable[[list[str], int], list[Record]]
"""Returns the records of lines, given the number of the first; an empty line may have none."""


class LineReader:
    """Reads lines, whose meaning `parse` knows."""

    def __init__(
        self,
        source: LineSource,
        parse: ParseLines,
        columns: list[str],
        text_column: str,
        *,
        first_line: int = 1,
    ) -> None:
        self.columns = columns
        self.text_column = text_column
        self._source = source
        self._parse = parse
        self._line = first_line
        self._decoder = LineDecoder()

    @property
    def undecodable(self) -> int:
        """How many lines so far held bytes that are no character."""
        return self._decoder.undecodable

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size."""
        try:
            while lines := self._source.take(size):
                records = self._parse(self._decoder.decode_all(lines), self._line)
                self._line += len(lines)
                if records:
                    yield records
        finally:
            self.close()

    def close(self) -> None:
        """Stop reading."""
        self._source.close()


def open_lines(source: LineSource, path: str, text_column: str | None) -> LineReader:
    """Read each line as a text, whatever it holds."""
    if text_column is not None:
        raise SentimentError(
            f"{path} is read as plain lines, which have no column '{text_column}'; "
            "name its format with --input-format",
            ("text_column", "input_format"),
        )
    return LineReader(source, _parse, [], "text")


def _parse(lines: list[str], first_line: int) -> list[Record]:
    texts = [line.removesuffix("\r") for line in lines]
    rows = zip(texts, repeat(None), count(first_line), repeat(None), strict=False)
    # What Record(*row) does, without a call of Python's for each line: a third of the time.
    return list(map(tuple.__new__, repeat(Record), rows))


_LINES_LOOKED_AT = 1000
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def open_jsonl(source: LineSource, path: str, text_column: str | None) -> LineReader:
    """Read objects; the first that can be read has the columns."""
    looked_at: list[bytes] = []
    columns: list[str] = []
    while not columns and len(looked_at) < _LINES_LOOKED_AT and (lines := source.take(1)):
        looked_at += lines
        value, _ = _object(lines[0].decode(errors="replace"))
        columns = list(value or ())
    source.put_back(looked_at)
    text_column = find_text_column(columns, text_column, path)
    return LineReader(source, partial(_parse_objects, text_column), columns, text_column)


def text_problem(value: object, column: str) -> str:
    """Return why this value is not a text: 3 → "'text' holds a number, not a string"."""
    if value is None:
        return f"'{column}' is missing or null"
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return f"'{column}' holds {kinds.get(type(value), 'no text')}, not a string"


def _parse_objects(text_column: str, lines: list[str], first_line: int) -> list[Record]:
    return [
        _record(line, text_column, number)
        for number, line in enumerate(lines, first_line)
        if line and not line.isspace()
    ]


def _record(line: str, text_column: str, number: int) -> Record:
    value, problem = _object(line)
    if value is None:
        return Record(None, None, number, problem)
    text = value.get(text_column)
    if isinstance(text, str):
        return Record(text, value, number, None)
    return Record(None, value, number, text_problem(text, text_column))


def _object(line: str) -> tuple[dict[str, object] | None, str | None]:
    """Return the object in a line, or None and why there is none."""
    try:
        # NaN and the like are not JSON, but many programs write them for a missing number.
        value = json.loads(line, parse_constant=lambda _: None)
        if _SURROGATE_ESCAPE.search(line):
            value = _without_surrogates(value)
    except json.JSONDecodeError as error:
        return None, f"broken JSON: {error.msg} at character {error.pos + 1}"
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; [[[[[[…
        return None, f"JSON too large to read: {error}"
    return (value, None) if isinstance(value, dict) else (None, "not a JSON object")


def _without_surrogates(value: object) -> object:
    r"""Replace halves of characters, which no output could hold: "\ud83d" → "\ufffd"."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _without_surrogates(value[key]) for key in value}
    return value
