"""Records and their predictions as text: csv, tsv and jsonl.

NumPy is imported where it is used: what only writes rows must not wait for it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import isfinite
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.records.record import (
    OutputColumns,
    Record,
    check_free,
    known_fields,
    map_values,
    texts_of,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatMatrix = npt.NDArray[np.float32]

Row = tuple[Mapping[str, object], Sequence[object]]
"""Fields by their names, then the values of the last columns in their order."""

# A backslash is escaped first.
TSV_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}


class Rows:
    """Writes rows as text: `columns` of the fields, then the `last` columns."""

    def __init__(self, columns: Sequence[str], last: Sequence[str] = ()) -> None:
        self._columns, self._last = columns, last

    def header(self, written: Sequence[str] = ()) -> str:
        """Return what stands before the first row: the names of the columns, or these for them."""
        names = zip(self._columns, written or self._columns, strict=True)
        return self.lines([(dict(names), self._last)])

    def lines(self, rows: Iterable[Row]) -> str:
        """Return the lines of these rows, each with its end; a missing value is an empty cell."""
        raise NotImplementedError

    def _cells(self, rows: Iterable[Row]) -> Iterator[list[str]]:
        columns = self._columns
        return ([*map(cell, map(fields.get, columns)), *map(cell, last)] for fields, last in rows)


class CsvRows(Rows):
    r"""{"text": "so, so"}, ["good"] → '"so, so",good\n'."""

    def __init__(self, columns: Sequence[str], last: Sequence[str] = ()) -> None:
        super().__init__(columns, last)
        self._written: list[str] = []
        # Before Python 3.13 a lone carriage return is quoted only where it is part of the line's
        # end, so csv.writer ends lines in \r\n.
        self._csv = csv.writer(SimpleNamespace(write=self._written.append), lineterminator="\r\n")

    def lines(self, rows: Iterable[Row]) -> str:
        """Return a line for each row, its cells in quotes where they need them."""
        self._csv.writerows(self._cells(rows))
        text = "".join([row[:-2] + "\n" for row in self._written])
        self._written.clear()
        return text


class TsvRows(Rows):
    r"""{"text": "a<tab>b"}, [""] → "a\\tb\t\n"."""

    def lines(self, rows: Iterable[Row]) -> str:
        """Return a line for each row, its cells escaped."""
        return "".join("\t".join(escaped(cells)) + "\n" for cells in self._cells(rows))


class JsonRows(Rows):
    """{"text": "good"}, [0.7] → an object with the fields that there are."""

    def header(self, written: Sequence[str] = ()) -> str:
        """Return nothing: each row brings its own names."""
        del written
        return ""

    def lines(self, rows: Iterable[Row]) -> str:
        """Return a line for each row."""
        objects = ({**fields, **dict(zip(self._last, last, strict=True))} for fields, last in rows)
        return "".join([_json(each) + "\n" for each in objects])


class Window(NamedTuple):
    """Some records and what was predicted of them."""

    records: Sequence[Record]
    predicted: Sequence[str]
    probabilities: "FloatMatrix"
    added: Sequence[Sequence[object]] = ()  # columns on demand; nothing for an unreadable record


class Encoder:
    """Turns windows of records into bytes."""

    header = b""  # what comes first, even without records

    def encode(self, window: Window) -> bytes:
        """Encode one window; a record without a text gets no prediction, whatever is given."""
        raise NotImplementedError

    def finish(self) -> Iterator[bytes]:
        """Yield what comes last, part by part."""
        return iter(())

    def close(self) -> None:
        """Let go of what was kept for the end, whether it was needed or not."""

    def remarks(self) -> list[str]:
        """Return what a user should know of the output, once it is finished."""
        return []


class TsvEncoder(Encoder):
    """Encodes our columns and the text, and no other column of the input.

    Window by window and column by column: measured three times faster than TsvRows.
    """

    def __init__(self, columns: OutputColumns, *, header: bool) -> None:
        if header:
            self.header = TsvRows([*columns.ours, "text"]).header().encode()
        self._unreadable = "\t" * len(columns.ours)

    def encode(self, window: Window) -> bytes:
        """Encode one window, four decimals a probability."""
        answers = {answer: escaped([answer])[0] for answer in set(window.predicted)}
        texts = texts_of(window.records)
        columns: list[Sequence[str]] = [[answers[answer] for answer in window.predicted]]
        columns += four_decimals(window.probabilities)
        if window.added:
            columns.append(["\t".join(escaped(list(map(cell, more)))) for more in window.added])
        columns.append(escaped([text or "" for text in texts]))
        rows = list(map("\t".join, zip(*columns, strict=True)))
        if None in texts:
            rows = [
                self._unreadable if text is None else row
                for text, row in zip(texts, rows, strict=True)
            ]
        return "\n".join([*rows, ""]).encode(errors="replace")


class RowsEncoder(Encoder):
    """Encodes the columns of the input, then ours, as rows of a format."""

    def __init__(self, rows: Rows, columns: OutputColumns, *, same_columns: bool) -> None:
        self._rows = rows
        self._columns = columns
        self._same_columns = same_columns
        self.header = rows.header(columns.header).encode(errors="replace")

    def encode(self, window: Window) -> bytes:
        """Encode one window, probabilities in full."""
        return self._rows.lines(self._each(window)).encode(errors="replace")

    def _each(self, window: Window) -> Iterator[Row]:
        text, ours = self._columns.text, self._columns.ours
        blank = [None] * len(ours)
        records, predicted, probabilities, added = window
        if rows := getattr(records, "rows", None):
            replaced = zip(records, rows(), strict=True)
            records = [record._replace(fields=fields) for record, fields in replaced]
        for record, answer, numbers, more in zip(
            records, predicted, shortest(probabilities), added or [()] * len(records), strict=True
        ):
            if self._same_columns:
                fields = known_fields(record, self._columns)
            else:
                fields = record.fields or {text: record.text}
                check_free(fields, ours)
            yield fields, blank if record.text is None else [answer, *numbers, *more]


_UNITS = 10_000
# The table takes some milliseconds to make: for fewer numbers than this it is not worth it.
_MANY = 1000


def four_decimals(numbers: "npt.NDArray[np.floating]") -> list[list[str]]:
    """Return the text of each number, by columns: [[0.25, 0.75]] → [["0.2500"], ["0.7500"]].

    A float32 times 10,000 is exact in a float64, and both ways round halves to even.
    """
    import numpy as np

    columns = numbers.T
    if numbers.size >= _MANY and numbers.dtype == np.float32 and not np.signbit(numbers).any():
        units = columns.astype(np.float64) * _UNITS
        if (units <= _UNITS).all():  # False for NaN
            texts: list[list[str]] = _table()[np.rint(units).astype(np.intp)].tolist()
            return texts
    return [[f"{number:.4f}" for number in column] for column in columns.tolist()]


@cache
def _table() -> "npt.NDArray[np.object_]":
    import numpy as np

    return np.array([f"{units / _UNITS:.4f}" for units in range(_UNITS + 1)], object)


def shortest(probabilities: "FloatMatrix") -> list[list[float]]:
    """Return the shortest numbers that tell float32 values apart: 0.7, not 0.699999988079071.

    Eleven decimals are enough for numbers from 0.001 to 1. To round them to fewer and fewer, which
    is exact, is six times faster than to write each number and read it again.
    """
    import numpy as np

    single = probabilities.astype(np.float32)
    exact = short = single.astype(float)
    for decimals in range(11, 0, -1):
        rounded = np.rint(exact * 10**decimals) / 10**decimals
        short = np.where(rounded.astype(np.float32) == single, rounded, short)
    small = single < 0.001
    short[small] = single[small].astype(str).astype(float)
    numbers: list[list[float]] = short.tolist()
    return numbers


def cell(value: object) -> str:
    """Return a value as the text of a cell: None → "", True → "true", ["a"] → '["a"]'."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value) if isfinite(value) else ""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return _json(value)
    return _plain(value)


def escaped(texts: Sequence[str]) -> Sequence[str]:
    r"""Return texts as cells of tsv: ["a<tab>b"] → ["a\tb"].

    Each sign is searched for in all texts together first: few of them have any.
    """
    together = "".join(texts)
    for sign, written in TSV_ESCAPES.items():
        if sign in together:
            texts = [text.replace(sign, written) for text in texts]
    return texts


def _plain(value: object) -> str:
    """Return what JSON has no form for (a date, bytes) as a string."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


_strict_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain)


def _json(value: object) -> str:
    try:
        return _strict_json.encode(value)
    except ValueError:  # it holds NaN or an infinity, which JSON can only write as null
        return _strict_json.encode(map_values(value, _finite))


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value
