"""Reading csv and tsv: a header, then a record in each row."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import TSV_ESCAPES
from lstm_sentiment_cli.records.lines import LineReader
from lstm_sentiment_cli.records.record import Record, check_distinct, find_text_column
from lstm_sentiment_cli.records.sources import LineDecoder, LineSource

# Sentiment140's own files have no header, and some of their lines are Latin-1.
SENTIMENT140_COLUMNS = ["polarity", "id", "date", "query", "user", "text"]
_SIGNS = {written: sign for sign, written in TSV_ESCAPES.items()}
_ESCAPED = re.compile("|".join(map(re.escape, _SIGNS)))
_LONGEST_FIELD = 2**31 - 1


class CsvReader:
    """Reads rows of csv under their header, or those of Sentiment140 without one.

    A row that is broken or has the wrong length is an unreadable record.
    """

    def __init__(self, source: LineSource, path: str, text_column: str | None) -> None:
        csv.field_size_limit(_LONGEST_FIELD)
        self._source = source
        self._decoder = LineDecoder()
        headless = _is_sentiment140(source)
        if headless:
            self._decoder.fallback = "latin-1"
        self._rows = _rows(_RowLines(source, self._decoder), strict=not headless)
        self.columns = SENTIMENT140_COLUMNS if headless else self._header(path)
        self.text_column = find_text_column(self.columns, text_column, path)

    @property
    def undecodable(self) -> int:
        """How many lines so far held bytes that are no character."""
        return self._decoder.undecodable

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size."""
        try:
            window: list[Record] = []
            for line, row, problem in self._rows:
                window.append(_record(self.columns, self.text_column, row, line, problem))
                if len(window) >= size or self._source.idle:
                    yield window
                    window = []
            if window:
                yield window
        finally:
            self.close()

    def close(self) -> None:
        """Stop reading."""
        self._source.close()

    def _header(self, path: str) -> list[str]:
        line, header, problem = next(self._rows, (1, [], None))
        if problem:
            raise SentimentError(f"{path}, line {line}: not a header of csv ({problem}); add one")
        check_distinct(header, path)
        return header


def open_tsv(source: LineSource, path: str, text_column: str | None) -> LineReader:
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
    return LineReader(source, parse, columns, text_column, first_line=header_lines + 1)


class _RowLines:
    """Feeds csv.reader; the lines of a broken row, except the first, can be fed to it once more."""

    def __init__(self, source: LineSource, decoder: LineDecoder) -> None:
        self._source = source
        self._decoder = decoder
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self.number = 1
        """That of the line on which the row begins."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            line = self._decoder.decode(next(self._source)) + "\n"
        self._row.append(line)
        return line

    def end_row(self) -> None:
        """Begin the next row after this one."""
        self.number += len(self._row)
        self._row.clear()

    def break_row(self) -> None:
        """Begin the next row on the second line of this one: a stray quote must not hide a file."""
        self.number += 1
        self._again.extendleft(reversed(self._row[1:]))
        self._row.clear()


def _rows(lines: _RowLines, *, strict: bool) -> Iterator[tuple[int, list[str], str | None]]:
    """Yield the line on which each row begins, its fields, and why it cannot be read."""
    reader = csv.reader(lines, strict=strict)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield lines.number, [], f"broken row: {error}"
            lines.break_row()
        else:
            if row:
                yield lines.number, row, None
            lines.end_row()


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
        fields_found = "1 field" if len(row) == 1 else f"{len(row)} fields"
        problem = f"{fields_found} where the header has {len(columns)}"
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
