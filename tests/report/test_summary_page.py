"""The page of a summary: whole, closed, and of nothing that users wrote but text."""

import re
from dataclasses import replace

import pytest
from report_samples import HOSTILE
from test_page import INSIDE, Read

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.records.profile import Keyword
from lstm_sentiment_cli.report.summary_page import summary_page
from lstm_sentiment_cli.summary.groups import Group, Period
from lstm_sentiment_cli.summary.reading import Reading
from lstm_sentiment_cli.summary.summary import Compared, Summary
from lstm_sentiment_cli.summary.tally import Surest, Tally
from lstm_sentiment_cli.summary.times import Periods, zone

SHARES = (Interval(0.6, 0.5, 0.7), Interval(0.4, 0.3, 0.5))
DAYS = tuple(
    Period(f"2023-01-0{day}", 9 * (day != 3), SHARES if day != 3 else ()) for day in range(1, 8)
)


def group(name, text="so lovely", word="lovely", labels=("positive", "negative")):
    return Group(
        name,
        1234,
        SHARES,
        (0.55, 0.45),
        differences=(Interval(0.2, 0.1, 0.3),),
        differs=(True,),
        periods=DAYS,
        words={labels[0]: (Keyword(word, 5.0, 10, 1),)},
        surest={labels[0]: [Surest(0.99, 3, text)], labels[1]: []},
    )


def summary(*groups, labels=("positive", "negative"), by=("airline",), file="tweets.csv"):
    tally = Tally(labels, by, "date", Periods("day", zone("UTC")))
    reading = Reading((file,), "default", tally, truncated=2, max_tokens=40, records=9)
    return Summary(reading, replace(group(None), periods=DAYS), groups, None, 0, None)


def test_everything_is_on_the_page_and_all_tags_are_closed():
    page = summary_page(summary(group(("Delta",)), group(("",))), naive=True)
    read = Read(page)
    told = " ".join(" ".join(read.texts).split())

    for part in (
        *("1,234 text", "tweets.csv", "Delta", "(none)", "60.0%", "50.0-70.0", "counted", "55.0%"),
        *("+20.0 points (+10.0 to +30.0)", "so lovely", "lovely", "99.0%", "had more than the 40"),
        *("Over time", "The texts of each day.", "2023-01-01"),
    ):
        assert part in told
    assert read.tags["svg"] == 3


def test_without_groups_and_times_there_are_no_pictures_of_them():
    plain = replace(summary(), whole=replace(group(None), periods=(), differences=()))
    read = Read(summary_page(plain))

    assert read.tags["svg"] == 0
    assert "Against all other texts" not in " ".join(read.texts)


def test_a_comparison_is_named():
    found = replace(
        summary(group(("Delta",)), group(("Jet",))), compared=Compared("airline", "Delta", "Jet")
    )

    assert "Delta" in summary_page(found).split("against")[0]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_text_of_users_stays_text_and_nothing_is_loaded(hostile):
    labels = (hostile, "negative")
    found = summary(
        group((hostile,), hostile, hostile, labels), labels=labels, by=(hostile,), file=hostile
    )
    found = replace(found, whole=replace(found.whole, surest={}, words={}))

    read = Read(summary_page(found))

    harmless = Read(summary_page(summary(group(("Delta",)))))
    assert read.tags["script"] == read.tags["img"] == 0
    assert set(read.tags) == set(harmless.tags)
    for _, name, value in read.attributes:
        assert not name.startswith("on")
        if name in {"href", "src", "xlink:href"} or name.startswith("xmlns"):
            assert INSIDE.match(value)


def test_no_word_of_statistics_is_on_the_page():
    told = " ".join(Read(summary_page(summary(group(("Delta",))))).texts)

    assert not re.search(r"\bpriors?\b|\bEM\b|calibrat|posterior", told, re.IGNORECASE)
