"""One record of an input, and what every reader of records offers."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Record(NamedTuple):
    """One line, row or object of an input; an unreadable one has a problem in place of a text."""

    text: str | None
    """None: could not be read."""
    fields: dict[str, object] | None
    """The input's columns in order, or what of them could be read; None for plain lines."""
    line: int
    """Where it begins, from 1 (in parquet: which row)."""
    problem: str | None
    """Why it could not be read."""


class RecordReader(Protocol):
    """Reads the records of one input, in order and in constant memory."""

    columns: list[str]
    """The columns of the input; [] for plain lines."""
    text_column: str
    """The column of the text; "text" for plain lines."""

    @property
    def undecodable(self) -> int:
        """Lines so far that held bytes of no character."""

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size."""

    def close(self) -> None:
        """Stop reading; also done when the windows end or are given up."""
