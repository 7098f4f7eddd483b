"""Any input as records, in a format that is named or that the ending tells; plain lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, repeat
from os import PathLike, fspath
from typing import Any

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.formats import (
    FORMATS,
    INPUT_FORMATS,
    Format,
    check_format,
    format_of,
    hidden_format,
)
from lstm_sentiment_cli.records.record import Record
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
    delimiter: str | None = None  # None: a comma in csv, a tab in tsv
    row_groups: tuple[int, ...] | None = None  # of parquet, those to read; None: all


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads the records of one input, in order and in constant memory."""

    columns: list[str]  # [] for plain lines
    text_column: str  # "text" for plain lines
    read: Callable[[int], Iterator[Sequence[Record]]]  # yields windows of at most that many records
    close: Callable[[], None] = lambda: None  # stops reading
    undecodable: Callable[[], int] = lambda: 0  # lines so far with bytes that cannot be decoded
    likely_encoding: Callable[[], str | None] = lambda: None  # what those lines seem to have
    header: Sequence[str] = ()  # the columns as the input names them, some perhaps alike
    first: Mapping[str, object] | None = None  # a record, where fields may have fields inside
    schema: Any = None  # of Arrow, if the input has one

    def windows(self, size: int) -> Iterator[Sequence[Record]]:
        """Yield what can be had without waiting: at least one record, at most size.

        The input is closed when they end or are given up.
        """
        try:
            yield from self.read(size)
        finally:
            self.close()


def open_records(file: InputFile) -> RecordReader:
    """Open an input.

    "a.csv.gz" is csv; standard input and unknown endings are plain lines, but "a.csv.txt" could
    be either.
    """
    path = fspath(file.path)
    reader: RecordReader
    if (format_ := _format(file, path)).binary:
        reader = format_.load("reader")(path, file.text_column, file.row_groups)
        return reader
    source = open_source(path, file.encoding, partial(_changed, file))
    try:
        # Again, because a packed file's own name may tell another format: "a.zip" holds "b.csv".
        format_ = _format(file, source.name)
        open_reader = format_.load("reader")
        if file.delimiter:
            open_reader = partial(open_reader, delimiter=_sign(file.delimiter))
        reader = open_reader(source, shown(path), file.text_column)
        plain = format_.name == "lines" and not file.format
        if plain and (hidden := hidden_format(source.name)):
            raise SentimentError(
                f"{shown(path)} could be {hidden} or plain lines; rename it, "
                "or name its format with --input-format",
                "input",
            )
    except BaseException:
        source.close()
        raise
    return reader


def _format(file: InputFile, name: str) -> Format:
    chosen = file.format or format_of(name, INPUT_FORMATS) or ("csv" if file.delimiter else "lines")
    check_format(chosen, INPUT_FORMATS, "input_format")
    if file.delimiter:
        if chosen not in _DELIMITED:
            raise SentimentError(
                f"{shown(name)} is read as {chosen}, which has no delimiter; leave out --delimiter",
                ("delimiter", "input_format"),
            )
        chosen = "csv"
    return FORMATS[chosen]


_DELIMITED = ("csv", "tsv")


def _sign(delimiter: str) -> str:
    r"""Return the sign that was meant: ";", or a tab for "tab" and "\t"."""
    sign = "\t" if delimiter in {"tab", r"\t"} else delimiter
    if len(sign) != 1 or sign in '"\r\n':
        raise SentimentError(
            f"a delimiter is one character, such as ';' or tab, and no quote; got '{delimiter}'",
            "delimiter",
        )
    return sign


def _changed(file: InputFile, name: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Do to a file's bytes what its format needs before they are lines."""
    format_ = _format(file, name)
    return format_.load("blocks")(blocks, shown(name)) if format_.blocks else blocks


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

    return reader_of(source, columns, text_column, read)


def other_encoding(encoding: str, likely: str | None) -> str:
    """Return the way on for a user whose file has bytes that are not of this encoding."""
    fits = f" ({likely} fits)" if likely and encoding == "utf-8" else ""
    return f"if the file has another encoding, name it with --encoding{fits}"


def reader_of(
    source: LineSource,
    columns: list[str],
    text_column: str,
    read: Callable[[int], Iterator[Sequence[Record]]],
) -> RecordReader:
    """Return a reader that closes its lines, and knows of those that cannot be decoded."""
    return RecordReader(
        columns,
        text_column,
        read,
        source.close,
        lambda: source.undecodable,
        lambda: source.likely_encoding,
    )


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
    if not source.idle:  # a file of another program is refused now, not when its turn comes
        source.put_back(source.take(1))
    return line_reader(source, _parse_lines, [], "text")


def _parse_lines(lines: list[str], first_line: int) -> list[Record]:
    texts = [line.removesuffix("\r") for line in lines]
    rows = zip(texts, repeat(None), count(first_line), repeat(None), strict=False)
    # What Record(*row) does, without a call of Python's for each line: a third of the time.
    return list(map(tuple.__new__, repeat(Record), rows))
