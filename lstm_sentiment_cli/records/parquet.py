"""Reading and writing parquet: the only module that uses pyarrow."""

from collections.abc import Iterator
from io import BufferedReader, BytesIO
from itertools import count
from typing import Any

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import Encoder, Window, cell
from lstm_sentiment_cli.records.json_objects import record_of, text_getter
from lstm_sentiment_cli.records.reader import RecordReader
from lstm_sentiment_cli.records.record import (
    OutputColumns,
    Record,
    distinct_names,
    find_text_column,
    known_fields,
)
from lstm_sentiment_cli.records.sources import STDIN, BrokenInputError, open_file, shown

_ROWS_IN_A_GROUP = 65_536


def open_parquet(path: str, text_column: str | None) -> RecordReader:
    """Read rows of parquet, a batch at a time."""
    arrow, parquet = _import_pyarrow("reading")
    if path == STDIN:
        raise SentimentError(
            f"parquet cannot be read from {shown(path)}; name a file", "input_format"
        )
    errors = (OSError, ValueError, arrow.ArrowException)
    opened = open_file(path)
    try:
        if not opened.seekable():
            raise SentimentError(f"{path} is a pipe; parquet must be read from a file")
        file = parquet.ParquetFile(BufferedReader(opened), pre_buffer=False)
        header = file.schema_arrow.names
        columns = distinct_names(header)
        first = {field.name: _inside(arrow, field.type) for field in file.schema_arrow}
        column = find_text_column(header, text_column, path, first)
    except (SentimentError, *errors) as error:
        opened.close()
        if isinstance(error, SentimentError):
            raise
        raise SentimentError(
            f"{path} is not a complete parquet file: {_first_line(error)}; make or fetch it again"
        ) from None

    text_of = text_getter(column, chosen=text_column is None)

    def read(size: int) -> Iterator[list[Record]]:
        numbers = count(1)
        try:
            for batch in file.iter_batches(batch_size=size, use_threads=False):
                if batch.num_rows:
                    rows = batch.rename_columns(columns).to_pylist()
                    yield [record_of(row, text_of(row), column, next(numbers)) for row in rows]
        except errors as error:
            raise BrokenInputError(
                f"{path} is broken: {_first_line(error)}; the records before it are good, "
                "make or fetch the file again for the rest"
            ) from error

    return RecordReader(columns, column, read, lambda: file.close(force=True), first=first)


def _inside(arrow: Any, kind: Any) -> dict[str, object] | None:
    """Return the names of the fields inside of a column, each with the names inside of it."""
    if not arrow.types.is_struct(kind):
        return None
    return {field.name: _inside(arrow, field.type) for field in kind}


class ParquetEncoder(Encoder):
    """Encodes the columns of the input, then ours; the types are those of the first window."""

    def __init__(self, columns: OutputColumns, *, header: bool) -> None:
        del header  # parquet always names its columns
        self._arrow, self._parquet = _import_pyarrow("writing")
        self._sink = BytesIO()
        self._columns = columns
        self._types: dict[str, Any] = {}
        self._waiting: list[Any] = []  # tables, until they are worth a group of rows
        self._writer: Any = None

    def encode(self, window: Window) -> bytes:
        """Encode one window, probabilities as float32, an explanation as a list of structs."""
        rows = [known_fields(record, self._columns) for record in window.records]
        read = [record.text is not None for record in window.records]
        arrays = [
            self._array(name, [row.get(name) for row in rows]) for name in self._columns.input
        ]
        answers = zip(window.predicted, read, strict=True)
        arrays.append(self._arrow.array([word if known else None for word, known in answers]))
        unread = ~np.array(read)
        number = self._arrow.float32()
        arrays += [
            self._arrow.array(column, number, mask=unread) for column in window.probabilities.T
        ]
        types = self._explanation_types()
        arrays += [
            self._arrow.array([more[place] if more else None for more in window.added], kind)
            for place, kind in enumerate(types)
        ]
        self._waiting.append(self._arrow.table(arrays, names=self._columns.names))
        if sum(table.num_rows for table in self._waiting) >= _ROWS_IN_A_GROUP:
            self._flush()
        return self._taken()

    def finish(self) -> bytes:
        """Encode what is left, and the end of the file; without records, a file without rows."""
        if not self._waiting and self._writer is None:
            string, number = self._arrow.string(), self._arrow.float32()
            columns = self._columns
            types = [string] * (len(columns.input) + 1) + [number] * (len(columns.answer) - 1)
            fields = zip(columns.names, types + self._explanation_types(), strict=True)
            self._waiting.append(self._arrow.schema(list(fields)).empty_table())
        self._flush()
        self._writer.close()
        return self._taken()

    def _explanation_types(self) -> list[Any]:
        """Return the types of the columns on demand: of an explanation, units last, and doubts."""
        string, place = self._arrow.string(), self._arrow.int32()
        unit = self._arrow.struct(
            {"start": place, "end": place, "text": string, "contribution": self._arrow.float64()}
        )
        types = [string, self._arrow.list_(unit)]
        explanation = types[len(types) - len(self._columns.explanation) :]
        return explanation + [self._arrow.list_(string) for _ in self._columns.doubts]

    def _array(self, name: str, values: list[object]) -> Any:
        """Return a column; values that do not have the type it had in the first window raise."""
        string = self._arrow.string()
        kind = self._types.get(name)
        try:
            if kind == string:
                values = [None if value is None else cell(value) for value in values]
            array = self._arrow.array(values, kind)
            if self._arrow.types.is_null(array.type):
                array = array.cast(string)
        except (ValueError, TypeError, self._arrow.ArrowException):
            raise SentimentError(
                f"column '{name}' holds values of several kinds, parquet has one a column; "
                "write --format jsonl",
                "format",
            ) from None
        self._types.setdefault(name, array.type)
        return array

    def _taken(self) -> bytes:
        """Return what was written since the last time."""
        data = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return data

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = self._arrow.concat_tables(self._waiting)
        self._waiting.clear()
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self._sink, table.schema)
        self._writer.write_table(table)


def _import_pyarrow(doing: str) -> tuple[Any, Any]:
    """Return pyarrow and pyarrow.parquet, or say how to get them."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise SentimentError(
            f"{doing} parquet needs pyarrow; "
            "install it with: pip install 'lstm-sentiment-cli[parquet]'",
            "input_format" if doing == "reading" else "format",
        ) from None
    return pyarrow, pyarrow.parquet


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
