"""Any input as records, in a format that is named or that the ending tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Protocol

from lstm_sentiment_cli.records.formats import (
    FORMATS,
    INPUT_FORMATS,
    Format,
    check_format,
    format_of,
)
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import open_source, shown


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input, and how it is to be read."""

    path: str | PathLike[str]  # standard input is "-"
    format: str | None = None  # none: the ending tells
    text_column: str | None = None  # none: the column with a usual name
    encoding: str = "utf-8"


class RecordReader(Protocol):
    """Reads the records of one input, in order and in constant memory."""

    @property
    def columns(self) -> list[str]:
        """The columns of the input; [] for plain lines."""

    @property
    def text_column(self) -> str:
        """The column of the text; "text" for plain lines."""

    @property
    def undecodable(self) -> int:
        """How many lines so far held bytes that are no character."""

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size."""

    def close(self) -> None:
        """Stop reading; also done when the windows end or are given up."""


def open_records(file: InputFile) -> RecordReader:
    """Open an input.

    "a.csv.gz" is csv; standard input and unknown endings are plain lines.
    """
    path = fspath(file.path)
    if (format_ := _format(file, path)).binary:
        reader: RecordReader = format_.load("reader")(path, file.text_column)
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
    chosen = file.format or format_of(name) or "lines"
    check_format(chosen, INPUT_FORMATS, "input_format")
    return FORMATS[chosen]
