"""Labelled files become examples; what is left out is counted, what is broken has a line number."""

import gzip
import hashlib
import json
from collections import Counter

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    Example,
    ExampleReader,
    balanced,
    fingerprint,
    read_examples,
)
from lstm_sentiment_cli.records.sources import LineSource

LABELS = ("positive", "negative")


@pytest.fixture
def data(tmp_path):
    """Write a file and return it as one of examples."""

    def data(name, content, **options):
        content = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(content)
        return DataFile(str(tmp_path / name), **options)

    return data


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "label,text\npositive,good\nnegative,bad\n"),
        ("a.csv", "Sentiment,Tweet\r\npos,good\r\nneg,bad\r\n"),
        ("a.tsv", "text\tpolarity\ngood\t1\nbad\t0\n"),
        ("a.tsv.gz", gzip.compress(b"text\ttarget\ngood\t4\nbad\t0\n", mtime=0)),
        ("a.jsonl", '{"text": "good", "label": 1}\n{"text": "bad", "label": 0.0}\n'),
    ],
)
def test_files_become_examples(data, name, content):
    examples = read_examples([data(name, content)], LABELS)

    assert examples.examples == [Example("good", "positive", 1.0), Example("bad", "negative", 1.0)]
    assert (examples.left_out, examples.unreadable) == ({}, [])


def test_sentiment140_is_read_as_it_comes(data):
    file = data(
        "training.csv",
        b'"0","101","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","ann","a sad, caf\xe9 day"\n'
        b'"4","102","Mon Apr 06 22:19:49 PDT 2009","NO_QUERY","bob","sunny"\n'
        b'"2","103","Mon Apr 06 22:19:53 PDT 2009","NO_QUERY","eve","it is a day"\n',
    )

    examples = read_examples([file], LABELS)

    assert [(example.label, example.text) for example in examples] == [
        ("negative", "a sad, caf\u00e9 day"),
        ("positive", "sunny"),
    ]
    assert examples.left_out == {"neutral": 1}


def test_columns_and_encoding_may_be_named(data):
    file = data(
        "a.txt",
        "a,b\nsch\u00f6n,pos\n".encode("latin-1"),
        format="csv",
        text_column="a",
        label_column="b",
        encoding="latin-1",
    )

    assert list(read_examples([file], LABELS)) == [Example("sch\u00f6n", "positive", 1.0)]


def test_files_follow_each_other_with_their_weights(data):
    one = data("a.csv", "label,text\npositive,one\n")
    two = data("b.csv", "label,text\nnegative,two\nneutral,three\n", weight=2.5)

    examples = read_examples([one, two], LABELS)

    assert [(example.text, example.weight) for example in examples] == [("one", 1.0), ("two", 2.5)]
    assert examples.by_file == {one.path: 1, two.path: 1}
    assert len(examples) == 2


def test_each_file_has_a_scale_of_its_own(data):
    binary = data("a.csv", "label,text\n0,bad\n1,good\n")
    signed = data("b.csv", "label,text\n0,so so\n-1,bad\n1,good\n")

    examples = read_examples([binary, signed], ("positive", "neutral", "negative"))

    assert [example.label for example in examples] == [
        "negative",
        "positive",
        "neutral",
        "negative",
        "positive",
    ]


def test_other_labels_are_left_out_and_counted(data):
    file = data("a.csv", "label,text\nneu,x\npositive,good\nodd,x\nneutral,x\n")

    examples = read_examples([file], LABELS)

    assert [example.text for example in examples] == ["good"]
    assert examples.left_out == {"neutral": 2, "odd": 1}
    assert list(examples.left_out) == ["neutral", "odd"]


UNREADABLE = "label,text\npositive\npositive,good\n,no label\n"


def test_an_unreadable_row_is_one_helpful_line(data):
    with pytest.raises(SentimentError) as error:
        read_examples([file := data("a.csv", UNREADABLE)], LABELS)

    assert str(error.value) == (
        f"{file.path}, line 2: 1 field where the header has 2; correct it or pass --skip-unreadable"
    )


def test_unreadable_rows_are_skipped_when_asked(data):
    file = data("a.csv", UNREADABLE)

    examples = read_examples([file], LABELS, skip_unreadable=True)

    assert [example.text for example in examples] == ["good"]
    assert examples.unreadable == [
        (file.path, 2, "1 field where the header has 2"),
        (file.path, 4, "no label"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "label,text\npositive,good\nNaN,odd\nnan,odd\nnull,odd\n NULL ,odd\n,odd\n"),
        ("a.tsv", "label\ttext\npositive\tgood\nNaN\todd\n\todd\n"),
        ("a.jsonl", '{"text": "good", "label": "positive"}\n{"text": "odd", "label": NaN}\n'),
        ("a.jsonl", '{"text": "good", "label": "positive"}\n{"text": "odd", "label": "nan"}\n'),
    ],
)
def test_what_programs_write_for_no_label_is_no_label(data, name, content):
    found = read_examples([data(name, content)], LABELS, skip_unreadable=True)

    assert [example.text for example in found] == ["good"]
    assert {row.problem for row in found.unreadable} == {"no label"}
    assert len(found.unreadable) == content.count("odd")
    assert found.left_out == {}


def test_a_label_of_parquet_that_is_no_number_is_no_label(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"text": ["bad", "odd", "odd"], "label": [0.0, float("nan"), None]})
    parquet.write_table(table, tmp_path / "a.parquet")

    found = read_examples([DataFile(str(tmp_path / "a.parquet"))], LABELS, skip_unreadable=True)

    assert [example.text for example in found] == ["bad"]
    assert [row.problem for row in found.unreadable] == ["no label"] * 2


def test_a_label_may_be_called_null(data):
    file = data("a.csv", "label,text\nnull,good\nnan,odd\n")

    found = read_examples([file], ("Null", "other"), skip_unreadable=True)

    assert [(example.text, example.label) for example in found] == [("good", "Null")]


def test_text_and_label_may_be_inside_of_objects(data):
    row = {"data": {"text": "good"}, "gold": {"label": "positive"}}
    file = data("a.jsonl", json.dumps(row), text_column="data.text", label_column="gold.label")

    assert read_examples([file], LABELS).examples == [Example("good", "positive", 1.0)]


def test_plain_lines_are_refused_before_they_are_read(data, monkeypatch):
    taken = []
    take = LineSource.take
    monkeypatch.setattr(LineSource, "take", lambda *given: taken.append(given[1]) or take(*given))

    with pytest.raises(SentimentError, match="which have no labels"):
        read_examples([data("a.txt", "good\n" * 1000)], LABELS)
    assert sum(taken) < 10


@pytest.mark.parametrize("value", [None, "", " ", {"a": 1}])
def test_a_label_of_another_kind_does_no_harm(data, value):
    good = {"text": "good", "label": "positive"}
    rows = [good, {"text": "odd", "label": value}]
    file = data("a.jsonl", "\n".join(map(json.dumps, rows)))

    assert len(read_examples([file], LABELS, skip_unreadable=True)) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", r"a\.csv has no rows"),
        ("a.csv", "label,text\n", r"a\.csv has no rows"),
        (
            "a.csv",
            "labl,text\n1,x\n",
            r"no column 'label' \(did you mean 'labl'\?\); columns: labl",
        ),
        ("a.txt", "good\n", r"a\.txt is read as plain lines, which have no labels"),
        ("a.csv", "label,text\n1,x\n4,y\n", r"a\.csv: labels 1, 4 fit no known scale"),
    ],
)
def test_files_without_examples_are_one_helpful_line(data, name, content, message):
    with pytest.raises(SentimentError, match=message):
        read_examples([data(name, content)], LABELS)


@pytest.mark.parametrize("weight", [0, -1, float("inf"), float("nan")])
def test_a_weight_must_be_a_positive_number(weight):
    with pytest.raises(SentimentError, match=r"a\.csv: weight must be above 0"):
        DataFile("a.csv", weight=weight)


def test_a_reader_gives_windows_and_counts_on_the_way(data):
    rows = "".join(f"positive,text {number}\nodd,x\n" for number in range(5))
    reader = ExampleReader(data("a.csv", f"label,text\n{rows}"), LABELS)

    windows = list(reader.windows(2))

    assert [[row.example.text[-1] for row in window] for window in windows] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]
    assert reader.left_out == {"odd": 5}


def test_all_texts_of_a_file_may_lose_their_emoticons(data):
    content = "label,text\npositive,good :) film\nnegative,:(\n"

    examples = read_examples([data("a.csv", content, strip_emoticons=True)], LABELS)

    assert [each.text for each in examples] == ["good film", ""]


EXAMPLES = [Example("a", "b", 1.0), Example("c", "d", 2.0)]


def test_the_fingerprint_is_the_same_in_every_run():
    lines = b'["b", 1.0, "a"]\n["d", 2.0, "c"]\n'

    assert fingerprint(EXAMPLES) == hashlib.sha256(lines).hexdigest()


@pytest.mark.parametrize(
    "others",
    [
        EXAMPLES[::-1],
        EXAMPLES[:1],
        [Example("a", "b", 1.5), EXAMPLES[1]],
        [Example('a"]\n', "b", 1.0), EXAMPLES[1]],
        [Example("ab", "", 1.0), EXAMPLES[1]],
        [Example("a", "b", 1.0, b"1234"), EXAMPLES[1]],
        [Example("a", "b", 1.0, labelled=False), EXAMPLES[1]],
    ],
)
def test_other_examples_have_another_fingerprint(others):
    assert fingerprint(others) != fingerprint(EXAMPLES)


ROWS = "".join(
    f"{label},text {number} of {label}\n"
    for number in range(300)
    for label in ("positive", "positive", "negative", "neutral")[: number % 4 + 1]
)


@pytest.fixture
def read(tmp_path):
    def read(name="a.csv", content=f"label,text\n{ROWS}", **keys):
        (tmp_path / name).write_text(content, encoding="utf-8")
        return read_examples([DataFile(tmp_path / name, **keys)], LABELS)

    return read


def weights(examples):
    summed = Counter()
    for example in examples:
        summed[example.label] += example.weight
    return summed


def test_balanced_labels_count_the_same_and_together_what_they_did(read):
    plain, fair = read(weight=2.0), read(weight=2.0, balanced=True)

    assert weights(plain)["positive"] > 2 * weights(plain)["negative"]
    assert weights(fair)["positive"] == pytest.approx(weights(fair)["negative"])
    assert weights(fair).total() == pytest.approx(weights(plain).total())
    assert [each[:2] for each in fair] == [each[:2] for each in plain]


def test_labels_that_are_balanced_already_keep_their_weights(read):
    content = "label,text\npositive,a\nnegative,b\npositive,c\nnegative,d\n"

    assert read(content=content, balanced=True) == read(content=content)
    assert balanced([]) == []


def test_a_share_is_taken_of_examples_and_of_rows_left_out(read):
    whole, part = read(), read(share=0.4)

    assert set(part) < set(whole)
    assert 0.3 < len(part) / len(whole) < 0.5
    assert 0 < part.left_out["neutral"] < whole.left_out["neutral"]
    assert read(share=0.4) == part


def test_the_scale_of_labels_does_not_depend_on_the_share(read):
    rows = "".join(f"{number % 3 - 1},text {number}\n" for number in range(60))
    whole = {each.text: each.label for each in read(content=f"label,text\n{rows}")}
    part = list(read(content=f"label,text\n{rows}", share=0.02))

    assert 0 < len(part) < 5
    assert all(whole[each.text] == each.label for each in part)


@pytest.mark.parametrize("keys", [{"share": 0.5}, {"balanced": True}])
def test_what_changes_the_training_changes_the_fingerprint(read, keys):
    assert fingerprint(read(**keys)) != fingerprint(read())


@pytest.mark.parametrize("share", [0, -0.1, 1.1, float("nan")])
def test_a_share_must_be_one(share):
    with pytest.raises(SentimentError, match=r"a\.csv: share must be above 0"):
        DataFile("a.csv", share=share)
