from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.summary.times import PERIODS, Periods, moment, zone

OCTOBER = datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2018-10-10T20:19:24Z",
        "2018-10-10 20:19:24",
        " 2018-10-10T20:19:24.000+00:00 ",
        "20181010T201924Z",
        "2018-10-10T22:19:24+02:00",
        "2018-10-11T01:49:24+0530",
        "Wed Oct 10 20:19:24 +0000 2018",
        "Wed Oct 10 13:19:24 PDT 2018",
        "1539202764",
        "1539202764.0",
        "1539202764000",
        1539202764,
        1539202764000,
        1539202764000000,
        "Wed, 10 Oct 2018 20:19:24 GMT",
        "10 October 2018 8:19:24 pm",
        "10/10/2018 20:19:24",
        datetime(2018, 10, 10, 20, 19, 24),
        datetime(2018, 10, 10, 22, 19, 24, tzinfo=timezone(timedelta(hours=2))),
    ],
    ids=repr,
)
def test_times_are_read_however_they_are_written(value):
    assert moment(value, UTC) == OCTOBER


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2009-04-06", (2009, 4, 6)),
        ("Mon Apr 06 00:00:00 UTC 2009", (2009, 4, 6)),
        ("2009-04", (2009, 4, 1)),
        ("2009", (2009, 1, 1)),
        (2009, (2009, 1, 1)),
        (date(2009, 4, 6), (2009, 4, 6)),
    ],
    ids=repr,
)
def test_a_day_a_month_or_a_year_is_its_beginning(value, expected):
    assert moment(value, UTC) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "monday", "12:30", "5", "5 Oct", "Oct 2018", "2018-02-30", "99999-01-01"),
        *("Mon Apr 06 22:19:45 XYZ 2009", "Mon Abc 06 22:19:45 PDT 2009", "11 Oct 2018 20:19 ABC"),
        *(
            "9" * 30,
            "2018" * 99,
            None,
            True,
            5,
            -1,
            2018.5,
            float("nan"),
            float("inf"),
            [2018],
            b"2018",
        ),
        "0001-01-01T00:00+14:00",
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_time_or_only_a_part_of_one_is_none(value):
    assert moment(value, UTC) is None


def test_a_time_without_an_offset_is_one_of_the_zone_and_others_are_turned_into_it():
    berlin = zone("Europe/Berlin")

    assert moment("2018-10-10 22:19:24", berlin) == OCTOBER
    assert Periods("day", berlin).numbers(["2018-10-10T22:30:00Z"]) == [
        date(2018, 10, 11).toordinal()
    ]


@pytest.mark.parametrize(
    ("every", "start"),
    [
        ("hour", "2018-10-10T20"),
        ("day", "2018-10-10"),
        ("week", "2018-10-08"),  # a Monday
        ("month", "2018-10"),
        ("year", "2018"),
    ],
)
def test_a_period_is_named_by_its_beginning(every, start):
    periods = Periods(every, UTC)

    (number, none) = periods.numbers([OCTOBER, "soon"])

    assert none is None
    assert periods.start(number) == start


@pytest.mark.parametrize("every", PERIODS)
def test_periods_follow_each_other_without_gaps(every):
    periods = Periods(every, UTC)
    hours = [OCTOBER + timedelta(hours=hour) for hour in range(0, 24 * 800, 1)]

    numbers = periods.numbers(hours)

    assert sorted(set(numbers)) == list(range(numbers[0], numbers[-1] + 1))
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: zone("Europe/Berln"), "unknown time zone 'Europe/Berln' (did you mean 'Europe/Be"),
        (lambda: zone("../../etc/passwd"), "unknown time zone '../../etc/passwd'; name one such"),
        (lambda: zone(""), "unknown time zone ''"),
        (lambda: Periods("dya", UTC), "unknown period 'dya' (did you mean 'day'?); choose from"),
    ],
)
def test_an_unknown_zone_or_period_is_one_helpful_line(wrong, said):
    with pytest.raises(SentimentError) as raised:
        wrong()

    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    ("value", "month_first", "day_first"),
    [
        ("3/4/2018", (2018, 3, 4), (2018, 4, 3)),
        ("03-04-2018 10:00", (2018, 3, 4, 10), (2018, 4, 3, 10)),
        ("13/4/2018", None, (2018, 4, 13)),
        ("4/13/2018", (2018, 4, 13), None),
        ("1.5.2018", (2018, 5, 1), (2018, 5, 1)),
        ("13.5.2018", (2018, 5, 13), (2018, 5, 13)),
        ("2018/4/3", (2018, 4, 3), (2018, 4, 3)),
        ("2018-04-03", (2018, 4, 3), (2018, 4, 3)),
        ("3 April 2018", (2018, 4, 3), (2018, 4, 3)),
    ],
)
def test_day_and_month_are_never_exchanged_row_by_row(value, month_first, day_first):
    for first, expected in ((False, month_first), (True, day_first)):
        found = moment(value, UTC, day_first=first)
        assert found == (expected and datetime(*expected, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "day_first", "remedy"),
    [
        ("13/4/2018", False, "; if the day comes first, give --day-first"),
        ("4/13/2018", True, "; if the month comes first, leave out --day-first"),
        ("soon", False, ""),
        (None, True, ""),
    ],
)
def test_what_would_be_a_time_the_other_way_round_says_so(value, day_first, remedy):
    assert Periods("day", UTC, day_first=day_first).other_way(value) == remedy
