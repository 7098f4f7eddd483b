"""Everything that is known of a format follows from its row in the table."""

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.formats import (
    COLUMN_FORMATS,
    FORMATS,
    INPUT_FORMATS,
    OUTPUT_FORMATS,
    ROW_FORMATS,
    check_format,
    either,
    format_of,
)


@pytest.mark.parametrize("each", FORMATS.values(), ids=lambda each: each.name)
def test_what_a_row_names_is_there(each):
    parts = {part for part in ("reader", "rows", "encoder") if getattr(each, part)}

    assert parts
    for part in parts:
        assert callable(each.load(part))


def test_endings_mean_one_format_each():
    endings = [ending for each in FORMATS.values() for ending in each.endings]

    assert len(set(endings)) == len(endings)
    assert all(format_of(f"a{ending.upper()}.gz") for ending in endings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "csv"), ("a.csv.gz", "csv"), ("a.NDJSON", "jsonl"), ("a.b.tsv.zip", "tsv"),
        ("notes.txt", None), ("notes", None), ("a.gz", None), (".csv", None), ("-", None),
    ],
)  # fmt: skip
def test_the_ending_tells_the_format(name, expected):
    assert format_of(name) == expected


def test_the_formats_are_those_of_the_manual():
    assert INPUT_FORMATS == ("lines", "csv", "tsv", "jsonl", "parquet")
    assert OUTPUT_FORMATS == COLUMN_FORMATS == ("csv", "tsv", "jsonl", "parquet")
    assert ROW_FORMATS == ("csv", "tsv", "jsonl")
    assert either(ROW_FORMATS) == "csv, tsv or jsonl"


def test_a_format_that_does_not_fit_is_one_helpful_line():
    check_format("csv", OUTPUT_FORMATS, "format")
    with pytest.raises(SentimentError, match=r"^unknown format 'jsnol' \(did you mean 'jsonl'\?\)"):
        check_format("jsnol", INPUT_FORMATS, "input_format")
    with pytest.raises(SentimentError, match=r"^unsuitable format 'lines'; choose from csv, tsv"):
        check_format("lines", OUTPUT_FORMATS, "format")
