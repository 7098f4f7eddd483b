"""Records and what was predicted of them, as tsv, csv and jsonl."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.records.record import OurColumns, Record, check_free, known_fields

_UNITS = 10_000
# The table takes some milliseconds to make: for fewer numbers than this it is not worth it.
_MANY = 1000


def four_decimals(numbers: npt.NDArray[np.floating]) -> list[list[str]]:
    """Return the text of each number, by columns: [[0.25, 0.75]] → [["0.2500"], ["0.7500"]].

    A float32 times 10,000 is exact in a float64, and both ways round halves to even.
    """
    columns = numbers.T
    if numbers.size >= _MANY and numbers.dtype == np.float32 and not np.signbit(numbers).any():
        units = columns.astype(np.float64) * _UNITS
        if (units <= _UNITS).all():  # False for what is no number
            texts: list[list[str]] = _table()[np.rint(units).astype(np.intp)].tolist()
            return texts
    return [[f"{number:.4f}" for number in column] for column in columns.tolist()]


@cache
def _table() -> npt.NDArray[np.object_]:
    return np.array([f"{units / _UNITS:.4f}" for units in range(_UNITS + 1)], object)


FloatMatrix = npt.NDArray[np.float32]
Put = Callable[[bytes], object]
"""Takes over the next bytes of the output."""
Explained = Sequence[object]
"""Of a record the values of the columns of an explanation; none where it could not be read."""

# In this order: the sign that escapes comes first.
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}


class Encoder(Protocol):
    """Turns windows of records into the bytes of one format."""

    def write(
        self,
        records: Sequence[Record],
        predicted: Sequence[str],
        probabilities: FloatMatrix,
        explained: Sequence[Explained] = (),
    ) -> None:
        """Encode one window; a record without a text gets no prediction, whatever is given."""

    def finish(self) -> None:
        """Encode what must be there even without records, and what comes last."""


class TsvEncoder:
    r"""Encodes our columns and the text, in which \t, \n, \r and \\ are escaped."""

    def __init__(self, put: Put, ours: OurColumns, *, header: bool) -> None:
        self._put = put
        names = [*ours.names, "text"]
        self._header = "\t".join(map(_escaped, names)) + "\n" if header else ""
        self._unreadable = "\t" * len(ours.names)

    def write(
        self,
        records: Sequence[Record],
        predicted: Sequence[str],
        probabilities: FloatMatrix,
        explained: Sequence[Explained] = (),
    ) -> None:
        """Encode one window, four decimals a probability."""
        answers = {answer: _escaped(answer) for answer in set(predicted)}
        texts = [record.text for record in records]
        # By columns, not by rows: measured three times faster.
        columns = [[answers[answer] for answer in predicted], *four_decimals(probabilities)]
        if explained:
            columns.append(["\t".join(map(_tsv_cell, more)) for more in explained])
        columns.append(_all_escaped([text or "" for text in texts]))
        rows = list(map("\t".join, zip(*columns, strict=True)))
        if None in texts:
            rows = [
                self._unreadable if text is None else row
                for text, row in zip(texts, rows, strict=True)
            ]
        self._put_rows(rows)

    def finish(self) -> None:
        """Write the header if no record has come."""
        self._put_rows([])

    def _put_rows(self, rows: list[str]) -> None:
        lines = "\n".join([*rows, ""])
        self._put((self._header + lines).encode(errors="replace"))
        self._header = ""


class CsvEncoder:
    """Encodes the columns of the input and the predicted ones, under a header."""

    def __init__(
        self, put: Put, columns: Sequence[str], text_column: str, ours: OurColumns
    ) -> None:
        self._put = put
        self._columns = columns
        self._text_column = text_column
        self._blank = [""] * len(ours.names)
        self._rows = _CsvRows()
        # This line end makes csv quote a lone carriage return too; _CsvRows takes it off.
        self._csv = csv.writer(self._rows, lineterminator="\r\n")
        self._csv.writerow([*columns, *ours.names])

    def write(
        self,
        records: Sequence[Record],
        predicted: Sequence[str],
        probabilities: FloatMatrix,
        explained: Sequence[Explained] = (),
    ) -> None:
        """Encode one window, probabilities in full."""
        for record, answer, row, more in zip(
            records, predicted, shortest(probabilities), _each(explained, records), strict=True
        ):
            fields = known_fields(record, self._columns, self._text_column)
            cells = [cell(fields.get(name)) for name in self._columns]
            answers = self._blank if record.text is None else [answer, *row, *map(cell, more)]
            self._csv.writerow([*cells, *answers])
        self.finish()

    def finish(self) -> None:
        """Write the header if no record has come."""
        self._put("".join(self._rows).encode(errors="replace"))
        self._rows.clear()


class JsonLinesEncoder:
    """Encodes one object a line: the fields of the input, then the predicted ones."""

    def __init__(self, put: Put, text_column: str, ours: OurColumns) -> None:
        self._put = put
        self._text_column = text_column
        self._names = ours.names
        self._blank = [None] * len(ours.names)

    def write(
        self,
        records: Sequence[Record],
        predicted: Sequence[str],
        probabilities: FloatMatrix,
        explained: Sequence[Explained] = (),
    ) -> None:
        """Encode one window, probabilities in full."""
        lines = []
        for record, answer, row, more in zip(
            records, predicted, shortest(probabilities), _each(explained, records), strict=True
        ):
            fields = record.fields or {self._text_column: record.text}
            check_free(fields, self._names)
            answers = self._blank if record.text is None else [answer, *row, *more]
            lines.append(_json({**fields, **dict(zip(self._names, answers, strict=True))}))
        self._put("".join(f"{line}\n" for line in lines).encode(errors="replace"))

    def finish(self) -> None:
        """Write nothing: no records, no lines."""


class _CsvRows(list[str]):
    r"""Collects what csv.writer writes, each row ended by \n."""

    def write(self, row: str) -> None:
        self.append(row[:-2] + "\n")


def shortest(probabilities: FloatMatrix) -> list[list[float]]:
    """Return numbers that are written as short as tells them apart: 0.7, not 0.699999988079071."""
    floats: list[list[float]] = probabilities.astype(np.float32).astype(str).astype(float).tolist()
    return floats


def cell(value: object) -> str:
    """Return a value as the text of a cell: None → "", True → "true", ["a"] → '["a"]'."""
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return _json(value) if isinstance(value, (bool, int, float, list, dict)) else _plain(value)


def _each(explained: Sequence[Explained], records: Sequence[Record]) -> Sequence[Explained]:
    return explained or [()] * len(records)


def _tsv_cell(value: object) -> str:
    return _escaped(cell(value))


def _escaped(text: str) -> str:
    r"""Return text as one cell of tsv: "a<tab>b" → "a\tb"."""
    return _all_escaped([text])[0]


def _all_escaped(texts: list[str]) -> list[str]:
    """Return each text as one cell, looking for a sign in all of them before in each."""
    together = "".join(texts)
    for sign, written in _ESCAPES.items():
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
    except ValueError:  # it holds NaN or an infinity, for which JSON has no word but null
        return _strict_json.encode(_without_infinities(value))


def _without_infinities(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_without_infinities(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_infinities(item) for name, item in value.items()}
    return value
