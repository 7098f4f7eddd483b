from dataclasses import replace

import pytest

from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.file_summary import FileSummary, Line, file_summary
from lstm_sentiment_cli.rendering.style import Display

SUMMARY = FileSummary(
    path="tweets.csv",
    labels=("positive", "negative"),
    records=1204,
    counts={"positive": 900, "negative": 300, "uncertain": 3},
    histogram=[100, 100, 100, 0, 0, 3, 0, 100, 400, 400],
    surest={
        "positive": [Line(0.991, 7, "so good"), Line(0.98, 1203, "love \x1b[2J it")],
        "negative": [Line(0.97, 12, "worst day ever")],
    },
    unreadable=1,
)


def lines(summary, width=60, *, unicode=True):
    return file_summary(summary, Display(width, unicode)).plain.split("\n")


def test_counts_histogram_and_surest_lines_stand_under_headings():
    shown = lines(SUMMARY)

    assert shown[0] == "tweets.csv: 1,204 records"
    assert [line.split()[:3] for line in shown[1:4]] == [
        ["positive", "900", "74.8%"],
        ["negative", "300", "24.9%"],
        ["uncertain", "3", "0.2%"],
    ]
    assert shown[5] == "probability of positive"
    assert [line.split()[:2] for line in shown[6:16]] == [
        [f"{number / 10:.1f}-{(number + 1) / 10:.1f}", str(count)]
        for number, count in enumerate(SUMMARY.histogram)
    ]
    assert shown[16:] == [
        "",
        "most positive, with line numbers",
        " 99.1%     7 so good",
        " 98.0% 1,203 love \ufffd[2J it",
        "",
        "most negative, with line numbers",
        " 97.0% 12 worst day ever",
        "",
        "1 could not be read",
    ]


def test_where_there_is_no_room_for_line_numbers_the_heading_speaks_of_none():
    shown = lines(SUMMARY, 28)

    assert "most positive" in shown
    assert " 99.1% so good" in shown


def test_the_longest_bar_fills_the_line():
    assert max(map(cells, lines(SUMMARY)[6:16])) == 60
    assert lines(SUMMARY, unicode=False)[15].endswith("#")


def test_what_was_wrong_is_counted():
    shown = lines(replace(SUMMARY, undecodable=2, truncated=3_000, max_tokens=64))

    assert shown[-3:] == [
        "1 could not be read",
        "2 contain bytes that are not UTF-8",
        "3,000 were truncated: the model reads the first 64 tokens",
    ]


def test_a_file_that_was_stopped_says_so():
    assert lines(replace(SUMMARY, stopped=True))[0] == "tweets.csv: stopped after 1,204 records"


def test_a_file_without_a_text_is_a_line():
    nothing = replace(
        SUMMARY, records=0, counts={"positive": 0}, histogram=[0], surest={}, unreadable=0
    )

    assert lines(nothing) == ["tweets.csv: 0 records"]


def test_a_label_without_a_line_has_no_heading():
    assert "most negative" not in "\n".join(lines(replace(SUMMARY, surest={"negative": []})))


@pytest.mark.parametrize("width", [20, 30, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width):
    long = replace(SUMMARY, path="很" * 300, surest={"positive": [Line(0.9, 5, "wide 日本 " * 99)]})

    assert max(map(cells, lines(long, width))) <= width
