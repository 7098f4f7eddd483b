"""Reading and writing parquet: the only module that uses pyarrow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from io import BufferedReader, BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, overload

import numpy as np

from lstm_sentiment_cli.atomic import temporary_files
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import Encoder, Window, cell
from lstm_sentiment_cli.records.json_objects import TextOf, record_of, text_getter
from lstm_sentiment_cli.records.reader import RecordReader
from lstm_sentiment_cli.records.record import (
    OutputColumns,
    Record,
    check_free,
    distinct_names,
    find_text_column,
    known_fields,
    texts_of,
)
from lstm_sentiment_cli.records.sources import STDIN, BrokenInputError, open_file, shown

_ROWS_IN_A_GROUP = 65_536
_KEPT_IN_MEMORY = 64 * 1024**2


class ArrowRecords(Sequence[Record]):
    """The rows of a batch as records, made when one is asked for.

    What scores them needs their texts alone, and a writer of parquet the batch.
    """

    def __init__(
        self, batch: Any, texts: Sequence[str | None], make: Callable[[], list[Record]]
    ) -> None:
        self.batch, self.texts, self._make = batch, texts, make

    @cached_property
    def _records(self) -> list[Record]:
        return self._make()

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        """Return a record, or some of them."""
        return self._records[place]

    def rows(self) -> list[dict[str, object]]:
        """Return the fields of all records: faster than to ask each for each."""
        columns = map(_values, self.batch.columns)
        names = self.batch.schema.names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def open_parquet(
    path: str, text_column: str | None, row_groups: Sequence[int] | None = None
) -> RecordReader:
    """Read rows of parquet, a batch at a time; of these row groups, or of all."""
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
        raise _incomplete(path, error) from None
    undecodable = 0
    text_of = _text_of(columns, column, chosen=text_column is None)

    def read(size: int) -> Iterator[ArrowRecords]:
        nonlocal undecodable
        number = 1
        try:
            for batch in file.iter_batches(size, row_groups, use_threads=False):
                if batch.num_rows:
                    named = batch.rename_columns(columns)
                    records, bad = _records(named, column, text_of, number)
                    undecodable += bad
                    number += batch.num_rows
                    yield records
        except errors as error:
            raise _broken(path, error) from error

    reader = RecordReader(columns, column, read, lambda: file.close(force=True), header=header)
    schema = _renamed(file.schema_arrow, columns)
    return replace(reader, undecodable=lambda: undecodable, first=first, schema=schema)


def text_windows(table: Any, column: str, size: int) -> Iterator[list[str | None]]:
    """Yield the texts of a column of Arrow's table, at most so many at a time."""
    arrow, _ = _import_pyarrow("reading")
    if table.schema.names.count(column) != 1:
        known = find_text_column(table.schema.names, column, "the table")
        raise SentimentError(f"the table has several columns '{known}'; rename one", "text_column")
    kind = getattr(table[column].type, "value_type", table[column].type)  # of a dictionary
    if kind not in {arrow.string(), arrow.large_string(), arrow.string_view(), arrow.null()}:
        raise SentimentError(f"column '{column}' holds {kind}, no texts; name another")
    texts = table[column].cast(arrow.string())
    for start in range(0, len(texts), size):
        yield texts[start : start + size].to_pylist()


def with_answers(
    table: Any, names: Sequence[str], predicted: Sequence[str], probabilities: Any
) -> Any:
    """Return Arrow's table with our columns behind its own.

    `names` are those of the answer and of each label's probability (n, labels); where these are
    NaN, there is no answer.
    """
    arrow, _ = _import_pyarrow("writing")
    check_free(table.schema.names, names)
    unread = np.isnan(probabilities[:, 0])
    columns = [(predicted, arrow.string()), *((row, arrow.float32()) for row in probabilities.T)]
    for name, (values, kind) in zip(names, columns, strict=True):
        table = table.append_column(name, arrow.array(values, kind, mask=unread))
    return table


def encoded(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> bytes:
    """Return a file of these rows; each column holds values of one kind, or None."""
    arrow, parquet = _import_pyarrow("writing")
    table = arrow.table({name: [row.get(name) for row in rows] for name in columns})
    written = BytesIO()
    parquet.write_table(table, written)
    return written.getvalue()


def row_groups(path: str) -> list[int]:
    """Return the number of rows in each group of rows; SentimentError if that cannot be read."""
    arrow, parquet = _import_pyarrow("reading")
    opened = open_file(path)
    try:
        with parquet.ParquetFile(BufferedReader(opened)) as file:
            metadata = file.metadata
    except (OSError, ValueError, arrow.ArrowException) as error:
        raise _incomplete(path, error) from None
    finally:
        opened.close()
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


def _incomplete(path: str, error: BaseException) -> SentimentError:
    return SentimentError(
        f"{path} is not a complete parquet file: {_first_line(error)}; make or fetch it again"
    )


def _broken(path: str, error: BaseException) -> BrokenInputError:
    return BrokenInputError(
        f"{path} is broken: {_first_line(error)}; the records before the damage are good; "
        "make or fetch the file again for the rest"
    )


def _text_of(columns: Sequence[str], column: str, *, chosen: bool) -> TextOf | None:
    """Return what finds the text of a row; None if it is the column, which is faster as a whole."""
    plain = column in columns and {"full_text", "extended_tweet"}.isdisjoint(columns)
    return None if plain else text_getter(column, chosen=chosen)


def _inside(arrow: Any, kind: Any) -> dict[str, object] | None:
    """Return the names of the fields inside of a column, each with the names inside of it."""
    if not arrow.types.is_struct(kind):
        return None
    return {field.name: _inside(arrow, field.type) for field in kind}


def _renamed(schema: Any, names: Sequence[str]) -> Any:
    import pyarrow

    fields = [field.with_name(name) for field, name in zip(schema, names, strict=True)]
    return pyarrow.schema(fields, schema.metadata)


def _records(
    batch: Any, text_column: str, text_of: TextOf | None, number: int
) -> tuple[ArrowRecords, int]:
    """Return the records of a batch from this row on, and how many texts were not UTF-8."""
    columns = _Columns(batch)
    undecodable = 0

    def made() -> list[Record]:
        nonlocal undecodable
        records = []
        rows = [_Row(columns, place) for place in range(batch.num_rows)]
        found = map(text_of, rows) if text_of else columns[text_column]
        for line, (row, text) in enumerate(zip(rows, found, strict=True), number):
            if isinstance(text, str):
                records.append(Record(text, row, line, None))
            elif isinstance(text, bytes):
                decoded = text.decode(errors="replace")
                undecodable += decoded.encode() != text
                records.append(Record(decoded, row, line, None))
            else:
                records.append(record_of(row, text, text_column, line))
        return records

    if text_of is None:
        texts = [text for text in columns[text_column] if isinstance(text, str)]
        if len(texts) == batch.num_rows:
            return ArrowRecords(batch, texts, made), 0
    records = made()
    return ArrowRecords(batch, [record.text for record in records], lambda: records), undecodable


class _Columns(dict[str, list[object]]):
    """The columns of a batch as values of Python, made when they are asked for."""

    def __init__(self, batch: Any) -> None:
        super().__init__()
        self._batch = batch
        self.places = {name: place for place, name in enumerate(batch.schema.names)}

    def __missing__(self, name: str) -> list[object]:
        values = self[name] = _values(self._batch.column(self.places[name]))
        return values


class _Row(Mapping[str, object]):
    """A row of a batch: the name of each column and its value."""

    __slots__ = ("_columns", "_place")

    def __init__(self, columns: _Columns, place: int) -> None:
        self._columns, self._place = columns, place

    def __getitem__(self, name: str) -> object:
        return self._columns[name][self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.places)

    def __len__(self) -> int:
        return len(self._columns.places)


def _values(array: Any) -> list[object]:
    try:
        if _would_be_cut(array.type):
            raise ValueError
        values: list[object] = array.to_pylist()
    except (ValueError, OverflowError):
        values = [_value(scalar) for scalar in array]
    return values


def _would_be_cut(kind: Any) -> bool:
    """Whether values of Python would lose the nanoseconds of a time of day, as with pandas."""
    from pyarrow import types

    own = types.is_time64(kind) and kind.unit == "ns"
    parts = [kind.field(place).type for place in range(kind.num_fields)]
    return own or any(map(_would_be_cut, parts))


def _value(scalar: Any) -> object:
    """Return a value of Python; text for what Python has no value for, such as nanoseconds."""
    from pyarrow import ArrowException, string, types

    kind, value = scalar.type, scalar
    try:
        if scalar.is_valid and _would_be_cut(kind):
            raise ValueError
        value = scalar.as_py()
    except (ValueError, OverflowError) as error:
        if isinstance(error, UnicodeDecodeError) and not types.is_nested(kind):
            value = scalar.as_buffer().to_pybytes()  # decoded where a text is wanted
        elif types.is_struct(kind):
            value = {name: _value(part) for name, part in scalar.items()}
        elif types.is_nested(kind):  # lists, and maps as lists of pairs
            value = [_value(part) for part in scalar.values]
        else:
            with suppress(ArrowException):  # durations have no text
                scalar = scalar.cast(string())
            value = str(scalar)
    return value


class ParquetEncoder(Encoder):
    """Encodes the columns of the input, then ours.

    Columns of parquet stay as they are. The types of others are known when all their values are:
    until then, groups of rows are kept in a temporary file. A column whose values have no type in
    common becomes text.
    """

    def __init__(self, columns: OutputColumns, *, header: bool) -> None:
        del header  # parquet always names its columns
        self._arrow, self._parquet = _import_pyarrow("writing")
        self._sink = BytesIO()
        self._columns = columns
        self._ours = list(zip(columns.ours, self._our_types(), strict=True))
        self._waiting: list[Any] = []  # tables, until they are worth a group of rows
        self._types: dict[str, Any] = {}  # of the columns of the input, as far as they are known
        self._mixed: set[str] = set()  # columns whose values have no type in common
        # Groups of rows, as long as types may change.
        self._kept: Any = SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115
        self._groups = 0
        self._writer: Any = None
        if columns.schema is not None:
            self._open()

    def encode(self, window: Window) -> bytes:
        """Encode one window, probabilities as float32, an explanation as a list of structs."""
        columns, records = self._columns, window.records
        if isinstance(records, ArrowRecords):
            arrays = list(records.batch.columns)
        else:
            rows = [known_fields(record, columns) for record in records]
            arrays = [self._array(name, [row.get(name) for row in rows]) for name in columns.input]
        unread = np.array([text is None for text in texts_of(records)])
        answers = [window.predicted, *window.probabilities.T]
        for place, (_, kind) in enumerate(self._ours):
            if place < len(answers):
                arrays.append(self._arrow.array(answers[place], kind, mask=unread))
            else:
                which = place - len(answers)
                added = [more[which] if more else None for more in window.added]
                arrays.append(self._arrow.array(added, kind))
        if columns.schema is None:
            table = self._arrow.table(arrays, names=columns.names)
        else:  # it says of each column whether it may hold null
            table = self._arrow.table(arrays, schema=self._writer.schema)
        self._waiting.append(table)
        if sum(table.num_rows for table in self._waiting) >= _ROWS_IN_A_GROUP:
            self._flush()
        return self._taken()

    def finish(self) -> Iterator[bytes]:
        """Encode what is left, and the end of the file; without records, a file without rows."""
        self._flush()
        if self._writer is None:
            for group in self._kept_groups():
                self._check(group)
            self._open()
            for group in self._kept_groups():
                self._write(self._typed(group))
                yield self._taken()
        self._writer.close()
        yield self._taken()

    def close(self) -> None:
        """Remove the groups that were kept."""
        self._kept.close()

    def remarks(self) -> list[str]:
        """Say which columns became text."""
        names = ", ".join(f"'{name}'" for name in self._columns.input if name in self._mixed)
        problem = "values of several kinds, written as text: parquet has one kind a column"
        return [f"{names}: {problem}"] if names else []

    def _our_types(self) -> list[Any]:
        """Return the types of our columns: of the answer, then an explanation and doubts."""
        string, place = self._arrow.string(), self._arrow.int32()
        unit = self._arrow.struct(
            {"start": place, "end": place, "text": string, "contribution": self._arrow.float64()}
        )
        explained = [string, self._arrow.list_(unit)]
        columns = self._columns
        return [
            string,
            *[self._arrow.float32()] * (len(columns.answer) - 1),
            *explained[len(explained) - len(columns.explanation) :],
            *[self._arrow.list_(string)] * len(columns.doubts),
        ]

    def _array(self, name: str, values: list[object]) -> Any:
        """Return values as a column of one type, of text if they have none in common."""
        for kind in (None, self._arrow.uint64()):
            try:
                return self._arrow.array(values, kind)
            except OverflowError:  # of int64
                continue
            except (ValueError, TypeError, self._arrow.ArrowException):
                break
        self._mixed.add(name)
        return self._text(values)

    def _text(self, values: list[object]) -> Any:
        texts = [None if value is None else cell(value) for value in values]
        return self._arrow.array(texts, self._arrow.string())

    def _flush(self) -> None:
        """Write the rows that wait, or keep them for as long as types may change."""
        if not self._waiting:
            return
        if self._columns.schema is None:
            for table in self._waiting:
                self._learn(table)
            for table in self._waiting:
                self._check(table)
            self._waiting = list(map(self._typed, self._waiting))
        group = self._arrow.concat_tables(self._waiting)
        self._waiting.clear()
        first = self._writer is None and not self._groups
        if first and all(map(self._is_text, self._columns.input)):
            # These stay text, whatever comes.
            self._open()
        if self._writer is not None:
            self._write(group)
            return
        with temporary_files(), self._arrow.ipc.new_stream(self._kept, group.schema) as stream:
            stream.write_table(group)
        self._groups += 1

    def _kept_groups(self) -> Iterator[Any]:
        self._kept.seek(0)
        for _ in range(self._groups):
            with temporary_files(), self._arrow.ipc.open_stream(self._kept) as stream:
                group = stream.read_all()
            yield group

    def _is_text(self, name: str) -> bool:
        return name in self._types and bool(self._types[name] == self._arrow.string())

    def _type(self, name: str) -> Any:
        """Return the type that a column has as far as is known: text if it has no values."""
        kind = self._types.get(name, self._arrow.null())
        return self._arrow.string() if _holds_nothing(kind) else kind

    def _learn(self, table: Any) -> None:
        """Choose types that hold the values of this table too."""
        for name in self._columns.input:
            kind = table.schema.field(name).type
            common = self._common(self._types.get(name, kind), kind)
            if common is None:
                self._mixed.add(name)
            self._types[name] = common or self._arrow.string()

    def _check(self, table: Any) -> None:
        """See whether the types hold all values: some integers are no doubles."""
        for name in self._columns.input:
            kind = self._type(name)
            try:
                if table[name].type != kind != self._arrow.string():
                    table[name].cast(kind)
            except (ValueError, self._arrow.ArrowException):
                self._mixed.add(name)
                self._types[name] = self._arrow.string()

    def _common(self, one: Any, other: Any) -> Any:
        """Return the type that holds values of both; None if there is none."""
        one, other = (
            kind.value_type if one != other and self._arrow.types.is_dictionary(kind) else kind
            for kind in (one, other)
        )
        schemas = [self._arrow.schema([("", kind)]) for kind in (one, other)]
        try:
            merged = self._arrow.unify_schemas(schemas, promote_options="permissive")
        except self._arrow.ArrowException:
            return None
        return merged.field(0).type

    def _typed(self, table: Any) -> Any:
        """Return a table with the types that are known, some of its columns as text."""
        arrays: list[Any] = []
        for name in self._columns.input:
            column, kind = table[name], self._type(name)
            if column.type != kind and self._arrow.types.is_string(kind):
                column = self._text(_values(column))
            arrays.append(column.cast(kind))
        return self._arrow.table(arrays + table.columns[len(arrays) :], names=table.column_names)

    def _taken(self) -> bytes:
        """Return what was written since the last time."""
        data = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return data

    def _open(self) -> None:
        """Begin the file: the types of its columns are certain."""
        fields = self._columns.schema
        if fields is None:
            fields = self._arrow.schema([(each, self._type(each)) for each in self._columns.input])
        schema = self._arrow.schema([*fields, *self._ours], fields.metadata)
        self._writer = self._parquet.ParquetWriter(self._sink, schema)

    def _write(self, group: Any) -> None:
        self._writer.write_table(group.unify_dictionaries())


def _holds_nothing(kind: Any) -> bool:
    """Whether values of this type hold no value, for which parquet has no type: null, {}."""
    from pyarrow import types

    parts = [kind.field(place).type for place in range(kind.num_fields)]
    empty = types.is_null(kind) or (types.is_struct(kind) and not parts)
    return empty or any(map(_holds_nothing, parts))


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
