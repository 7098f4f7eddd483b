"""What labelled files hold, told in lines and in tables."""

import io

from rich.console import Console

from lstm_sentiment_cli.records.labelled import Unreadable
from lstm_sentiment_cli.records.profile import DataCheck, Lengths
from lstm_sentiment_cli.rendering.profiles import check_table, summary, unreadable_table

CLEAN = DataCheck(
    rows=3000,
    by_label={"positive": 1000, "negative": 2000},
    left_out={},
    empties=0,
    duplicates=0,
    contradictions=0,
    unreadable=(),
    lengths=Lengths(14.25, 13.0, 27.0, 1040),
    by_file={"a.csv": 3000},
)
WORRYING = DataCheck(
    rows=3019,
    by_label={"positive": 1000, "negative": 2000},
    left_out={"neutral": 5, "[b]": 1, "c\x1b": 1, "d": 1, "e": 1, "f": 1},
    empties=2,
    duplicates=3,
    contradictions=1,
    unreadable=tuple(Unreadable("a.csv", line, f"[/]\x07 {line}") for line in range(1, 13)),
    lengths=CLEAN.lengths,
    by_file={"a.csv": 3000},
)


def shown(table):
    console = Console(file=io.StringIO(), width=80, markup=False, emoji=False)
    console.print(table)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_clean_data_is_one_line():
    assert summary(CLEAN) == ["3,000 examples: 1,000 positive, 2,000 negative"]


def test_each_thing_to_be_wary_of_is_a_line():
    _, *warnings = summary(WORRYING)

    assert warnings == [
        "10 rows of other labels (neutral, [b], c\x1b, d, e, …)",  # the terminal's part to clean
        "12 rows that could not be read",
        "2 texts without a word",
        "3 texts that occurred before",
        "1 texts that occur with different labels",
    ]


def test_table_of_counts():
    lines = shown(check_table(CLEAN))

    assert "positive 1,000 (33%)" in lines
    assert "negative 2,000 (67%)" in lines
    assert "texts that occurred before 0" in lines
    assert "rows in all 3,000" in lines
    assert "words in a text, on average 14.2" in lines
    assert "the longest has 1,040" in lines


def test_table_of_no_examples():
    nothing = DataCheck(0, {"a": 0, "b": 0}, {}, 0, 0, 0, (), Lengths(0.0, 0.0, 0.0, 0), {})

    assert "a 0" in shown(check_table(nothing))


def test_labels_of_the_data_are_harmless():
    lines = shown(check_table(WORRYING))

    assert "rows of other labels (neutral, [b], c\ufffd, d, e, …) 10" in lines


def test_the_first_unreadable_rows_are_listed_harmlessly():
    lines = shown(unreadable_table(WORRYING))

    assert "a.csv 1 [/]\ufffd 1" in lines
    assert "a.csv 10 [/]\ufffd 10" in lines
    assert not any(line.startswith("a.csv 11 ") for line in lines)
    assert "and 2 more" in lines
