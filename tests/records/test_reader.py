"""Every format becomes records: one out for each in, in order, whatever it contains."""

import gzip
import io
import os
import zipfile
from threading import Thread

import pytest
from record_samples import records_of

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import LONGEST_LINE, BrokenInputError


def test_each_line_is_a_text_whatever_it_holds(write):
    texts = ["good film", "", "  spaces ", "\x00", "a\rb", "U+2028 \u2028 U+0085 \x85", '"q","r"']
    path = write("a.txt", "\r\n".join(texts))

    reader = open_records(InputFile(path))

    assert (reader.columns, reader.text_column) == ([], "text")
    assert list(reader.windows(100)) == [
        [Record(text, None, line, None) for line, text in enumerate(texts, 1)]
    ]
    assert reader.undecodable() == 0


def test_bad_bytes_are_replaced_and_counted(write):
    reader = open_records(InputFile(write("a.txt", b"good\nb\xe4d\n")))

    assert [[record.text for record in window] for window in reader.windows(9)] == [
        ["good", "b\ufffdd"]
    ]
    assert reader.undecodable() == 1


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.txt", "", "good\n"),
        ("a.csv", "id,text\n", "1,good\n"),
        ("a.tsv", "id\ttext\n", "1\tgood\n"),
        ("a.jsonl", "", '{"text": "good"}\n'),
    ],
)
def test_a_line_that_is_too_long_is_an_unreadable_record(tmp_path, name, before, after):
    with (tmp_path / name).open("w") as file:
        file.write(before + "x" * 2000)  # zeros alone are no text
        file.seek(LONGEST_LINE + 2000)
        file.write(f"\n{after}")

    records = records_of(tmp_path / name)

    assert [record.text or record.problem for record in records] == ["longer than 128 MiB", "good"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_header_that_is_too_long_is_one_helpful_line(tmp_path, name):
    with (tmp_path / name).open("wb") as file:
        file.write(b"x" * 2000)
        file.truncate(LONGEST_LINE + 10)

    with pytest.raises(SentimentError, match=r"line 1: not a header of .*longer than 128 MiB"):
        open_records(InputFile(tmp_path / name))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "0\n1\n2\n3\n4\n"),
        ("a.tsv", "text\n0\n1\n2\n3\n4\n"),
        ("a.csv", "text\n0\n1\n2\n3\n4\n"),
        ("a.jsonl", "".join(f'{{"text": "{number}"}}\n' for number in range(5))),
    ],
)
def test_windows_of_a_file_are_full(write, name, content, size):
    windows = list(open_records(InputFile(write(name, content))).windows(size))

    assert [record.text for window in windows for record in window] == list("01234")
    assert {len(window) for window in windows[:-1]} <= {size}


@pytest.mark.parametrize(
    ("kind", "before", "lines"),
    [
        ("lines", "", ["one", "two"]),
        ("csv", "text,id\n", ["one,1", "two,2"]),
        ("tsv", "text\tid\n", ["one\t1", "two\t2"]),
        ("jsonl", "", ['{"text": "one"}', '{"text": "two"}']),
    ],
)
def test_a_slow_pipe_gives_each_record_before_the_next_is_written(monkeypatch, kind, before, lines):
    reading, writing = os.pipe()
    os.write(writing, f"{before}{lines[0]}\n".encode())
    with io.TextIOWrapper(io.BufferedReader(io.FileIO(reading))) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        windows = open_records(InputFile("-", format=kind)).windows(100)

        assert [record.text for record in next(windows)] == ["one"]

        os.write(writing, f"{lines[1]}\n".encode())
        assert [record.text for record in next(windows)] == ["two"]
        os.close(writing)
        assert list(windows) == []


def test_giving_up_a_pipe_does_not_hang(monkeypatch):
    reading, writing = os.pipe()
    with io.TextIOWrapper(io.BufferedReader(io.FileIO(reading))) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        writer = Thread(target=_write_until_closed, args=(writing,))
        writer.start()
        windows = open_records(InputFile("-")).windows(10)
        next(windows)
        windows.close()
    writer.join(timeout=10)
    assert not writer.is_alive()


def _write_until_closed(descriptor):
    try:
        while True:
            os.write(descriptor, b"line\n" * 1000)
    except BrokenPipeError:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,text\n1,good\n"),
        ("a.CSV", "id,text\n1,good\n"),
        ("a.csv.gz", gzip.compress(b"id,text\n1,good\n", mtime=0)),
        ("a.tsv", "id\ttext\n1\tgood\n"),
        ("a.jsonl", '{"id": "1", "text": "good"}\n'),
        ("a.ndjson", '{"id": "1", "text": "good"}\n'),
    ],
)
def test_the_ending_tells_the_format(write, name, content):
    reader = open_records(InputFile(write(name, content)))

    assert (reader.columns, reader.text_column) == (["id", "text"], "text")
    assert list(reader.windows(9)) == [[Record("good", {"id": "1", "text": "good"}, *_at(name))]]


def _at(name):
    return (1 if "json" in name else 2, None)


def test_the_name_inside_a_zip_tells_the_format(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("a.csv", "id,text\n1,good\n")

    assert open_records(InputFile(tmp_path / "data.zip")).columns == ["id", "text"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.txt"])
def test_an_empty_file_has_no_records(write, name):
    reader = open_records(InputFile(write(name, "")))

    assert list(reader.windows(10)) == []
    assert (reader.columns, reader.text_column) == ([], "text")


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.txt"])
def test_complete_records_before_a_break_come_first(write, name):
    content = {
        "a.csv": "text\none\ntwo\nthree",
        "a.tsv": "text\none\ntwo\nthree",
        "a.jsonl": '{"text": "one"}\n{"text": "two"}\n{"text": "th',
        "a.txt": "one\ntwo\nthree",
    }
    packed = gzip.compress(content[name].encode())
    windows = open_records(InputFile(write(f"{name}.gz", packed[:-5]))).windows(2)

    assert [record.text for record in next(windows)] == ["one", "two"]
    with pytest.raises(BrokenInputError):
        next(windows)


def test_an_unknown_format_is_one_helpful_line(write):
    with pytest.raises(SentimentError, match=r"unknown format 'jsnol'.*; choose from lines, csv"):
        open_records(InputFile(write("a.txt", ""), format="jsnol"))


def test_plain_lines_have_no_column_to_name(write):
    with pytest.raises(SentimentError, match=r"a\.txt is read as plain lines.*--input-format"):
        open_records(InputFile(write("a.txt", ""), text_column="tweet"))


def test_a_wrong_column_is_one_helpful_line(write):
    with pytest.raises(SentimentError, match=r"no column 'txt' \(did you mean 'text'\?\)"):
        open_records(InputFile(write("a.csv", "id,text\n"), text_column="txt"))


def test_utf16_is_read_in_any_format(write):
    text = "id,text\n1,\u010a good\n"

    assert records_of(write("a.csv", text.encode("utf-16")))[0].text == "\u010a good"


@pytest.mark.parametrize("name", ["a.csv.txt", "a.tsv.bak", "a.CSV.old.gz", "a.json.tmp"])
def test_a_name_that_speaks_of_two_formats_is_one_helpful_line(write, name):
    content = b"text\ngood\n"
    path = write(name, gzip.compress(content) if name.endswith(".gz") else content)

    with pytest.raises(SentimentError, match=r"could be (csv|tsv|json) or plain lines; rename it"):
        open_records(InputFile(path))
    assert len(records_of(path, format="lines")) == 2
    assert len(records_of(path, format="csv")) == 1


@pytest.mark.parametrize("name", ["a.txt", "a", "a.dat", "a.b.txt", "a.csv"])
def test_a_file_of_another_program_is_refused_before_its_turn(write, name):
    path = write(name, b"PK\x03\x04\x14\0\0\0xl/workbook.xml")

    with pytest.raises(SentimentError, match="holds an Office document, not text; export it as"):
        open_records(InputFile(path))
