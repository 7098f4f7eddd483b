"""csv and tsv become records; a broken row costs itself and no other."""

import pytest
from record_samples import (
    brief,
    records_of,
)

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.delimited import SENTIMENT140_COLUMNS
from lstm_sentiment_cli.records.reader import InputFile, open_records


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ('1,"two\nlines, ""quoted"""\n2,next', [(2, 'two\nlines, "quoted"'), (4, "next")]),
        ('1,"carriage\r\nreturn\rkept"\r\n', [(2, "carriage\r\nreturn\rkept")]),
        ('1,he said "hi"\n', [(2, 'he said "hi"')]),
        ("\n1,after blank\n\n2,lines\n", [(3, "after blank"), (5, "lines")]),
        ("1\n2,good\n", [(2, "1 field where the header has 2"), (3, "good")]),
        ("1,a,b\n2,good\n", [(2, "3 fields where the header has 2"), (3, "good")]),
        ('1,"a"b\n2,good\n', [(2, "broken row: ',' expected after '\"'"), (3, "good")]),
        # A quote that is never closed costs its own line, not the rest of the file.
        (
            '1,"a\n2,good\n3,fine\n',
            [(2, "broken row: unexpected end of data"), (3, "good"), (4, "fine")],
        ),
        ("1,\x00\n", [(2, "\x00")]),
    ],
)
def test_csv(write, rows, expected):
    records = records_of(write("a.csv", "id,text\n" + rows))

    assert brief(records) == expected


def test_an_unreadable_row_keeps_the_fields_that_could_be_read(write):
    short, long, broken = records_of(write("a.csv", 'id,text\n1\n2,good,more\n"3"x\n'))

    assert short[:2] == (None, {"id": "1"})
    assert long[:2] == (None, {"id": "2", "text": "good"})
    assert broken[:2] == (None, None)


def test_a_field_of_csv_may_be_long(write):
    (record,) = records_of(write("a.csv", "text\n" + "x" * 200_000))

    assert len(record.text) == 200_000


def test_a_broken_header_is_one_helpful_line(write):
    with pytest.raises(SentimentError, match=r"a\.csv, line 1: not a header of csv .*; add one"):
        open_records(InputFile(write("a.csv", '"text"x\n1\n')))


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_header_with_one_name_twice_is_one_helpful_line(write, name):
    separator = "," if name == "a.csv" else "\t"

    with pytest.raises(SentimentError, match="column 'text' occurs twice"):
        open_records(InputFile(write(name, f"text{separator}text\n")))


def test_tsv_is_taken_literally(write):
    rows = 'positive\t"so" she said\r\n\r\nnegative\tC:\\new\\table\nneutral\n'

    records = records_of(write("a.tsv", f"label\ttext\r\n{rows}"))

    assert brief(records) == [
        (2, '"so" she said'),
        (4, "C:\\new\\table"),
        (5, "1 field where the header has 2"),
    ]
    assert records[0].fields == {"label": "positive", "text": '"so" she said'}


def test_our_own_tsv_is_unescaped(write):
    header = "m_predicted\tm_p_positive\tm_p_negative\ttext\n"
    row = "positive\t0.9000\t0.1000\ta\\tb\\nc\\rd\\\\n\n"

    (record,) = records_of(write("a.tsv", header + row))

    assert record.text == "a\tb\nc\rd\\n"


SENTIMENT140 = (
    b'"0","101","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","ann","a sad, caf\xe9 day"\n'
    b'"4","102","Mon Apr 06 22:19:49 PDT 2009","NO_QUERY","bob","caf\xc3\xa9 "later" \n'
)


def test_sentiment140_has_no_header_and_lines_of_latin1(write):
    reader = open_records(InputFile(write("training.csv", SENTIMENT140)))

    assert (reader.columns, reader.text_column) == (SENTIMENT140_COLUMNS, "text")
    (window,) = reader.windows(9)
    assert window[0].text == "a sad, caf\u00e9 day"
    assert window[0].fields["polarity"] == "0"
    assert reader.undecodable() == 0


@pytest.mark.parametrize(
    ("header", "columns"),
    [('"0","text"', ["0", "text"]), ('"0",te\rxt', None), ('"0","te\nxt"', ["0", "te\nxt"])],
)
def test_a_header_that_begins_with_0_is_not_sentiment140(write, header, columns):
    path = write("a.csv", f"{header}\n1,good\n")
    if columns is None:
        with pytest.raises(SentimentError, match="line 1: not a header of csv"):
            open_records(InputFile(path))
    else:
        assert open_records(InputFile(path, text_column=columns[1])).columns == columns
