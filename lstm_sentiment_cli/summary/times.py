"""Times as files write them, and the hours, days, weeks, months and years they belong to."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import PERIODS

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# "Wed Oct 10 20:19:24 +0000 2018" of Twitter, "Mon Apr 06 22:19:45 PDT 2009" of Sentiment140.
_TWITTER = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) "
    r"([+-]\d{4}|[A-Z]{1,4}) (\d{4})"
)
_ZONES = (
    "Z 0 UTC 0 GMT 0 BST 1 CET 1 CEST 2 EDT -4 EST -5 CDT -5 CST -6 MDT -6 MST -7 PDT -7 PST -8"
)
_HOURS = dict(zip(_ZONES.split()[::2], map(int, _ZONES.split()[1::2]), strict=True))
_NUMBER = re.compile(r"\d{9,19}(\.\d*)?")
_YEARS = range(1000, 10000)
_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
# Seconds since 1970 are below the first for three thousand years; above it are milliseconds, then
# micro- and nanoseconds. What is below 1973 in seconds is taken as some other number.
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
_LEAST_SECONDS = 1e8


def zone(name: str) -> tzinfo:
    """Return a time zone by its name: "UTC", "Europe/Berlin"."""
    if name.upper() == "UTC":
        return UTC  # which times that are read have already
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = suggestion(name, available_timezones())
        raise SentimentError(
            f"unknown time zone '{name}'{hint}; name one such as UTC or Europe/Berlin", "timezone"
        ) from None


def moment(value: object, where: tzinfo, *, day_first: bool = False) -> datetime | None:
    """Return the time that a value of a file is, in a time zone; None if it is none.

    A time without an offset is one of that zone. Of 3/4/2018 the day is 4, or 3 if it comes first.
    """
    try:
        found = _parsed(value, day_first=day_first)
        if found is None:
            return None
        if found.tzinfo is where:
            return found
        return found.astimezone(where) if found.tzinfo else found.replace(tzinfo=where)
    except (ValueError, OverflowError, OSError):  # the year 10000, the 30th of February
        return None


def _parsed(value: object, *, day_first: bool) -> datetime | None:
    if isinstance(value, str):
        return _of_text(value.strip(), day_first=day_first)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    return None


def _of_text(text: str, *, day_first: bool = False) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if match := _TWITTER.fullmatch(text):
        month, day, *clock, offset, year = match.groups()
        hour, minute, second = map(int, clock)
        day_of = (int(year), _MONTHS.index(month) + 1, int(day))
        return datetime(*day_of, hour, minute, second, tzinfo=_offset(offset))
    if _NUMBER.fullmatch(text):
        return _of_number(float(text))
    if match := _YEAR_OR_MONTH.fullmatch(text):
        return datetime(int(match[1]), int(match[2] or 1), 1)
    return _by_library(text, day_first=day_first)


def _of_number(number: float) -> datetime | None:
    if not _LEAST_SECONDS <= number < _UNITS[-1][0]:
        return _of_text(str(int(number))) if number in _YEARS else None
    divisor = next(divisor for limit, divisor in _UNITS if number < limit)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / divisor)


def _offset(written: str) -> timezone:
    if written[0] in "+-":
        minutes = int(written[1:3]) * 60 + int(written[3:])
        return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
    if written not in _HOURS:
        raise ValueError(written)
    return timezone(timedelta(hours=_HOURS[written]))


def _named(name: str | None, offset: int | None) -> timezone | None:
    """Return what the library asks for: an offset in seconds as a zone, or what a name means."""
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return _offset(name) if name else None


_LONGEST = 60
_DIGIT = re.compile(r"\d")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d")


@lru_cache(maxsize=8192)  # a tenth of a millisecond each
def _by_library(text: str, *, day_first: bool) -> datetime | None:
    """Read other forms: "10 October 2018 8:19 pm", "10/31/2018"."""
    if len(text) > _LONGEST or not _DIGIT.search(text):
        return None
    match = _NUMERIC_DAY.match(text)
    # With points the day comes first everywhere; where the year does, the day never follows it.
    day_first = match is not None and (day_first or match[2] == ".")
    if match and int(match[3 if day_first else 1]) > len(_MONTHS):
        # The library would take the numbers the other way round, in this row alone.
        return None
    from dateutil import parser

    # What a text does not say is taken from a default: with two of them, it can be told from a day.
    one, other = (
        parser.parse(text, default=default, tzinfos=_named, dayfirst=day_first)
        for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
    )
    return one if one == other else None


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "hour": lambda time: time.toordinal() * 24 + time.hour,
    "day": lambda time: time.toordinal(),
    # The first of January of the year 1 was a Monday, on which weeks begin.
    "week": lambda time: (time.toordinal() - 1) // 7,
    "month": lambda time: time.year * 12 + time.month - 1,
    "year": lambda time: time.year,
}
_STARTS: dict[str, Callable[[int], str]] = {
    "hour": lambda number: f"{date.fromordinal(number // 24)}T{number % 24:02}",
    "day": lambda number: str(date.fromordinal(number)),
    "week": lambda number: str(date.fromordinal(number * 7 + 1)),
    "month": lambda number: f"{number // 12:04}-{number % 12 + 1:02}",
    "year": lambda number: f"{number:04}",
}


class Periods:
    """Tells which hour, day, week, month or year values are in, as numbers that follow each other.

    The numbers are those of a calendar and its clock in one time zone.
    """

    def __init__(self, every: str, where: tzinfo, *, day_first: bool = False) -> None:
        if every not in PERIODS:
            raise SentimentError(
                f"unknown period '{every}'{suggestion(every, PERIODS)}; "
                f"choose from {', '.join(PERIODS)}",
                "every",
            )
        self.every, self.day_first = every, day_first
        self._where, self._number = where, _NUMBERS[every]

    def numbers(self, values: Sequence[object]) -> list[int | None]:
        """Return the number of each value's period; None where it is no time."""
        number = self._number
        times = (moment(value, self._where, day_first=self.day_first) for value in values)
        return [None if time is None else number(time) for time in times]

    def start(self, number: int) -> str:
        """Return when a period begins: "2018-10-10"; hours "2018-10-10T20", months "2018-10"."""
        return _STARTS[self.every](number)

    def other_way(self, value: object) -> str:
        """Return what to do if a value is a time once day and month are the other way round."""
        if moment(value, self._where, day_first=not self.day_first) is None:
            return ""
        here = "leave out --day-first" if self.day_first else "give --day-first"
        return f"; if the {'month' if self.day_first else 'day'} comes first, {here}"
