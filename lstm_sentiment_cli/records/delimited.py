"""Reading csv and tsv: a header, then a record in each row."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.records.encoders import TSV_ESCAPES
from lstm_sentiment_cli.records.reader import RecordReader, line_reader
from lstm_sentiment_cli.records.record import Record, check_distinct, find_text_column
from lstm_sentiment_cli.records.sources import LineSource

# Sentiment140's own files have no header, and some of their lines are Latin-1.
SENTIMENT140_COLUMNS = ["polarity", "id", "date", "query", "user", "text"]
_SIGNS = {written: sign for sign, written in TSV_ESCAPES.items()}
_ESCAPED = re.compile("|".join(map(re.escape, _SIGNS)))
_LONGEST_FIELD = 2**31 - 1


def open_csv(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read rows of csv under their header, or those of Sentiment140 without one.

    A row that is broken or has the wrong length is an unreadable record.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    headless = _is_sentiment140(source)
    if headless:
        source.fallback = "latin-1"
    rows = _rows(source, strict=not headless)
    columns = SENTIMENT140_COLUMNS
    if not headless:
        line, columns, problem = next(rows, (1, [], None))
        if problem:
            raise SentimentError(f"{path}, line {line}: not a header of csv ({problem}); add one")
        check_distinct(columns, path)
    column = find_text_column(columns, text_column, path)

    def read(size: int) -> Iterator[list[Record]]:
        window: list[Record] = []
        for line, row, problem in rows:
            window.append(_record(columns, column, row, line, problem))
            if len(window) >= size or source.idle:
                yield window
                window = []
        if window:
            yield window

    return RecordReader(columns, column, read, source.close, lambda: source.undecodable)


def open_tsv(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read cells between tabs as they are: quotes and backslashes are part of the text.

    Backslash escapes are undone only in files with the header of our own output.
    """
    header, header_lines = "", 0
    while not header and (lines := source.take(1)):
        header = lines[0].decode(errors="replace").removesuffix("\r")
        header_lines += 1
    columns = header.split("\t") if header else []
    check_distinct(columns, path)
    text_column = find_text_column(columns, text_column, path)
    parse = partial(_parse_tsv, columns, text_column, _is_own_output(columns))
    return line_reader(source, parse, columns, text_column, first_line=header_lines + 1)


def _rows(source: LineSource, *, strict: bool) -> Iterator[tuple[int, list[str], str | None]]:
    """Yield the line on which each row begins, its fields, and why it cannot be read."""
    again: deque[str] = deque()
    fed: list[str] = []  # the lines of this row

    def lines() -> Iterator[str]:
        while again or (taken := source.take(1)):
            fed.append(again.popleft() if again else source.decode(taken[0]) + "\n")
            yield fed[-1]

    number = 1
    reader = csv.reader(lines(), strict=strict)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, [], f"broken row: {error}"
            # The next row begins on the second line of this one: a stray quote must not hide a
            # file. A new reader, because a row that ends with the file has ended the old one.
            again.extendleft(reversed(fed[1:]))
            number += 1
            reader = csv.reader(lines(), strict=strict)
        else:
            if row:
                yield number, row, None
            number += len(fed)
        fed.clear()


def _parse_tsv(
    columns: list[str], text_column: str, escaped: bool, lines: list[str], first_line: int
) -> list[Record]:
    records = []
    for number, line in enumerate(lines, first_line):
        if row := line.removesuffix("\r"):
            cells = row.split("\t")
            if escaped:
                cells = [_ESCAPED.sub(lambda match: _SIGNS[match[0]], cell) for cell in cells]
            records.append(_record(columns, text_column, cells, number, None))
    return records


def _record(
    columns: list[str], text_column: str, row: list[str], line: int, problem: str | None
) -> Record:
    if not problem and len(row) != len(columns):
        problem = f"{counted(len(row), 'field')} where the header has {len(columns)}"
    fields: dict[str, object] = dict(zip(columns, row, strict=False))
    return Record(None if problem else str(fields[text_column]), fields or None, line, problem)


def _is_sentiment140(source: LineSource) -> bool:
    r"""Tell by the first line: "0","1467810369","Mon Apr 06","NO_QUERY","ann","a sad day"."""
    first = source.take(1)
    source.put_back(first)
    if not first or not first[0].startswith((b'"0",', b'"2",', b'"4",')):
        return False
    try:
        return len(next(csv.reader([first[0].decode("latin-1")]))) == len(SENTIMENT140_COLUMNS)
    except csv.Error:
        return False


def _is_own_output(columns: Sequence[str]) -> bool:
    """Tell by the header: predicted, p_positive, p_negative, text (with any prefix).

    Other columns that we write may stand before the text.
    """
    if len(columns) < 3 or not columns[0].endswith("predicted") or columns[-1] != "text":
        return False
    prefix = columns[0].removesuffix("predicted")
    more = {"answer", "model", *(prefix + name for name in ("explained", "explanation", "doubts"))}
    others = [name for name in columns[1:-1] if name not in more]
    return bool(others) and all(name.startswith(f"{prefix}p_") for name in others)
