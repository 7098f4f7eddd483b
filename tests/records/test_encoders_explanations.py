"""Explanations as columns, in every format."""

import csv
import io
import json

import pytest
from record_samples import (
    GOOD,
    LABELS,
    NAN,
    PARQUET,
    UNREADABLE,
    probabilities,
    write_nothing,
    write_window,
    writer,
)

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.record import Record

UNITS = [
    {"start": 0, "end": 3, "text": 'a"\\', "contribution": -0.5},
    {"start": 4, "end": 5, "text": "\N{FACE WITH TEARS OF JOY}", "contribution": 1.25},
]
TAB = Record("a\tb", None, 3, None)
RECORDS = [GOOD, UNREADABLE, TAB]
SCORES = probabilities([0.75, 0.25], [NAN, NAN], [0.5, 0.5])


def written(tmp_path, kind, *, explained=None, records=RECORDS, scores=SCORES, **options):
    explained = [[UNITS], [], [[]]] if explained is None else explained
    with writer(kind, tmp_path / "out", **({"labels": LABELS} | options), explained=True) as put:
        put(Window(records, ["positive"] * len(records), scores, explained))
    return (tmp_path / "out").read_bytes()


def test_tsv_has_the_explanation_as_json_before_the_text(tmp_path):
    header, first, unreadable, last = (
        written(tmp_path, "tsv", header=True).decode().removesuffix("\n").split("\n")
    )

    assert header == "predicted\tp_positive\tp_negative\texplanation\ttext"
    *answer, cell, text = first.split("\t")
    assert (answer, text) == (["positive", "0.7500", "0.2500"], "good")
    assert json.loads(cell.replace("\\\\", "\\")) == UNITS
    assert unreadable == "\t\t\t\t"
    assert last == "positive\t0.5000\t0.5000\t[]\ta\\tb"


def test_csv_has_the_explanation_as_json(tmp_path):
    rows = list(csv.DictReader(io.StringIO(written(tmp_path, "csv").decode())))

    assert list(rows[0]) == ["text", "predicted", "p_positive", "p_negative", "explanation"]
    assert json.loads(rows[0]["explanation"]) == UNITS
    assert [row["explanation"] for row in rows[1:]] == ["", "[]"]


def test_json_lines_have_the_explanation_as_a_list(tmp_path):
    rows = [json.loads(line) for line in written(tmp_path, "jsonl", prefix="m_").splitlines()]

    assert list(rows[0])[-1] == "m_explanation"
    assert [row["m_explanation"] for row in rows] == [UNITS, None, []]


def test_parquet_has_the_explanation_as_a_list_of_structs(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    written(tmp_path, "parquet")

    table = parquet.read_table(tmp_path / "out")

    assert table["explanation"].to_pylist() == [UNITS, None, []]
    assert [field.name for field in table.schema.field("explanation").type.value_type] == [
        "start", "end", "text", "contribution",
    ]  # fmt: skip


def test_parquet_of_no_records_has_the_same_columns(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    written(tmp_path, "parquet")
    schema = parquet.read_schema(tmp_path / "out")
    (tmp_path / "out").unlink()
    with writer("parquet", tmp_path / "out", explained=True):
        pass

    assert parquet.read_schema(tmp_path / "out") == schema


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", PARQUET])
def test_with_more_labels_the_explained_one_is_named(tmp_path, kind):
    scores = probabilities([0.1, 0.2, 0.7])
    written(tmp_path, kind, labels="abc", records=[GOOD], scores=scores, explained=[["c", UNITS]])

    if kind == "parquet":
        import pyarrow.parquet

        (row,) = pyarrow.parquet.read_table(tmp_path / "out").to_pylist()
    elif kind == "jsonl":
        row = json.loads((tmp_path / "out").read_bytes())
    elif kind == "csv":
        (row,) = csv.DictReader(io.StringIO((tmp_path / "out").read_text("utf-8")))
    else:
        cells = (tmp_path / "out").read_text("utf-8").rstrip("\n").split("\t")
        names = ["predicted", "p_a", "p_b", "p_c", "explained", "explanation", "text"]
        row = dict(zip(names, cells, strict=True))
    assert row["explained"] == "c"
    assert list(row).index("explained") + 1 == list(row).index("explanation")


@pytest.mark.parametrize("kind", ["csv", "jsonl", PARQUET])
@pytest.mark.parametrize("taken", ["explained", "explanation"])
def test_a_column_of_that_name_is_one_helpful_line(tmp_path, kind, taken):
    options = {"labels": "abc", "columns": ["text", taken]}

    with pytest.raises(SentimentError, match=f"has a column '{taken}'.*--prefix model_"):
        write_nothing(kind, tmp_path / "out", explained=True, **options)
    write_nothing(kind, tmp_path / "out", **options)  # without an explanation the name is free


def test_records_that_are_not_explained_have_no_such_column(tmp_path):
    assert write_window(tmp_path / "out", [GOOD]) == b"positive\t0.7000\t0.3000\tgood\n"
