"""A summary in a terminal: aligned, harmless, inside of it, and in plain words."""

import re
from dataclasses import replace

import pytest

from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.records.profile import Keyword
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.style import Display
from lstm_sentiment_cli.rendering.summaries import interval_bar, sparkline, summary_parts
from lstm_sentiment_cli.summary.groups import Group, Period
from lstm_sentiment_cli.summary.reading import Reading
from lstm_sentiment_cli.summary.summary import Compared, Summary
from lstm_sentiment_cli.summary.tally import Surest, Tally
from lstm_sentiment_cli.summary.times import Periods, zone


def pair(value, low, high):
    return Interval(value, low, high), Interval(1 - value, 1 - high, 1 - low)


def group(name, value, texts=1000, **more):
    return Group(name, texts, pair(value, value - 0.1, value + 0.05), (0.6, 0.4), **more)


DAYS = tuple(
    Period(f"2023-01-{day:02}", 0 if day == 3 else 10, () if day == 3 else pair(day / 10, 0, 1))
    for day in range(1, 10)
)
DELTA = group(
    ("Delta",),
    0.7,
    differences=(Interval(0.4, 0.3, 0.5),),
    differs=(True,),
    words={"positive": (Keyword("lovely", 5.0, 10, 1),), "negative": ()},
    surest={"positive": [Surest(0.99, 3, "so \x1b[2J [b]lovely[/b]")], "negative": []},
)
UNITED = group(("",), 0.3, 12, differences=(Interval(-0.1, -0.3, 0.1),), differs=(False,))


def summary(*groups, by=("airline",), over=False, **more):
    tally = Tally(
        ("positive", "negative"), by, "date" if over else None,
        Periods("day", zone("UTC")) if over else None,
    )  # fmt: skip
    whole = group(None, 0.5, 2012, periods=DAYS if over else ())
    reading = Reading(("tweets.csv",), None, tally)
    found = Summary(reading, whole, groups, None, 0, None)
    return replace(found, **more)


def lines(found, width=80, *, unicode=True, **options):
    return summary_parts(found, Display(width, unicode), **options).plain.split("\n")


def test_rows_are_aligned_and_intervals_are_bars():
    shown = lines(summary(DELTA, UNITED))

    assert shown[0] == "2,012 texts of tweets.csv"
    assert shown[2].split() == ["texts", "positive", "0%", "50%", "100%"]
    assert shown[3].startswith("Delta   1,000  70.0% (60.0-75.0) ")
    assert shown[4].startswith("(none)    12*  30.0% (20.0-35.0) ")
    assert shown[5].startswith("all     2,012  50.0% (40.0-55.0) ")
    begin, end = shown[2].index("0%"), len(shown[2])
    assert (shown[3].index("●") - begin) / (end - begin) == pytest.approx(0.7, abs=0.03)
    assert shown[6] == "* fewer than 30 texts: too few to say much"


def test_only_what_is_beyond_chance_is_called_a_difference():
    shown = lines(summary(DELTA, UNITED))
    at = shown.index("different from all other texts, by more than chance:")

    assert shown[at + 1] == "Delta  positive +40.0 points (+30.0 to +50.0)"
    assert shown[at + 2] == "1 other group: no more than chance"
    none = "no group differs from all other texts by more than chance"
    assert none in lines(summary(UNITED, UNITED))


def test_a_comparison_is_told_either_way():
    compared = Compared("airline", "Delta", "")
    shown = lines(summary(DELTA, UNITED, compared=compared))
    alike = lines(summary(UNITED, DELTA, compared=compared))

    assert "Delta minus (none), more than chance:" in shown
    assert "(none) minus Delta: no more than chance, -10.0 points (-30.0 to +10.0)" in alike


def test_words_and_surest_texts_follow_their_group_and_are_harmless():
    shown = lines(summary(DELTA, UNITED))

    assert shown[-3:] == [
        "Delta",
        "positive, typical words: lovely",
        " 99.0% sure: so \ufffd[2J [b]lovely[/b]",
    ]


def test_without_groups_there_is_one_row():
    shown = lines(summary(by=()))

    assert shown[3].startswith("2,012  50.0% (40.0-55.0)")
    assert len(shown) == 4


def test_counting_is_shown_on_demand():
    assert "counted" in lines(summary(DELTA, UNITED), naive=True)[2]
    assert " 60.0%" in lines(summary(DELTA, UNITED), naive=True)[3]
    assert "counted" not in lines(summary(DELTA, UNITED))[2]


def test_over_time_the_last_column_is_a_line():
    shown = lines(
        summary(group(("Delta",), 0.7, periods=DAYS), group(("Jet",), 0.6, periods=DAYS), over=True)
    )

    assert shown[2].endswith("every day")
    assert shown[3].endswith("▁▂ ▄▅▅▆▇█")
    assert "days from 2023-01-01 to 2023-01-09; height: 0% to 100%, blank: no texts" in shown


@pytest.mark.parametrize(
    ("room", "drawn"), [(9, "▁▂ ▄▅▅▆▇█"), (40, "▁▂ ▄▅▅▆▇█"), (5, "▂▄▅▇█"), (1, "▅")]
)
def test_where_there_is_less_room_a_sign_stands_for_several_periods(room, drawn):
    assert sparkline(DAYS, 0, room, Display(80)) == drawn


def test_without_blocks_signs_are_digits():
    assert sparkline(DAYS, 0, 9, Display(80, unicode=False)) == "12 456789"


@pytest.mark.parametrize(
    ("interval", "drawn"),
    [
        (Interval(0.5, 0.2, 0.8), "  ━━━●━━━  "),
        (Interval(0.0, 0.0, 0.1), "●━         "),
        (Interval(1.0, 1.0, 1.0), "          ●"),
    ],
)
def test_a_bar_reaches_from_the_low_to_the_high_end(interval, drawn):
    assert interval_bar(interval, 11, Display(80)) == drawn
    assert interval_bar(interval, 11, Display(80, unicode=False)) == drawn.replace(
        "━", "-"
    ).replace("●", "o")


def test_more_labels_have_a_line_each():
    three = (Interval(0.5, 0.4, 0.6), Interval(0.3, 0.2, 0.4), Interval(0.2, 0.1, 0.3))
    found = summary(by=("airline",))
    tally = Tally(("good", "bad", "so so"), ("airline",))
    whole = Group(None, 99, three, (0.5, 0.3, 0.2))
    one = replace(whole, name=("Delta",))
    found = replace(found, reading=replace(found.reading, tally=tally), whole=whole, groups=(one,))

    shown = lines(found)

    assert shown[3].split()[:4] == ["Delta", "99", "good", "50.0%"]
    assert shown[4].split()[:2] == ["bad", "30.0%"]
    assert shown[5].split()[:3] == ["so", "so", "20.0%"]
    assert shown[6].split()[:3] == ["all", "99", "good"]


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("over", [True, False])
def test_no_line_is_wider_than_the_terminal(width, unicode, over):
    wide = replace(DELTA, name=("很" * 300,), periods=DAYS if over else ())
    found = summary(wide, replace(UNITED, periods=wide.periods), over=over)
    found = replace(found, reading=replace(found.reading, files=("很" * 300,)))

    assert max(map(cells, lines(found, width, unicode=unicode, naive=True))) <= width


def test_no_word_of_statistics_is_shown():
    found = summary(DELTA, UNITED, over=True, others=3)
    shown = "\n".join([*lines(found, naive=True), *found.remarks()])

    assert not re.search(
        r"\bpriors?\b|\bEM\b|calibrat|posterior|p-value|\bBH\b", shown, re.IGNORECASE
    )
