"""Any input as records: the format by name or by ending."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Protocol

from lstm_sentiment_cli.records.delimited import open_csv, open_tsv
from lstm_sentiment_cli.records.formats import INPUT_FORMATS, check_format, format_of
from lstm_sentiment_cli.records.lines import open_jsonl, open_lines
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import LineSource, open_source, shown


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input, and how it is to be read."""

    path: str | PathLike[str]
    """ "-" is standard input."""
    format: str | None = None
    """None: the ending tells."""
    text_column: str | None = None
    """None: one of a usual name."""
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


_TEXT_FORMATS: dict[str, Callable[[LineSource, str, str | None], RecordReader]] = {
    "lines": open_lines,
    "csv": open_csv,
    "tsv": open_tsv,
    "jsonl": open_jsonl,
}


def open_records(file: InputFile) -> RecordReader:
    """Open a file, or "-" for standard input, in a format that its ending tells if none is given.

    "a.csv.gz" is csv; standard input and endings that tell nothing are plain lines.
    """
    path = fspath(file.path)
    if file.format is not None:
        check_format(file.format, INPUT_FORMATS, "input_format")
    if (file.format or format_of(path)) == "parquet":
        from lstm_sentiment_cli.records.parquet import ParquetReader

        return ParquetReader(path, file.text_column)
    source = open_source(path, file.encoding)
    try:
        chosen = file.format or format_of(source.name) or "lines"
        return _TEXT_FORMATS[chosen](source, shown(path), file.text_column)
    except BaseException:
        source.close()
        raise
