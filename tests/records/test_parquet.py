"""Rows of parquet become records, in windows, without the whole file in memory."""

import datetime
import os
import sys

import pytest
from record_samples import read_texts, write_nothing

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import BrokenInputError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def write(path, columns, **options):
    parquet.write_table(pyarrow.table(columns), path, **options)
    return str(path)


def test_rows_become_records(tmp_path):
    day = datetime.date(2009, 4, 6)
    path = write(tmp_path / "a.parquet", {"day": [day, None], "text": ["good", None]})

    reader = open_records(InputFile(path))

    assert (reader.columns, reader.text_column, reader.undecodable()) == (
        ["day", "text"],
        "text",
        0,
    )
    assert list(map(list, reader.windows(10))) == [
        [
            Record("good", {"day": day, "text": "good"}, 1, None),
            Record(None, {"day": None, "text": None}, 2, "'text' is missing or null"),
        ]
    ]


@pytest.mark.parametrize(("size", "sizes"), [(2, [2, 2, 1]), (5, [5]), (9, [5])])
def test_windows_are_full(tmp_path, size, sizes):
    texts = list("abcde")
    path = write(tmp_path / "a.parquet", {"text": texts}, row_group_size=3)

    windows = list(open_records(InputFile(path)).windows(size))

    assert [len(window) for window in windows] == sizes
    records = [record for window in windows for record in window]
    assert [(record.line, record.text) for record in records] == list(enumerate(texts, 1))


def test_a_text_that_is_no_string_is_unreadable(tmp_path):
    path = write(tmp_path / "a.parquet", {"text": [3]})

    (record,) = next(open_records(InputFile(path)).windows(1))

    assert record.problem == "'text' holds a number, not a string"


def test_no_rows_no_windows(tmp_path):
    path = write(tmp_path / "a.parquet", {"text": pyarrow.array([], pyarrow.string())})

    assert list(open_records(InputFile(path)).windows(1)) == []


def test_a_wrong_column_is_one_helpful_line(tmp_path):
    path = write(tmp_path / "a.parquet", {"id": ["1"], "txt": ["good"]})

    with pytest.raises(SentimentError, match=r"no column 'text'.*columns: id, txt"):
        open_records(InputFile(path))


@pytest.mark.parametrize("content", [b"", b"no parquet at all", b"PAR1" + bytes(20) + b"PAR1"])
def test_a_file_that_is_no_parquet_is_one_helpful_line(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)

    with pytest.raises(SentimentError, match=r"a\.parquet is not a complete parquet file: .*again"):
        open_records(InputFile(tmp_path / "a.parquet"))


def test_complete_rows_before_a_break_come_first(tmp_path):
    texts = [f"text {number}" for number in range(3000)]
    path = tmp_path / "a.parquet"
    write(path, {"text": texts}, row_group_size=1000, use_dictionary=False)
    column = parquet.read_metadata(path).row_group(1).column(0)
    damaged = bytearray(path.read_bytes())
    start = column.data_page_offset
    damaged[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(damaged)

    windows = []
    with pytest.raises(
        BrokenInputError, match=r"a\.parquet is broken: .*records before the damage"
    ):
        windows.extend(
            open_records(InputFile(path)).windows(500)
        )  # keeps what came before the error

    assert [record.text for window in windows for record in window] == texts[:1000]


def test_parquet_is_no_stream(tmp_path):
    with pytest.raises(SentimentError, match="cannot be read from standard input; name a file"):
        open_records(InputFile("-", format="parquet"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_parquet_is_not_read_from_a_named_pipe(tmp_path):
    os.mkfifo(tmp_path / "a.parquet")
    writing = os.open(tmp_path / "a.parquet", os.O_RDWR)

    with pytest.raises(SentimentError, match="is a pipe; parquet must be read from a file"):
        open_records(InputFile(tmp_path / "a.parquet"))
    os.close(writing)


@pytest.mark.parametrize("name", ["a.parquet.gz", "nowhere.parquet"])
def test_what_cannot_be_opened_is_one_helpful_line(tmp_path, name):
    (tmp_path / "a.parquet.gz").write_bytes(b"")

    with pytest.raises(SentimentError, match=r"parquet"):
        open_records(InputFile(tmp_path / name))


def read(path):
    open_records(InputFile(path, format="parquet"))


def write_two_labels(path):
    write_nothing("parquet", path, labels=["a", "b"])


@pytest.mark.parametrize(("doing", "use"), [("reading", read), ("writing", write_two_labels)])
def test_missing_pyarrow_says_what_to_install(monkeypatch, tmp_path, doing, use):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(SentimentError) as error:
        use(tmp_path / "a.parquet")

    assert str(error.value) == (
        f"{doing} parquet needs pyarrow; install it with: pip install 'lstm-sentiment-cli[parquet]'"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_text_may_be_inside_of_a_column(tmp_path):
    table = pyarrow.table({"data": [{"id": 1, "text": "good"}, None, {"id": 2, "text": None}]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    path = str(tmp_path / "a.parquet")

    assert read_texts(path, "data.text") == ["good", None, None]
    with pytest.raises(SentimentError, match=r"pass --text-column data\.text"):
        read_texts(path, None)
    with pytest.raises(SentimentError, match=r"did you mean 'data\.text'"):
        read_texts(path, "data.txt")
