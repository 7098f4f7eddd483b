"""Files are found, read and written by path or URI; Arrow's file system in memory is elsewhere."""

import gzip
import itertools
import os
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records import storage
from lstm_sentiment_cli.records.formats import format_of, is_uri
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import OutputColumns
from lstm_sentiment_cli.records.storage import (
    Upload,
    find,
    join,
    local,
    names_below,
    open_stored,
    read_stored,
    remove_stored,
    size_of,
    write_stored,
)
from lstm_sentiment_cli.records.writer import OutputFile, open_writer

_numbers = itertools.count()


@pytest.fixture
def bucket():
    """An empty place elsewhere."""
    return f"mock://bucket{next(_numbers)}"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s3://bucket/a.csv", True),
        ("file:///a.csv", True),
        ("a.csv", False),
        ("/a://b", False),
        (r"C:\a.csv", False),
        ("c://a.csv", False),
        ("", False),
    ],
)
def test_a_uri_is_told_from_a_path(path, expected):
    assert is_uri(path) is expected


def test_a_file_uri_is_a_path():
    assert local("file:///data/a%20b.csv") == "/data/a b.csv"
    assert local("s3://b/a.csv") == "s3://b/a.csv"
    assert local("a.csv") == "a.csv"


def test_the_name_of_a_uri_tells_its_format():
    assert format_of("s3://bucket/a.csv.gz?region=x.parquet", ["csv", "parquet"]) == "csv"


def test_names_are_joined_before_the_question_mark():
    assert join("s3://b/out?region=x", "2018/a.csv") == "s3://b/out/2018/a.csv?region=x"
    assert join("out", "2018/a.csv") == str(Path("out", "2018", "a.csv"))


def test_files_elsewhere_are_found_as_they_are_here(bucket, tmp_path):
    names = ["in/a.csv", "in/2018/b.csv", "in/_SUCCESS", "in/.x/c.csv", "in/2018/d.txt"]
    for name in names:
        write_stored(f"{bucket}/{name}", name.encode(), "")
        write_stored(str(tmp_path / name), name.encode(), "")

    for place in (bucket, str(tmp_path)):
        base, found = find(f"{place}/in")
        assert (base, [(file.path, file.size) for file in found]) == (
            f"{place}/in",
            [(f"{place}/{name}", len(name)) for name in sorted(names) if "/_" not in name][1:],
        )
        assert [file.path for file in find(f"{place}/in/*/*.csv")[1]] == [f"{place}/in/2018/b.csv"]
        assert find(f"{place}/in/a.csv")[0] == f"{place}/in"
        assert names_below(f"{place}/in") == sorted(name[3:] for name in names)
        assert names_below(f"{place}/no") == []
        for nothing in (f"{place}/no", f"{place}/no/*.csv"):
            with pytest.raises(SentimentError, match="check the path"):
                find(nothing)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.csv", ["a.csv"]),
        ("**/*.csv", ["a.csv", "x/b.csv", "x/y/c.csv"]),
        ("x/**", ["x/b.csv", "x/y/c.csv"]),
        ("x/?/[a-c].csv", ["x/y/c.csv"]),
    ],
)
def test_a_pattern_means_the_same_here_and_elsewhere(bucket, tmp_path, pattern, expected):
    for place in (bucket, str(tmp_path)):
        for name in ("a.csv", "x/b.csv", "x/y/c.csv"):
            write_stored(f"{place}/{name}", b"", "")
        if "?" in pattern and place == bucket:
            continue  # there it begins the query
        found = [file.path.removeprefix(f"{place}/") for file in find(f"{place}/{pattern}")[1]]
        assert found == expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_pipes_are_no_input_and_links_to_nothing_are_told_when_they_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nothing.csv")

    assert [Path(file.path).name for file in find(str(tmp_path))[1]] == ["gone.csv"]
    with pytest.raises(SentimentError, match=r"pipe\.csv is no file; name files or folders"):
        find(str(tmp_path / "pipe.csv"))


def test_a_small_file_is_written_read_and_removed(bucket):
    place = f"{bucket}/a/b.json"
    assert read_stored(place) is None
    write_stored(place, b"{}", "")
    assert (read_stored(place), size_of(place)) == (b"{}", 2)
    remove_stored(place)
    remove_stored(place)
    assert read_stored(place) is None


def test_records_are_read_and_answers_written_elsewhere(bucket):
    write_stored(f"{bucket}/a.csv.gz", gzip.compress(b"text\ngood\n"), "")
    reader = open_records(InputFile(f"{bucket}/a.csv.gz"))
    [[record]] = list(reader.windows(10))
    columns = OutputColumns(["text"], "text", ["predicted"], [], [])
    with open_writer(OutputFile(f"{bucket}/b.csv", "csv"), columns):
        pass

    assert record.text == "good"
    assert read_stored(f"{bucket}/b.csv") == b"text,predicted\n"


def test_parquet_is_read_elsewhere(bucket):
    import pyarrow
    from pyarrow import parquet

    buffer = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.table({"text": ["good", "bad"]}), buffer, row_group_size=1)
    write_stored(f"{bucket}/a.parquet", buffer.getvalue().to_pybytes(), "")
    reader = open_records(InputFile(f"{bucket}/a.parquet", row_groups=(1,)))

    assert [record.text for window in reader.windows(10) for record in window] == ["bad"]


def test_what_is_discarded_is_not_uploaded(bucket):
    upload = Upload(f"{bucket}/a.csv", "")
    upload.write(b"text\n")
    upload.discard()
    upload.write(b"more")

    assert read_stored(f"{bucket}/a.csv") is None


def test_a_failing_upload_is_one_line(bucket, monkeypatch):
    class Full:
        def create_dir(self, *_given, **_more):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "_system", lambda uri: (Full(), uri))
    upload = Upload(f"{bucket}/a.csv", "and go on")
    upload.write(b"text\n")

    with pytest.raises(SentimentError, match=r"cannot write .*a\.csv: No space left .* and go on"):
        upload.commit()


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("mock://none/a.csv", "no such file: mock://none/a.csv; check the path"),
        ("nope://x/a.csv", "nope://x cannot be used: "),
        ("s3://me:secret@bucket/a.csv", "names a user or a password"),
    ],
)
def test_what_cannot_be_opened_is_one_line(uri, said):
    with pytest.raises(SentimentError) as end:
        open_stored(uri)
    assert str(end.value).startswith(said) or said in str(end.value)
    assert "secret" not in str(end.value)


def test_without_pyarrow_a_uri_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    storage._system_at.cache_clear()

    with pytest.raises(SentimentError, match=r"pip install 'lstm-sentiment-cli\[parquet\]'"):
        open_stored("s3://bucket/a.csv")
