"""What files hold, and the answers to them: complete, harmless, inside the terminal."""

import re
from dataclasses import replace

import pytest

from lstm_sentiment_cli.records.labelled import Unreadable
from lstm_sentiment_cli.records.profile import Bin, DataCheck, Description, Keyword, Lengths
from lstm_sentiment_cli.rendering.profiles import (
    check_tables,
    description_parts,
    summary,
)
from lstm_sentiment_cli.rendering.style import Display
from tests.rendering.printed import printed

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
    return [" ".join(line.split()) for line in printed(table).splitlines()]


def test_clean_data_is_one_line():
    assert summary(CLEAN) == ["3,000 examples: 1,000 positive, 2,000 negative"]


def test_rows_with_probabilities_are_counted_with_and_without_a_label():
    taught = replace(CLEAN, with_probabilities=2500, with_both=500)

    assert summary(taught)[1:] == [
        "with probabilities alone: 2,000",
        "with a label and probabilities: 500",
    ]
    assert "with probabilities alone 2,000" in shown(check_tables(taught))
    assert "with a label and probabilities 500" in shown(check_tables(taught))


def test_each_problem_is_a_line():
    _, *warnings = summary(WORRYING)

    assert warnings == [
        "rows with other labels (neutral, [b], c\x1b, d, e, …): 10",  # the terminal's part to clean
        "rows that could not be read: 12",
        "texts without words: 2",
        "duplicate texts: 3",
        "texts with conflicting labels: 1",
    ]


def test_table_of_counts():
    lines = shown(check_tables(CLEAN))

    assert "positive 1,000 (33%)" in lines
    assert "negative 2,000 (67%)" in lines
    assert "duplicate texts 0" in lines
    assert "total rows 3,000" in lines
    assert "words per text, mean 14.2" in lines
    assert "maximum 1,040" in lines


def test_table_of_no_examples():
    nothing = DataCheck(0, {"a": 0, "b": 0}, {}, 0, 0, 0, (), Lengths(0.0, 0.0, 0.0, 0), {})

    assert "a 0" in shown(check_tables(nothing))


def test_labels_of_the_data_are_harmless():
    lines = shown(check_tables(WORRYING))

    assert "rows with other labels (neutral, [b], c\ufffd, d, e, …) 10" in lines


def test_the_first_unreadable_rows_are_listed_harmlessly():
    lines = shown(check_tables(WORRYING))

    assert "a.csv 1 [/]\ufffd 1" in lines
    assert "a.csv 10 [/]\ufffd 10" in lines
    assert not any(line.startswith("a.csv 11 ") for line in lines)
    assert "and 2 more" in lines


FOUND = Description(
    check=DataCheck(
        rows=120,
        by_label={"positive": 60, "negative": 40},
        left_out={"neutral": 15, "odd": 2},
        empties=1,
        duplicates=4,
        contradictions=2,
        unreadable=tuple(Unreadable("a.csv", line, "broken") for line in range(3)),
        lengths=Lengths(12.0, 11.0, 25.0, 1300),
        by_file={"a.csv": 100},
    ),
    with_signs={"emoji": 5, "emoticon": 6, "hashtag": 7, "user": 8, "url": 9},
    histogram=(Bin(1, 4, 10), Bin(5, 8, 70), Bin(65, None, 19)),
    max_tokens=64,
    over_max_tokens=19,
    keywords={
        "positive": (Keyword("love", 12.34, 1200, 3), Keyword("[red]\x1b[31m", 2.0, 5, 0)),
        "negative": (Keyword("a" * 60, 8.0, 10, 1),),
    },
)


def test_the_headline_counts_texts_and_what_is_none():
    headline, *_ = description_parts(FOUND, Display(80)).renderables

    assert headline == "100 texts, 17 rows with other labels, 3 rows that could not be read"


def test_labels_are_bars_in_their_colours():
    _, text, *_ = description_parts(FOUND, Display(40)).renderables

    assert [line[:18] for line in str(text).split("\n")] == [
        "positive 60  60.0%", "negative 40  40.0%"
    ]  # fmt: skip
    assert len({str(span.style) for span in text.spans}) == 2


def test_lengths_are_told_and_drawn():
    _, _, _, told, drawn, *_ = description_parts(FOUND, Display(60)).renderables

    assert told == (
        "words per text: median 11, 95th percentile 25, maximum 1,300; "
        "longer than the 64 tokens that a model reads by default: 19 texts"
    )
    assert re.sub("[█▏▎▍▌▋▊▉]+", "=", str(drawn)).split("\n") == [
        "1 to 4     10  10.1% =",
        "5 to 8     70  70.7% =",
        "65 or more 19  19.2% =",
    ]


def test_facts_have_their_share_of_the_texts():
    lines = shown(description_parts(FOUND, Display(80)))

    assert "duplicate texts 4 (4.0%)" in lines
    assert "texts with conflicting labels 2 (2.0%)" in lines
    assert "texts without words 1 (1.0%)" in lines
    assert "texts with an emoji 5 (5.0%)" in lines
    assert "texts with an @user 8 (8.0%)" in lines
    assert "texts with an address 9 (9.0%)" in lines


@pytest.mark.parametrize("width", [40, 80, 120])
def test_keywords_are_harmless_and_inside_the_terminal(width):
    text = printed(description_parts(FOUND, Display(width)), width)

    assert re.search(r"love +12\.3 +1,200 +3", text)
    assert "[red]\ufffd[31m" in text
    assert "\x1b" not in text
    assert "a" * 15 + "…" in text
    assert max(map(len, text.splitlines())) <= width


def test_a_label_without_keywords_says_so():
    nothing = replace(FOUND, keywords={"positive": ()})

    assert "none" in shown(description_parts(nothing, Display(80)))
