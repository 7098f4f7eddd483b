"""Reading csv and tsv: a header, then a record in each row."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.records.encoders import TSV_ESCAPES
from lstm_sentiment_cli.records.reader import RecordReader, line_reader, reader_of
from lstm_sentiment_cli.records.record import Record, distinct_names, find_text_column
from lstm_sentiment_cli.records.sources import (
    TOO_LONG,
    TOO_LONG_PROBLEM,
    BrokenInputError,
    LineSource,
)

# Sentiment140's own files have no header, and some of their lines are Latin-1.
SENTIMENT140_COLUMNS = ["polarity", "id", "date", "query", "user", "text"]
_SIGNS = {written: sign for sign, written in TSV_ESCAPES.items()}
_ESCAPED = re.compile("|".join(map(re.escape, _SIGNS)))
_LONGEST_FIELD = 2**31 - 1


def open_csv(
    source: LineSource, path: str, text_column: str | None, delimiter: str = ","
) -> RecordReader:
    """Read rows of csv under their header, or those of Sentiment140 without one.

    Cells stand between commas, or whatever sign is the delimiter.
    A row whose cells cannot be told, or that has no text, is an unreadable record.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    headless = _is_sentiment140(source)
    if headless:
        source.fallback = "latin-1"
    rows = _Rows(source, delimiter)
    header = SENTIMENT140_COLUMNS
    if not headless:
        line, header, problem = next(rows.read(None), (1, [], None))
        if problem:
            raise SentimentError(f"{path}, line {line}: not a header of csv ({problem}); add one")
    columns = distinct_names(header)
    column = find_text_column(header, text_column, path)

    def read(size: int) -> Iterator[list[Record]]:
        window: list[Record] = []
        try:
            for line, row, problem in rows.read(len(columns)):
                window.append(_record(columns, column, row, line, problem))
                if len(window) >= size or rows.idle:
                    yield window
                    window = []
        except BrokenInputError:
            if window:
                yield window
            raise
        if window:
            yield window

    return replace(reader_of(source, columns, column, read), header=header)


def open_tsv(source: LineSource, path: str, text_column: str | None) -> RecordReader:
    """Read cells between tabs as they are: quotes and backslashes are part of the text.

    Backslash escapes are undone only in files with the header of our own output.
    """
    line, header_lines = "", 0
    while not line and (lines := source.take(1)):
        header_lines += 1
        if lines[0] is TOO_LONG:
            raise SentimentError(
                f"{path}, line {header_lines}: not a header of tsv ({TOO_LONG_PROBLEM}); add one"
            )
        line = lines[0].decode(errors="replace").removesuffix("\r")
    header = line.split("\t") if line else []
    columns = distinct_names(header)
    text_column = find_text_column(header, text_column, path)
    parse = partial(_parse_tsv, columns, text_column, _is_own_output(columns))
    reader = line_reader(source, parse, columns, text_column, first_line=header_lines + 1)
    return replace(reader, header=header)


_Row = tuple[int, list[str], str | None]
"""The line on which a row begins, its cells, and why it cannot be read."""

_LINES_AT_A_TIME = 1024
# So many characters of a row may stand behind its first line. Where quotes do not close, they are
# read again as other rows: at most so many, and more with each row that is read, so that the time
# is linear in the size of the file.
_LONGEST_REST = 1024**2
_READ_AGAIN = 2 * _LONGEST_REST
_GAIN = 2
_UNCLOSED = "broken row: an opening quote without a closing one"

_TOO_LONG = '""?\n'  # stands for a line that was too long, known by identity: it is broken csv
_LONE_RETURN = re.compile(r"\r(?!\n)")
_STAND_IN = "\udc0d"  # a surrogate, of which decoded lines have none
_UNUSUAL = re.compile(rf'\\["\\]|{_LONE_RETURN.pattern}')
_USUAL = {'\\"': '""', "\\\\": "\\", "\r": _STAND_IN}


class _Rows:
    """Rows of csv: by the rules, or else as many programs write them."""

    def __init__(self, source: LineSource, delimiter: str) -> None:
        self._source = source
        self._cells_of = partial(csv.reader, delimiter=delimiter)
        self._waiting: deque[str] = deque()  # lines
        self._short = False  # whether fewer lines came than were asked for
        self._fed: list[str] = []  # the lines of this row
        self._rest = 0  # characters of this row behind its first line
        self._allowance = _READ_AGAIN  # characters that may be read again
        self._longest_rest = _LONGEST_REST
        self._number = 1  # of the line on which this row begins

    @property
    def idle(self) -> bool:
        """Whether the next row would have to be waited for, or memory holds enough rows."""
        return not self._waiting and (self._short or self._source.idle)

    def read(self, width: int | None) -> Iterator[_Row]:
        """Yield rows that should have so many cells; with None, only by the rules."""
        reader = self._cells_of(self._feed(), strict=True)
        while True:
            self._next_row()
            problem = None
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                too_long = self._fed[0] is _TOO_LONG
                row, problem = [], TOO_LONG_PROBLEM if too_long else f"broken row: {error}"
            if width is not None and len(row) != width and (row or problem):
                row, problem = self._otherwise(row, problem, width)
                # The lines of the old one may have ended.
                reader = self._cells_of(self._feed(), strict=True)
            if row or problem:
                yield self._number, row, problem

    def _next_row(self) -> None:
        self._number += len(self._fed)
        if self._allowance < _READ_AGAIN:
            self._allowance += _GAIN * sum(map(len, self._fed))
            self._longest_rest = min(_LONGEST_REST, self._allowance)
        self._rest = 0
        self._fed.clear()

    def _feed(self) -> Iterator[str]:
        """Yield lines; end where a row has become too long."""
        while self._waiting or self._take():
            line = self._waiting.popleft()
            if self._fed:
                self._rest += len(line)
                if self._rest > self._longest_rest or line is _TOO_LONG:
                    self._waiting.appendleft(line)
                    return
            self._fed.append(line)
            yield line

    def _take(self) -> bool:
        taken = self._source.take(_LINES_AT_A_TIME)
        self._short = len(taken) < _LINES_AT_A_TIME
        lines = [line + "\n" for line in self._source.decode_all(taken)]
        if TOO_LONG in taken:
            lines = [
                _TOO_LONG if raw is TOO_LONG else line
                for raw, line in zip(taken, lines, strict=True)
            ]
        self._waiting.extend(lines)
        return bool(taken)

    def _otherwise(
        self, row: list[str], problem: str | None, width: int
    ) -> tuple[list[str], str | None]:
        """Return the cells of a row that is not by the rules, and why they cannot be told.

        Backslashes may stand before quotes, and a carriage return may be part of a cell. Else
        a broken row ends with its first line: a stray quote must not hide the lines behind it.
        """
        if problem == TOO_LONG_PROBLEM:
            return [], problem
        lines = len(self._fed)
        if any(map(_UNUSUAL.search, self._fed)):
            self._give_back()
            usual = (_UNUSUAL.sub(lambda sign: _USUAL[sign[0]], line) for line in self._feed())
            try:
                cells = next(self._cells_of(usual, strict=True))
            except csv.Error:
                cells = []
            if len(cells) == width:
                return [cell.replace(_STAND_IN, "\r") for cell in cells], None
            self._give_back()
            self._fed += [self._waiting.popleft() for _ in range(lines)]
        if not problem:
            return row, None
        self._give_back(behind=1)
        return self._cells(self._fed[0])

    def _give_back(self, *, behind: int = 0) -> None:
        """Let the lines of this row, or those behind the first ones, be read again."""
        self._waiting.extendleft(reversed(self._fed[behind:]))
        del self._fed[behind:]
        self._allowance -= self._rest
        self._longest_rest = min(_LONGEST_REST, self._allowance)
        self._rest = 0

    def _cells(self, line: str) -> tuple[list[str], str | None]:
        """Return the cells of a line, which may have more behind a closing quote: "a" b → a b."""
        reader = self._cells_of([_LONE_RETURN.sub(_STAND_IN, line), ""])
        row = [cell.replace(_STAND_IN, "\r") for cell in next(reader)]
        if reader.line_num == 1:
            return row, None
        row[-1] = row[-1].rstrip("\r\n")
        return row, _UNCLOSED


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
    """Return the record of a row; empty cells behind the last column do not count.

    Cells that are missing are no obstacle, unless the text is among them.
    """
    fields: dict[str, object] = dict(zip(columns, row, strict=False))
    uneven = len(row) != len(columns)
    if uneven and not problem and (text_column not in fields or any(row[len(columns) :])):
        problem = f"{counted(len(row), 'field')} where the header has {len(columns)}"
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
