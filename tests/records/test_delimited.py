"""csv and tsv become records; a broken row costs itself and no other."""

import csv

import pytest
from record_samples import (
    brief,
    records_of,
)

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records import delimited
from lstm_sentiment_cli.records.delimited import SENTIMENT140_COLUMNS
from lstm_sentiment_cli.records.reader import InputFile, open_records

UNCLOSED = "broken row: an opening quote without a closing one"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ('1,"two\nlines, ""quoted"""\n2,next', [(2, 'two\nlines, "quoted"'), (4, "next")]),
        ('1,"carriage\r\nreturn\rkept"\r\n', [(2, "carriage\r\nreturn\rkept")]),
        ('1,he said "hi"\n', [(2, 'he said "hi"')]),
        ("\n1,after blank\n\n2,lines\n", [(3, "after blank"), (5, "lines")]),
        ("1\n2,good\n", [(2, "1 field where the header has 2"), (3, "good")]),
        ("1,a,b\n2,good\n", [(2, "3 fields where the header has 2"), (3, "good")]),
        # A quote that is never closed costs its own line, not the rest of the file.
        (
            '1,"a\n2,good\n3,fine\n',
            [(2, UNCLOSED), (3, "good"), (4, "fine")],
        ),
        ("1,\x00\n", [(2, "\x00")]),
    ],
)
def test_csv(write, rows, expected):
    records = records_of(write("a.csv", "id,text\n" + rows))

    assert brief(records) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('8,"a good" day', "a good day"),
        ('8,"a "good" day"', 'a good" day"'),
        (r'8,"she said \"no\", bad"', 'she said "no", bad'),
        (r'8,"so \", bad"', 'so ", bad'),
        (r'8,"so \"bad\""', 'so "bad"'),
        ('8,"so \\"bad\\"\nand sad"', 'so "bad"\nand sad'),
        (r'8,"\"C:\\temp\\\" is full"', r'"C:\temp\" is full'),
        ("8,so\rbad", "so\rbad"),
        ('8,so\rbad"', 'so\rbad"'),
        ("8,so bad,,", "so bad"),
        # By the rules, these are as they are.
        (r'8,"C:\temp\"', "C:\\temp\\"),
        (r"8,\"so bad\"", r"\"so bad\""),
    ],
)
def test_csv_that_is_not_by_the_rules_is_read_where_its_cells_can_be_told(write, row, expected):
    records = records_of(write("a.csv", f"id,text\n{row}\n9,next\n"))

    assert [record.fields for record in records] == [
        {"id": "8", "text": expected},
        {"id": "9", "text": "next"},
    ]
    assert [record.text for record in records] == [expected, "next"]


@pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.tsv", "\t")])
def test_missing_cells_stop_only_a_row_without_a_text(write, name, sign):
    rows = ["id,text,lang", "1,good,en", "2,fine", "3"]

    records = records_of(write(name, "\n".join(rows).replace(",", sign)))

    assert [(record.text, record.fields, record.problem) for record in records] == [
        ("good", {"id": "1", "text": "good", "lang": "en"}, None),
        ("fine", {"id": "2", "text": "fine"}, None),
        (None, {"id": "3"}, "1 field where the header has 3"),
    ]


def test_an_unreadable_row_keeps_the_fields_that_could_be_read(write):
    short, long, broken = records_of(write("a.csv", 'id,text\n1\n2,good,more\n3,"x\n'))

    assert short[:2] == (None, {"id": "1"})
    assert long[:2] == (None, {"id": "2", "text": "good"})
    assert broken[:2] == (None, {"id": "3", "text": "x"})


def test_quotes_that_never_close_cost_time_that_is_linear_in_the_file(write):
    records = records_of(write("a.csv", "id,text\n" + 'a","b\n' * 16_000))

    assert {record.problem for record in records} == {UNCLOSED}
    assert [record.line for record in records] == list(range(2, 16_002))
    assert records[-1].fields == {"id": 'a"', "text": "b"}


def test_no_more_is_read_again_than_the_file_is_long(write, monkeypatch):
    read = 0
    reader = csv.reader

    def counted(lines, **how):
        def counting():
            nonlocal read
            for line in lines:
                read += len(line)
                yield line

        return reader(counting(), **how)

    monkeypatch.setattr(csv, "reader", counted)
    monkeypatch.setattr(delimited, "_LONGEST_REST", 1000)
    monkeypatch.setattr(delimited, "_READ_AGAIN", 2000)
    content = "id,text\n" + 'a","b\n' * 4000

    records_of(write("a.csv", content))

    # By the rules, as many programs write them, and each line by itself.
    assert len(content) <= read <= 5 * len(content)


@pytest.mark.parametrize("lines", [30_000, 50_000])
def test_a_row_may_go_on_for_a_mebibyte(write, lines):
    text = "another line of the text\n" * lines + "end"

    records = records_of(write("a.csv", f'id,text\n1,"{text}"\n2,"good,\nfine"\n'))

    if len(text) < 2**20:
        assert brief(records) == [(2, text), (lines + 3, "good,\nfine")]
    else:
        assert brief(records[:2]) == [(2, UNCLOSED), (3, "1 field where the header has 2")]
        assert brief(records[-1:]) == [(lines + 3, "good,\nfine")]


@pytest.mark.parametrize("strays", [1, 3])
def test_a_stray_quote_hides_nothing(write, strays):
    rows = [f'{number},"two\nlines {number}"' for number in range(100)]
    rows[50:50] = ['x,y "stray"', '"stray,quote', *['"\\"" , "'] * strays]

    records = records_of(write("a.csv", "id,text\n" + "\n".join(rows)))

    assert [record.text for record in records if record.text and "lines" in record.text] == [
        f"two\nlines {number}" for number in range(100)
    ]


def test_a_field_of_csv_may_be_long(write):
    (record,) = records_of(write("a.csv", "text\n" + "x" * 200_000))

    assert len(record.text) == 200_000


def test_a_broken_header_is_one_helpful_line(write):
    with pytest.raises(SentimentError, match=r"a\.csv, line 1: not a header of csv .*; add one"):
        open_records(InputFile(write("a.csv", '"text"x\n1\n')))


@pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.tsv", "\t")])
def test_names_that_repeat_stop_a_column_that_is_needed(write, name, sign):
    path = write(name, "text,id,text\ngood,1,fine\n".replace(",", sign))

    with pytest.raises(
        SentimentError, match="2 columns 'text'; rename one, or name text_1 or text_2 with --text"
    ):
        open_records(InputFile(path))
    assert [record.text for record in records_of(path, text_column="text_2")] == ["fine"]


@pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.tsv", "\t")])
def test_other_names_that_repeat_are_numbered(write, name, sign):
    path = write(name, "text,,,id,id,id_1\ngood,a,b,c,d,e\n".replace(",", sign))

    reader = open_records(InputFile(path))

    assert reader.columns == ["text", "column_1", "column_2", "id_2", "id_3", "id_1"]
    assert reader.header == ["text", "", "", "id", "id", "id_1"]
    ((record,),) = reader.windows(9)
    assert list(record.fields.values()) == ["good", *"abcde"]


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


@pytest.mark.parametrize(
    ("given", "sign"),
    [(";", ";"), ("|", "|"), ("tab", "\t"), (r"\t", "\t"), ("\t", "\t"), (",", ",")],
)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.csv.txt"])
def test_a_delimiter_may_be_named(write, given, sign, name):
    rows = [["id", "text"], ["1", f'"so{sign} ""good"""'], ["2", '"a" day'], ["3", "bad"]]
    path = write(name, "".join(sign.join(row) + "\n" for row in rows))

    records = records_of(path, delimiter=given)

    assert [record.text for record in records] == [f'so{sign} "good"', "a day", "bad"]
    assert records[0].fields["id"] == "1"


@pytest.mark.parametrize("given", ["", ";;", '"', "\n", "semicolon"])
def test_a_delimiter_is_one_sign(write, given):
    path = write("a.csv", "id;text\n1;good\n")

    with pytest.raises(SentimentError, match=r"a delimiter is one character|if ';' separates"):
        open_records(InputFile(path, delimiter=given))


@pytest.mark.parametrize(("sign", "shown"), [(";", "';'"), ("|", r"'\|'"), ("\t", "tab")])
def test_a_header_of_another_delimiter_names_it(write, sign, shown):
    path = write("a.csv", f"id{sign}text\n1{sign}good\n")

    with pytest.raises(SentimentError, match=f"does not look like csv.*--delimiter {shown}$"):
        open_records(InputFile(path))


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.jsonl.gz"])
def test_other_formats_have_no_delimiter(write, name):
    with pytest.raises(SentimentError, match=r"is read as jsonl?, which has no delimiter; leave"):
        open_records(InputFile(write(name, b""), delimiter=";"))
