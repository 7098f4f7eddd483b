"""Any input as records, in a format that is named or that the ending tells.

Plain lines and jsonl, a JSON object in each line, are read here.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, repeat
from os import PathLike, fspath

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.formats import (
    FORMATS,
    INPUT_FORMATS,
    Format,
    check_format,
    format_of,
)
from lstm_sentiment_cli.records.record import Record, find_text_column, map_values
from lstm_sentiment_cli.records.sources import (
    TOO_LONG,
    TOO_LONG_PROBLEM,
    LineSource,
    open_source,
    shown,
)


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input, and how it is to be read."""

    path: str | PathLike[str]  # "-" for standard input
    format: str | None = None  # None: the ending tells
    text_column: str | None = None  # None: the column with a usual name
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads the records of one input, in order and in constant memory."""

    columns: list[str]  # [] for plain lines
    text_column: str  # "text" for plain lines
    read: Callable[[int], Iterator[list[Record]]]  # yields windows of at most that many records
    close: Callable[[], None] = lambda: None  # stops reading
    undecodable: Callable[[], int] = lambda: 0  # lines so far with bytes that cannot be decoded
    header: Sequence[str] = ()  # the columns as the input names them, some perhaps alike

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size.

        The input is closed when they end or are given up.
        """
        try:
            yield from self.read(size)
        finally:
            self.close()


def open_records(file: InputFile) -> RecordReader:
    """Open an input.

    "a.csv.gz" is csv; standard input and unknown endings are plain lines.
    """
    path = fspath(file.path)
    reader: RecordReader
    if (format_ := _format(file, path)).binary:
        reader = format_.load("reader")(path, file.text_column)
        return reader
    source = open_source(path, file.encoding)
    try:
        # Again, because a packed file's own name may tell another format: "a.zip" holds "b.csv".
        open_reader = _format(file, source.name).load("reader")
        reader = open_reader(source, shown(path), file.text_column)
    except BaseException:
        source.close()
        raise
    return reader


def _format(file: InputFile, name: str) -> Format:
    chosen = file.format or format_of(name, INPUT_FORMATS) or "lines"
    check_format(chosen, INPUT_FORMATS, "input_format")
    return FORMATS[chosen]


ParseLines = Callable[[list[str], int], list[Record]]
"""Returns the records of lines, given the number of the first; an empty line may have none."""


def line_reader(
    source: LineSource,
    parse: ParseLines,
    columns: list[str],
    text_column: str,
    *,
    first_line: int = 1,
) -> RecordReader:
    """Read lines, which `parse` turns into records."""

    def read(size: int) -> Iterator[list[Record]]:
        number = first_line
        while lines := source.take(size):
            records = parse(source.decode_all(lines), number)
            if TOO_LONG in lines:
                records = _without_long(records, lines, number)
            number += len(lines)
            if records:
                yield records

    return RecordReader(columns, text_column, read, source.close, lambda: source.undecodable)


def _without_long(records: list[Record], lines: list[bytes], first_line: int) -> list[Record]:
    """Replace the records of lines that were too long to keep by unreadable ones."""
    long = {number for number, line in enumerate(lines, first_line) if line is TOO_LONG}
    return [
        Record(None, None, record.line, TOO_LONG_PROBLEM) if record.line in long else record
        for record in records
    ]


def open_lines(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read each line as a text, whatever it holds."""
    if text_column is not None:
        raise SentimentError(
            f"{path} is read as plain lines, which have no column '{text_column}'; "
            "name its format with --input-format",
            ("text_column", "input_format"),
        )
    return line_reader(source, _parse_lines, [], "text")


def _parse_lines(lines: list[str], first_line: int) -> list[Record]:
    texts = [line.removesuffix("\r") for line in lines]
    rows = zip(texts, repeat(None), count(first_line), repeat(None), strict=False)
    # What Record(*row) does, without a call of Python's for each line: a third of the time.
    return list(map(tuple.__new__, repeat(Record), rows))


_LINES_LOOKED_AT = 1000
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def open_jsonl(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read objects; the first that can be read has the columns."""
    looked_at: list[bytes] = []
    columns: list[str] = []
    while not columns and len(looked_at) < _LINES_LOOKED_AT and (lines := source.take(1)):
        looked_at += lines
        value, _ = _object(lines[0].decode(errors="replace"))
        columns = list(value or ())
    source.put_back(looked_at)
    text_column = find_text_column(columns, text_column, path)
    return line_reader(source, partial(_parse_objects, text_column), columns, text_column)


def record_of(fields: dict[str, object], text_column: str, number: int) -> Record:
    """Return the record of these fields; if the text is no string it is unreadable."""
    text = fields.get(text_column)
    if isinstance(text, str):
        return Record(text, fields, number, None)
    if text is None:
        problem = f"'{text_column}' is missing or null"
    else:
        kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
        kind = kinds.get(type(text), "no text")
        problem = f"'{text_column}' holds {kind}, not a string"
    return Record(None, fields, number, problem)


def _parse_objects(text_column: str, lines: list[str], first_line: int) -> list[Record]:
    records = []
    for number, line in enumerate(lines, first_line):
        if line and not line.isspace():
            fields, problem = _object(line)
            records.append(
                Record(None, None, number, problem)
                if fields is None
                else record_of(fields, text_column, number)
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
