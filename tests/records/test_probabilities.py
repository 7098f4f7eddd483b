"""Columns p_LABEL: which files have them, what a row may say, and what is wrong with it."""

import json
from math import nan

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    ExampleReader,
    balanced,
    fingerprint,
    read_examples,
)

TWO = ("positive", "negative")
THREE = ("positive", "neutral", "negative")
NONE = {"p_positive": None, "p_negative": None}
ROWS = [
    {"label": "negative", "text": "both", "p_positive": 0.75, "p_negative": 0.25},
    {"label": None, "text": "alone", "p_positive": 0.125, "p_negative": 0.875},
    {"label": "positive", "text": "hard"} | NONE,
    {"label": "neutral", "text": "other", "p_positive": 0.5, "p_negative": 0.5},
    {"label": "neutral", "text": "left out"} | NONE,
]


def cell(value):
    return "" if value is None else str(value)


def write(path, rows):
    """Write rows of the same columns in the format of the file's name."""
    columns = list(rows[0])
    if path.suffix == ".parquet":
        arrow = pytest.importorskip("pyarrow")
        pytest.importorskip("pyarrow.parquet").write_table(arrow.Table.from_pylist(rows), path)
        return path
    if path.suffix in {".csv", ".tsv"}:
        sign = "," if path.suffix == ".csv" else "\t"
        lines = [columns, *([cell(row[name]) for name in columns] for row in rows)]
        content = "\n".join(map(sign.join, lines))
    elif path.suffix == ".json":
        content = json.dumps(rows)
    else:
        content = "\n".join(map(json.dumps, rows))
    path.write_text(content + "\n", encoding="utf-8")
    return path


@pytest.fixture
def read(tmp_path):
    """Read rows from a file, or rows of cells under a header."""

    def read(rows, labels=TWO, name="a.csv", **options):
        skip = options.pop("skip_unreadable", False)
        if isinstance(rows, str):
            (tmp_path / name).write_text(rows, encoding="utf-8")
        else:
            write(tmp_path / name, rows)
        return read_examples([DataFile(tmp_path / name, **options)], labels, skip_unreadable=skip)

    return read


def probabilities(example):
    return np.frombuffer(example.probabilities, "<f4").tolist()


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet"])
def test_rows_of_labels_of_probabilities_and_of_both_are_read_from_every_format(read, name):
    found = read(ROWS, name=name)

    assert [(each.text, each.label, each.labelled, probabilities(each)) for each in found] == [
        ("both", "negative", True, [0.75, 0.25]),
        ("alone", "negative", False, [0.125, 0.875]),
        ("hard", "positive", True, []),
        ("other", "positive", False, [0.5, 0.5]),
    ]
    assert (found.left_out, found.unreadable) == ({"neutral": 1}, [])


def test_no_column_of_labels_is_needed_and_predicted_is_none(read):
    found = read("predicted,p_positive,p_negative,text\npositive,0.25,0.75,so so\n")

    assert [(each.label, each.labelled) for each in found] == [("negative", False)]


def test_the_columns_are_in_any_order_and_the_probabilities_in_that_of_the_labels(read):
    found = read("text,p_negative,p_neutral,p_positive\na,0.5,0.25,0.25\n", THREE)

    assert probabilities(found.examples[0]) == [0.25, 0.25, 0.5]


def test_labels_that_were_not_asked_for_are_left_out_and_the_rest_scaled(read):
    found = read("text,p_negative,p_neutral,p_positive\na,0.125,0.75,0.125\nb,.2,,.8\n")

    assert [probabilities(each) for each in found] == [[0.5, 0.5], pytest.approx([0.8, 0.2])]


@pytest.mark.parametrize("empty", ["", " ", "NaN", "null"])
def test_empty_cells_are_no_probabilities(read, empty):
    found = read(f"label,text,p_positive,p_negative\npos,a,{empty},{empty}\n")

    assert [(each.label, each.probabilities) for each in found] == [("positive", b"")]


@pytest.mark.parametrize("total", [0.9991, 1.0009])
def test_sums_that_are_nearly_1_become_1(read, total):
    found = read(f"text,p_positive,p_negative\na,0.5,{total - 0.5:.4f}\n")

    assert sum(probabilities(found.examples[0])) == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (("0.5", "0.4"), "p_positive + p_negative is 0.9, not 1"),
        (("0.5", "0.502"), "p_positive + p_negative is 1.002, not 1"),
        (("1.5", "-0.5"), "p_positive is 1.5, not between 0 and 1"),
        (("1.0001", "0"), "p_positive is 1.0001, not between 0 and 1"),
        (("-0.1", "1.1"), "p_positive is -0.1, not between 0 and 1"),
        (("inf", "0"), "p_positive is inf, not between 0 and 1"),
        (("high", "low"), "p_positive is 'high', not a number"),
        (("0.5", ""), "no p_negative"),
        (("nan", "1"), "no p_positive"),
    ],
)
@pytest.mark.parametrize("label", ["positive", ""])
def test_what_is_no_distribution_is_unreadable_whatever_the_label(read, cells, problem, label):
    good = "positive,good,0.5,0.5\n"
    content = f"label,text,p_positive,p_negative\n{good}{label},bad,{','.join(cells)}\n{good}"

    with pytest.raises(SentimentError) as caught:
        read(content)
    skipped = read(content, skip_unreadable=True)

    assert str(caught.value).endswith(
        f"a.csv, line 3: {problem}; correct it or pass --skip-unreadable"
    )
    assert [(row.line, row.problem) for row in skipped.unreadable] == [(3, problem)]
    assert [each.text for each in skipped] == ["good", "good"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (True, "p_positive is True, not a number"),
        ([1], "p_positive is [1], not a number"),
        (10**400, "p_positive is 1000"),
        ("0.5", None),
        (nan, "no p_positive"),
    ],
)
def test_values_of_json_must_be_numbers(read, value, problem):
    row = {"text": "a", "p_positive": value, "p_negative": 0.5}
    found = read([row], name="a.jsonl", skip_unreadable=True)

    told = [row.problem for row in found.unreadable]
    assert (told and told[0].startswith(problem)) if problem else not told


def test_nothing_left_of_a_distribution_is_unreadable(read):
    content = "text,p_positive,p_neutral,p_negative\na,0,1,0\n"

    with pytest.raises(SentimentError, match=r"line 2: p_positive \+ p_negative is 0; "):
        read(content)


def test_a_row_with_neither_says_what_is_missing(read):
    with pytest.raises(SentimentError, match="line 2: no label; "):
        read("label,text,p_positive,p_negative\n,a,,\n")
    with pytest.raises(SentimentError, match="line 2: no probabilities; "):
        read("text,p_positive,p_negative\na,,\n")


@pytest.mark.parametrize(
    ("header", "labels", "said"),
    [
        ("text,p_positive", TWO, "has p_positive, but no p_negative; "),
        ("label,text,p_positive", TWO, "has p_positive, but no p_negative; "),
        (
            "label,text,p_positive,p_negative",
            THREE,
            "has p_positive, p_negative, but no p_neutral; ",
        ),
        ("text,p_POSITIVE,p_NEGATIVE", TWO, "has p_POSITIVE, p_NEGATIVE, but no p_positive; "),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_column_that_is_missing_is_named(read, name, header, labels, said):
    columns = header.split(",")
    row = {column: {"label": "positive", "text": "a"}.get(column, 0.5) for column in columns}

    with pytest.raises(SentimentError) as caught:
        read([row], labels, name=name)
    assert said in str(caught.value)
    assert "--labels" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_columns_that_only_begin_with_p_are_other_columns(read):
    found = read("label,text,p_value,p_adjusted\npositive,a,0.3,9\n")

    assert [(each.label, each.probabilities) for each in found] == [("positive", b"")]


def test_a_text_whose_column_looks_like_a_probability_is_a_text(read):
    content = "label,p_text,p_positive,p_negative\n,a,0.25,0.75\n"

    assert [each.label for each in read(content, text_column="p_text")] == ["negative"]


def test_later_objects_of_json_may_have_probabilities(read):
    rows = [
        {"text": "a", "label": "positive"},
        {"text": "b", "p_positive": 0.25, "p_negative": 0.75},
        {"text": "c", "label": "negative", "p_positive": 0.5},
        {"text": "d", "label": "negative", "p_value": 0.5},
    ]
    found = read(rows, name="a.jsonl", skip_unreadable=True)

    assert [(each.label, each.labelled) for each in found] == [
        ("positive", True),
        ("negative", False),
        ("negative", True),
    ]
    assert [(row.line, row.problem) for row in found.unreadable] == [(3, "no p_negative")]


def test_labels_of_ones_own_have_columns_of_their_names(read):
    found = read("text,p_sad,p_very glad\na,0.25,0.75\n", ("sad", "very glad"))

    assert [(each.label, probabilities(each)) for each in found] == [("very glad", [0.25, 0.75])]


def test_most_probable_labels_are_balanced_too(read):
    content = "text,p_positive,p_negative\na,.9,.1\nb,.8,.2\nc,.7,.3\nd,.2,.8\n"

    assert list(read(content, balanced=True)) == balanced(list(read(content)))
    assert [each.weight for each in read(content, balanced=True)] == pytest.approx(
        [2 / 3, 2 / 3, 2 / 3, 2]
    )


def test_probabilities_are_part_of_the_fingerprint(read):
    prints = {
        fingerprint(read(f"label,text,p_positive,p_negative\n{row}\n"))
        for row in ("positive,a,,", "positive,a,.75,.25", ",a,.75,.25", ",a,.5,.5")
    }

    assert len(prints) == 4


def test_a_reader_that_wants_labels_ignores_them(tmp_path):
    """A model is measured on labels: what another one answered is none of them."""
    path = write(tmp_path / "a.csv", ROWS)
    reader = ExampleReader(DataFile(path), TWO, skip_unreadable=True)
    found = [row.example for window in reader.windows() for row in window]

    assert [(each.text, each.label, each.probabilities) for each in found] == [
        ("both", "negative", b""),
        ("hard", "positive", b""),
    ]
    assert [row.problem for row in reader.unreadable] == ["no label"]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("text,p_glad,p_sad", "a,.25,.75", ("sad", False)),
        ("label,text,p_positive,p_negative", ",a,.25,.75", ("negative", False)),
        ("label,text,p_value,p_adjusted", "glad,a,.25,9", ("glad", True)),
        ("label,text,p_value", "glad,a,9", ("glad", True)),
    ],
)
def test_without_labels_to_look_for_they_are_those_of_the_columns(tmp_path, header, row, expected):
    (tmp_path / "a.csv").write_text(f"{header}\n{row}\n")
    reader = ExampleReader(DataFile(tmp_path / "a.csv"), None, probabilities=True)
    [[found]] = reader.windows()

    assert (found.example.label, found.example.labelled) == expected
