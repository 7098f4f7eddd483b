"""Rows of csv, tsv and jsonl are read as what was written."""

import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.records.encoders import CsvRows, JsonRows, TsvRows, cell

CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2)


def lines(rows, *cells):
    names = [str(number) for number in range(len(cells[0]))]
    return rows(names).lines((dict(zip(names, row, strict=True)), ()) for row in cells)


@given(CELLS)
def test_a_line_of_csv_is_read_as_what_was_written(cells):
    line = lines(CsvRows, cells)

    assert list(csv.reader(StringIO(line, newline=""), strict=True)) == [cells]
    assert line.endswith("\n")


@given(CELLS)
def test_a_line_of_tsv_has_one_end_and_a_tab_between_cells(cells):
    line = lines(TsvRows, cells)

    assert line.count("\n") == 1
    assert "\r" not in line
    assert line.count("\t") == len(cells) - 1


def test_what_needs_no_quotes_has_none():
    assert lines(CsvRows, ["so, so", "good", 'say "hi"']) == '"so, so",good,"say ""hi"""\n'
    assert lines(TsvRows, ["a\tb", "\\o/\r"]) == "a\\tb\t\\\\o/\\r\n"


def test_a_lone_carriage_return_is_quoted():
    assert lines(CsvRows, ["a\rb", "c"]) == '"a\rb",c\n'


@pytest.mark.parametrize(
    ("rows", "header", "expected"),
    [
        (CsvRows, "a,b\n", "1,\n,true\n"),
        (TsvRows, "a\tb\n", "1\t\n\ttrue\n"),
        (JsonRows, "", '{"a": 1}\n{"b": true}\n'),
    ],
)
def test_a_value_that_is_missing_is_empty_or_left_out(rows, header, expected):
    written = rows(["a", "b"])

    assert written.header() == header
    assert written.lines([({"a": 1}, ()), ({"b": True}, ())]) == expected
    assert written.lines([]) == ""


@pytest.mark.parametrize("rows", [CsvRows, TsvRows, JsonRows])
def test_values_without_a_name_are_those_of_the_last_columns(rows):
    named, values = rows(["a", "b"]), rows(["a"], ["b"])

    assert values.header() == named.header()
    assert values.lines([({"a": 1}, [2])]) == named.lines([({"a": 1, "b": 2}, ())])


def test_numbers_are_written_as_json_writes_them():
    numbers = [0.1, 1e-8, 1e22, 5e-324, -0.0, 1e16, 123456789.0, 7, -1]

    assert [cell(number) for number in numbers] == [json.dumps(number) for number in numbers]
