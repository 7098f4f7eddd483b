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
    output_format,
    tells_format,
)


@pytest.mark.parametrize("each", FORMATS.values(), ids=lambda each: each.name)
def test_what_a_row_names_is_there(each):
    parts = {part for part in ("reader", "blocks", "rows", "encoder") if getattr(each, part)}

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
        ("a.json", "json"), ("a.TAB", "tsv"), ("notes.txt", None), ("notes", None),
        ("a.gz", None), (".csv", None), ("-", None),
    ],
)  # fmt: skip
def test_the_ending_tells_the_format(name, expected):
    assert format_of(name, INPUT_FORMATS) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "csv"), ("a.b.jsonl", "jsonl"), ("a.tsv.csv", "csv"), ("a.csv.gz", "csv"),
        ("a.parquet", "parquet"), ("a.txt", "tsv"), ("a", "tsv"), ("/dev/null", "tsv"),
    ],
)  # fmt: skip
def test_the_ending_tells_the_format_of_an_output(name, expected):
    assert output_format(name) == expected


@pytest.mark.parametrize("name", ["a.xlsx", "a.out", "a.csv.txt", "a.csv.bak", "a.tvs", "a.7z"])
def test_an_output_of_no_known_ending_is_one_helpful_line(name):
    with pytest.raises(SentimentError) as refused:
        output_format(name)

    assert str(refused.value) == (
        f"{name} must end in .csv, .tsv, .jsonl or .parquet; rename it, or choose with --format"
    )


def test_json_as_an_output_could_be_two_things():
    with pytest.raises(SentimentError, match=r"\.parquet \(\.jsonl is an object a line\); rename"):
        output_format("a.json")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.csv", True), ("a.csv.gz", True), ("a", True), ("a.TXT", True), ("a.txt.xz", True),
        ("a.dat", False), ("a.xlsx", False), ("a.dat.gz", False),
    ],
)  # fmt: skip
def test_other_endings_tell_no_format(name, told):
    assert tells_format(name, INPUT_FORMATS) == told


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
