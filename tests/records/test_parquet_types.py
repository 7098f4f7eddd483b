"""Columns of parquet stay what they are; other columns get a type that holds all their values."""

import datetime
import json
from decimal import Decimal

import pytest
from record_samples import LABELS, probabilities

from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record, output_columns
from lstm_sentiment_cli.records.writer import OutputFile, open_writer

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

OURS = ["predicted", "p_positive", "p_negative"]
NS = pa.timestamp("ns")


def scored(path, output, *, size=4096):
    """Write the records of a file with made-up answers, and return what was said of it."""
    reader, said = open_records(InputFile(path)), []
    columns = output_columns(
        LABELS, reader.columns, reader.text_column, header=reader.header, schema=reader.schema
    )
    file = OutputFile(str(output), output.suffix[1:])
    with open_writer(file, columns, said.append) as write:
        for records in reader.windows(size):
            answers = probabilities(*[[0.7, 0.3]] * len(records))
            write(Window(records, ["positive"] * len(records), answers))
    assert reader.undecodable() == 0
    return said


ROWS = {
    "int64 with nulls": pa.array([None, None, 3], pa.int64()),
    "uint64": pa.array([2**63, 1, None], pa.uint64()),
    "int32": pa.array([1, 2, None], pa.int32()),
    "float32": pa.array([0.1, None, float("nan")], pa.float32()),
    "bool": pa.array([True, None, False]),
    "decimal": pa.array([Decimal("1.50"), None, Decimal("-2.25")], pa.decimal128(5, 2)),
    "ns": pa.array([1, None, 1_240_000_000_000_000_001], NS),
    "zone": pa.array([1, None, 2], pa.timestamp("us", "Europe/Berlin")),
    "date": pa.array([datetime.date(2009, 4, 6), None, None]),
    "time": pa.array([1, 2, None], pa.time64("ns")),
    "duration": pa.array([1, 1000, None], pa.duration("ns")),
    "dictionary": pa.array(["a", "b", None]).dictionary_encode(),
    "large": pa.array(["a", "b", None], pa.large_string()),
    "binary": pa.array([b"a", b"\xff", None]),
    "fixed": pa.array([b"ab", b"\xff\xff", None], pa.binary(2)),
    "list": pa.array([[1], [], None], pa.list_(pa.int16())),
    "map": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int8())),
    "struct": pa.array([{"a": [1], "b": {"c": "x"}}, {"a": None, "b": None}, None]),
    "nested ns": pa.array([[{"t": 1}], None, []], pa.list_(pa.struct({"t": NS}))),
    "null": pa.nulls(3),
}
TYPED = pa.schema([pa.field("text", pa.string(), nullable=False)]).append(
    pa.field("id", pa.int8(), metadata={"note": "kept"})
)


@pytest.mark.parametrize("size", [1, 4096])
def test_columns_of_parquet_come_out_as_they_came_in(tmp_path, size):
    table = pa.table({"text": ["good", "bad", "so so"], **ROWS})
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=2)

    assert scored(tmp_path / "in.parquet", tmp_path / "out.parquet", size=size) == []

    written = parquet.read_table(tmp_path / "out.parquet")
    assert written.column_names == [*table.column_names, *OURS]
    given = parquet.read_table(tmp_path / "in.parquet")
    for name in table.column_names:
        assert written.schema.field(name) == given.schema.field(name)
        # Equal, and a value that is no number is equal to itself.
        assert str(written[name].combine_chunks()) == str(given[name].combine_chunks())


def test_no_rows_keep_their_types(tmp_path):
    parquet.write_table(
        TYPED.empty_table().replace_schema_metadata({"k": "v"}), tmp_path / "i.parquet"
    )

    scored(tmp_path / "i.parquet", tmp_path / "o.parquet")

    schema = parquet.read_schema(tmp_path / "o.parquet")
    assert [schema.field(name) for name in TYPED.names] == list(TYPED)
    assert schema.names == [*TYPED.names, *OURS]
    assert schema.metadata[b"k"] == b"v"
    assert schema.field("id").metadata[b"note"] == b"kept"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("uint64", 2**63, None),
        ("decimal", "1.50", "-2.25"),
        ("ns", "1970-01-01 00:00:00.000000001", "2009-04-17 20:26:40.000000001"),
        ("date", "2009-04-06", None),
        ("time", "00:00:00.000000001", None),
        ("dictionary", "a", None),
        ("binary", "a", None),
        ("list", [1], None),
        ("map", [["k", 1]], None),
        ("struct", {"a": [1], "b": {"c": "x"}}, None),
        ("nested ns", [{"t": "1970-01-01 00:00:00.000000001"}], []),
    ],
)
def test_values_of_parquet_become_text_and_json(tmp_path, name, first, last):
    table = pa.table({"text": ["good", "bad", "so so"], "n": ROWS[name]})
    parquet.write_table(table, tmp_path / "in.parquet")

    scored(tmp_path / "in.parquet", tmp_path / "out.jsonl")
    scored(tmp_path / "in.parquet", tmp_path / "out.csv")

    values = [json.loads(line)["n"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert (values[0], values[2]) == (first, last)
    window = next(open_records(InputFile(tmp_path / "out.csv")).windows(9))
    cell = window[0].fields["n"]
    assert (cell if isinstance(first, str) else json.loads(cell)) == first


@pytest.mark.parametrize(
    ("column", "undecodable"),
    [
        (pa.array([b"good", b"caf\xc3\xa9"]), 0),
        (pa.array([b"good", b"caf\xe9"]), 1),
        (pa.array([b"good", b"caf\xe9"]).view(pa.string()), 1),
        (pa.array(["good", "caf\u00e9"]).dictionary_encode(), 0),
    ],
)
def test_texts_may_be_bytes(tmp_path, column, undecodable):
    parquet.write_table(pa.table({"text": column}), tmp_path / "in.parquet")

    reader = open_records(InputFile(tmp_path / "in.parquet"))
    ((one, two),) = reader.windows(9)

    assert (one.text, two.text) == ("good", "caf\ufffd" if undecodable else "caf\u00e9")
    assert reader.undecodable() == undecodable


def test_names_that_repeat_are_numbered(tmp_path):
    columns = [pa.array(["good"]), pa.array([1]), pa.array([2])]
    parquet.write_table(pa.table(columns, names=["text", "n", "n"]), tmp_path / "i.parquet")

    scored(tmp_path / "i.parquet", tmp_path / "o.parquet")

    assert parquet.read_schema(tmp_path / "o.parquet").names == ["text", "n_1", "n_2", *OURS]


def write_lines(path, values):
    rows = [{"text": "good", "n": value} for value in values]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


MANY = 70_000  # more than a group of rows


@pytest.mark.parametrize(
    ("values", "kind", "last"),
    [
        ([1, 2.5], pa.float64(), 2.5),
        ([None, 3], pa.int64(), 3),
        ([[], [1]], pa.list_(pa.int64()), [1]),
        ([{"a": 1}, {"b": 2}], pa.struct({"a": pa.int64(), "b": pa.int64()}), {"a": None, "b": 2}),
        ([2**63], pa.uint64(), 2**63),
        ([None], pa.string(), None),
        ([{}], pa.string(), "{}"),
    ],
)
@pytest.mark.parametrize("size", [1, 4096])
def test_a_type_holds_all_values_of_a_column(tmp_path, values, kind, last, size):
    write_lines(tmp_path / "in.jsonl", values)

    assert scored(tmp_path / "in.jsonl", tmp_path / "out.parquet", size=size) == []

    column = parquet.read_table(tmp_path / "out.parquet")["n"]
    assert (column.type, column[-1].as_py()) == (kind, last)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, "one"], ["1", "one"]),
        (["one", 1], ["one", "1"]),
        ([True, 2, None], ["true", "2", None]),
        ([{"a": 1}, [2]], ['{"a": 1}', "[2]"]),
        ([2**60 + 1, 0.5], [str(2**60 + 1), "0.5"]),
        ([-1, 2**64], ["-1", str(2**64)]),
    ],
)
@pytest.mark.parametrize("size", [1, 4096])
def test_values_of_several_kinds_become_text(tmp_path, values, texts, size):
    write_lines(tmp_path / "in.jsonl", values)

    said = scored(tmp_path / "in.jsonl", tmp_path / "out.parquet", size=size)

    assert said == ["'n': values of several kinds, written as text: parquet has one kind a column"]
    assert parquet.read_table(tmp_path / "out.parquet")["n"].to_pylist() == texts


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(None, 3, [None, 3]), (3, "x", ["3", "x"]), ("x", 3, ["x", "3"]), (1, 0.5, [1.0, 0.5])],
)
def test_a_value_at_the_end_of_a_large_file_is_considered(tmp_path, first, last, expected):
    columns = output_columns(LABELS, ["text", "n"])
    answers = probabilities(*[[0.7, 0.3]] * MANY)

    with open_writer(OutputFile(str(tmp_path / "o"), "parquet"), columns) as write:
        for value, rows in ((first, MANY), (last, 1)):
            records = [Record("a", {"text": "a", "n": value}, 1, None)] * rows
            write(Window(records, ["positive"] * rows, answers[:rows]))

    column = parquet.read_table(tmp_path / "o")["n"]
    assert [column[0].as_py(), column[-1].as_py()] == expected
    assert len(column) == MANY + 1
