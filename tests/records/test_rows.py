import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.records.rows import csv_row, tsv_row

CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2)


@given(CELLS)
def test_a_line_of_csv_is_read_as_what_was_written(cells):
    line = csv_row(cells)

    assert list(csv.reader(StringIO(line.decode(), newline=""), strict=True)) == [cells]
    assert line.endswith(b"\n")


@given(CELLS)
def test_a_line_of_tsv_has_one_end_and_a_tab_between_cells(cells):
    line = tsv_row(cells)

    assert line.count(b"\n") == 1
    assert b"\r" not in line
    assert line.count(b"\t") == len(cells) - 1


def test_what_needs_no_quotes_has_none():
    assert csv_row(["so, so", "good", 'say "hi"']) == b'"so, so",good,"say ""hi"""\n'
    assert tsv_row(["a\tb", "\\o/\r"]) == b"a\\tb\t\\\\o/\\r\n"


def test_what_is_no_character_is_replaced():
    assert csv_row(["caf\udce9", ""]) == b"caf?,\n"
    assert tsv_row(["caf\udce9", ""]) == b"caf?\t\n"
