"""Everything that is known of a format follows from its row in the table."""

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.formats import (
    COLUMN_FORMATS,
    FORMATS,
    INPUT_FORMATS,
    OUTPUT_FORMATS,
    ROW_FORMATS,
    Format,
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


@pytest.mark.parametrize("known", [INPUT_FORMATS, OUTPUT_FORMATS], ids=["input", "output"])
def test_endings_mean_one_format_each(known):
    endings = [ending for name in known for ending in FORMATS[name].endings]

    assert len(set(endings)) == len(endings)
    assert all(format_of(f"a{ending.upper()}.gz", known) for ending in endings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "csv"), ("a.csv.gz", "csv"), ("a.NDJSON", "jsonl"), ("a.b.tsv.zip", "tsv"),
        ("notes.txt", None), ("notes", None), ("a.gz", None), (".csv", None), ("-", None),
    ],
)  # fmt: skip
def test_the_ending_tells_the_format(name, expected):
    assert format_of(name, INPUT_FORMATS) == expected


def test_an_ending_of_what_is_only_written_says_nothing_of_what_is_read(monkeypatch):
    monkeypatch.setitem(FORMATS, "cards", Format("cards", (".card",), rows="encoders:CsvRows"))
    monkeypatch.setitem(FORMATS, "old", Format("old", (".old",), reader="reader:open_lines"))
    read, written = (*INPUT_FORMATS, "old"), (*OUTPUT_FORMATS, "cards")

    assert [format_of("a.card", known) for known in (read, written)] == [None, "cards"]
    assert [format_of("a.old", known) for known in (read, written)] == ["old", None]


def test_formats_are_read_or_written_or_both():
    both = {"csv", "tsv", "jsonl", "parquet"}

    assert both | {"lines"} <= set(INPUT_FORMATS)
    assert both <= set(COLUMN_FORMATS) <= set(INPUT_FORMATS)
    assert both - {"parquet"} <= set(ROW_FORMATS) <= set(OUTPUT_FORMATS)
    assert "lines" not in {*COLUMN_FORMATS, *OUTPUT_FORMATS}
    assert either(("csv", "tsv", "jsonl")) == "csv, tsv or jsonl"


def test_a_format_that_does_not_fit_is_one_helpful_line():
    check_format("csv", OUTPUT_FORMATS, "format")
    with pytest.raises(SentimentError, match=r"^unknown format 'jsnol' \(did you mean 'jsonl'\?\)"):
        check_format("jsnol", INPUT_FORMATS, "input_format")
    with pytest.raises(SentimentError, match=r"^unsuitable format 'lines'; choose from csv, tsv"):
        check_format("lines", OUTPUT_FORMATS, "format")
