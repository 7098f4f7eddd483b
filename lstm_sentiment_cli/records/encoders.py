"""Records and what was predicted of them, as tsv, csv and jsonl."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.record import Record

FloatMatrix = npt.NDArray[np.float32]
Put = Callable[[bytes], object]
"""Takes over the next bytes of the output."""


class Encoder(Protocol):
    """Turns windows of records into the bytes of one format."""

    def write(
        self, records: Sequence[Record], predicted: Sequence[str], probabilities: FloatMatrix
    ) -> None:
        """Encode one window; a record without a text gets no prediction, whatever is given."""

    def finish(self) -> None:
        """Encode what must be there even without records, and what comes last."""


class TsvEncoder:
    r"""Encodes predicted, p_LABEL and the text, in which \t, \n, \r and \\ are escaped."""

    def __init__(self, put: Put, labels: Sequence[str], prefix: str, *, header: bool) -> None:
        self._put = put
        names = [*predicted_columns(labels, prefix), "text"]
        self._header = "\t".join(map(_escaped, names)) + "\n" if header else ""
        self._row = "%s\t" + "%.4f\t" * len(labels) + "%s\n"
        self._unreadable = "\t" * (len(labels) + 1) + "\n"

    def write(
        self, records: Sequence[Record], predicted: Sequence[str], probabilities: FloatMatrix
    ) -> None:
        """Encode one window, four decimals a probability."""
        answers = {answer: _escaped(answer) for answer in set(predicted)}
        rows = [
            self._unreadable
            if record.text is None
            else self._row % (answers[answer], *row, _escaped(record.text))
            for record, answer, row in zip(records, predicted, probabilities.tolist(), strict=True)
        ]
        self._put_rows(rows)

    def finish(self) -> None:
        """Write the header if no record has come."""
        self._put_rows([])

    def _put_rows(self, rows: list[str]) -> None:
        self._put((self._header + "".join(rows)).encode(errors="replace"))
        self._header = ""


class CsvEncoder:
    """Encodes the columns of the input and the predicted ones, under a header."""

    def __init__(
        self, put: Put, columns: Sequence[str], text_column: str, predicted: Sequence[str]
    ) -> None:
        self._put = put
        self._columns = columns
        self._text_column = text_column
        self._blank = [""] * len(predicted)
        self._rows = _CsvRows()
        # This line end makes csv quote a lone carriage return too; _CsvRows takes it off.
        self._csv = csv.writer(self._rows, lineterminator="\r\n")
        self._csv.writerow([*columns, *predicted])

    def write(
        self, records: Sequence[Record], predicted: Sequence[str], probabilities: FloatMatrix
    ) -> None:
        """Encode one window, probabilities in full."""
        for record, answer, row in zip(records, predicted, shortest(probabilities), strict=True):
            fields = known_fields(record, self._columns, self._text_column)
            cells = [cell(fields.get(name)) for name in self._columns]
            self._csv.writerow(cells + (self._blank if record.text is None else [answer, *row]))
        self.finish()

    def finish(self) -> None:
        """Write the header if no record has come."""
        self._put("".join(self._rows).encode(errors="replace"))
        self._rows.clear()


class JsonLinesEncoder:
    """Encodes one object a line: the fields of the input, then the predicted ones."""

    def __init__(self, put: Put, text_column: str, predicted: Sequence[str]) -> None:
        self._put = put
        self._text_column = text_column
        self._predicted = predicted
        self._blank = [None] * len(predicted)

    def write(
        self, records: Sequence[Record], predicted: Sequence[str], probabilities: FloatMatrix
    ) -> None:
        """Encode one window, probabilities in full."""
        lines = []
        for record, answer, row in zip(records, predicted, shortest(probabilities), strict=True):
            fields = record.fields or {self._text_column: record.text}
            check_free(fields, self._predicted)
            answers = self._blank if record.text is None else [answer, *row]
            lines.append(_json({**fields, **dict(zip(self._predicted, answers, strict=True))}))
        self._put("".join(f"{line}\n" for line in lines).encode(errors="replace"))

    def finish(self) -> None:
        """Write nothing: no records, no lines."""


class _CsvRows(list[str]):
    r"""Collects what csv.writer writes, each row ended by \n."""

    def write(self, row: str) -> None:
        self.append(row[:-2] + "\n")


def predicted_columns(labels: Sequence[str], prefix: str) -> list[str]:
    """Return the names of our columns: ["predicted", "p_positive", "p_negative"]."""
    return [f"{prefix}predicted", *(f"{prefix}p_{label}" for label in labels)]


def check_free(columns: Sequence[str] | dict[str, object], predicted: Sequence[str]) -> None:
    """Raise SentimentError when the input has a column of the name of one of ours."""
    for name in predicted:
        if name in columns:
            raise SentimentError(
                f"the input has a column '{name}' already; "
                "put something before our names, for example: --prefix model_"
            )


def known_fields(record: Record, columns: Sequence[str], text_column: str) -> dict[str, object]:
    """Return the fields; raise SentimentError when one has no column to be written to."""
    if record.fields is None:
        return {text_column: record.text}
    for name in record.fields:
        if name not in columns:
            raise SentimentError(
                f"the record at line {record.line} has a field '{name}' that the first one had "
                "not; write --format jsonl, which has room for it"
            )
    return record.fields


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


def _escaped(text: str) -> str:
    r"""Return text as one cell of tsv: "a<tab>b" → "a\tb"."""
    # Four looks for what is hardly ever there: faster than one pass with a table.
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


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
