"""How positive it is: what was found in files, for people and for programs."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import listed
from lstm_sentiment_cli.records.record import distinct_names
from lstm_sentiment_cli.summary.groups import Estimator, Group, Period
from lstm_sentiment_cli.summary.reading import Reading
from lstm_sentiment_cli.summary.tally import Name

DEFAULT_TOP = 20
REST = "(the rest)"
_MOST_VALUES = 10


class Compared(NamedTuple):
    """Two groups to compare, as `--compare COLUMN=A,B` names them."""

    column: str
    first: str
    second: str


def read_comparison(typed: str) -> Compared:
    """Read "airline=United,Delta"; a value with a comma is in quotes, as in csv."""
    column, _, values = typed.partition("=")
    named = [value.strip() for value in next(csv.reader([values]), [])]
    if not column or len(named) != 2 or named[0] == named[1]:
        raise SentimentError(
            f"--compare takes a column and two of its values, such as airline=United,Delta; "
            f"got '{typed}'",
            "compare",
        )
    return Compared(column.strip(), *named)


@dataclass(frozen=True, slots=True)
class Summary:
    """What `summarize` found."""

    reading: Reading
    whole: Group
    groups: tuple[Group, ...]  # the first the one with most of the first label
    rest: Group | None  # the groups that are not shown, together
    others: int  # how many groups are in it
    compared: Compared | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in their order."""
        return self.reading.tally.labels

    @property
    def by(self) -> Sequence[str]:
        """The columns that make the groups."""
        return self.reading.tally.by

    @property
    def every(self) -> str | None:
        """How long a period is: "day"; None: not over time."""
        return self.reading.tally.periods.every if self.reading.tally.periods else None

    @property
    def rows(self) -> tuple[Group, ...]:
        """The groups and the rest of them, or if there are none the whole."""
        return (*self.groups, *([self.rest] if self.rest else [])) or (self.whole,)

    def remarks(self) -> Iterator[str]:
        """Yield what a user should know of texts that are not in it as they are."""
        reading, tally = self.reading, self.reading.tally
        yield from reading.remarks()
        if tally.untimed and tally.periods:
            yield (
                f"{reading.of_all(tally.untimed, 'has', 'have')} no time in '{tally.over}' that "
                f"can be read, such as '{tally.first_untimed!s:.40}'"
                f"{tally.periods.other_way(tally.first_untimed)}; left out of the {self.every}s"
            )
        if self.others:
            yield (
                f"{listed(self.by)}: {self.others + len(self.groups):,} different values; the "
                f"{len(self.groups):,} with most texts are shown, --top N shows more of them"
            )

    def to_json(self, *, naive: bool = False) -> dict[str, object]:
        """Return what `summarize --json` prints."""
        tally = self.reading.tally
        return {
            "files": self.reading.files,
            "model": self.reading.model,
            "labels": self.labels,
            "texts": self.whole.texts,
            "unreadable": self.reading.unreadable,
            "blank": self.reading.blank,
            "repeated": self.reading.repeated,
            "by": list(self.by),
            "over": tally.over,
            "every": self.every,
            "without_time": tally.untimed,
            "whole": self._json(self.whole, naive=naive),
            "groups": [self._json(each, naive=naive) for each in self.groups],
            "rest": self._json(self.rest, naive=naive) if self.rest else None,
        }

    def to_rows(self, *, naive: bool = False) -> tuple[list[str], list[dict[str, object]]]:
        """Return columns and rows: one for each group, over time for each group and period."""
        labels = self.labels if len(self.labels) > 2 else self.labels[:1]
        shares = [f"{what}_{label}" for label in labels for what in ("share", "low", "high")]
        ours = ["period"] * bool(self.every) + ["texts", *shares]
        counts = [f"counted_{label}" for label in labels] if naive and not self.every else []
        gaps = ("difference", "difference_low", "difference_high", "differs")
        tested = [f"{gap}_{label}" for label in labels for gap in gaps]
        ours += counts + tested * bool(self.by and not self.every)
        columns = distinct_names([*self.by, *ours])
        rows = []
        for group in self.rows:
            name = list(group.name or [REST] * len(self.by))
            for period in group.periods if self.every else [group]:
                values: list[object] = [
                    *name,
                    *([period.start] if isinstance(period, Period) else []),
                ]
                figures = (each for share in period.shares[: len(labels)] for each in share)
                values += [period.texts, *figures]
                if isinstance(period, Group):
                    values += group.counted[: len(counts)]
                    pairs = zip(group.differences, group.differs, strict=True)
                    values += [each for gap, differs in pairs for each in (*gap, differs)]
                rows.append(dict(zip_longest(columns, values)))
        return columns, rows

    def _json(self, group: Group, *, naive: bool) -> dict[str, object]:
        found: dict[str, object] = {"group": list(group.name) if group.name else None}
        found |= {"texts": group.texts, "few_texts": group.few}
        found["shares"] = self._by_label([each.to_json() for each in group.shares])
        if naive:
            found["counted"] = self._by_label(group.counted)
        if group.differences:
            found["differences"] = self._by_label(
                [
                    each._asdict() | {"differs": differs}
                    for each, differs in zip(group.differences, group.differs, strict=True)
                ]
            )
        found["periods"] = [
            {
                "start": each.start,
                "texts": each.texts,
                "shares": self._by_label([share.to_json() for share in each.shares]) or None,
            }
            for each in group.periods
        ]
        words = {label: [asdict(word) for word in each] for label, each in group.words.items()}
        surest = {label: [text._asdict() for text in each] for label, each in group.surest.items()}
        return found | {"telling_words": words, "surest": surest}

    def _by_label(self, values: Sequence[object]) -> dict[str, object]:
        return dict(zip(self.labels, values, strict=False))


def summarized(
    reading: Reading, compared: Compared | None = None, top: int = DEFAULT_TOP
) -> Summary:
    """Estimate all shares; SentimentError if there is nothing to estimate them from."""
    tally = reading.tally
    if not tally.texts:
        raise SentimentError(_nothing(reading))
    if tally.over and tally.untimed == tally.texts:
        raise SentimentError(
            f"no time in '{tally.over}' can be read, the first is "
            f"'{tally.first_untimed!s:.40}'; name another column with --over",
            "over",
        )
    estimator, names = Estimator(tally), list(tally.groups)
    if not tally.by:
        (whole,) = estimator.groups([(None, [0])])
        return Summary(reading, whole, (), None, 0, None)
    chosen = _pair(names, compared) if compared else _largest(estimator, top)
    others = [] if compared else sorted(set(range(len(names))) - set(chosen))
    wanted: list[tuple[Name | None, Sequence[int]]] = [(None, range(len(names)))]
    wanted += [(names[number], [number]) for number in chosen]
    wanted += [(None, others)] if others else []
    whole, *groups = estimator.groups(wanted)
    rest = groups.pop() if others else None
    if compared:
        groups = estimator.with_each_other(groups, chosen)
    else:
        groups = estimator.with_the_rest(groups, chosen)
        groups.sort(key=lambda group: (-group.shares[0].value, group.name))
    return Summary(reading, whole, tuple(groups), rest, len(others), compared)


def _nothing(reading: Reading) -> str:
    where = listed(reading.names, 3)
    if first := reading.first_unreadable:
        why = f": {first.problem}" if first.problem else ", which has no probabilities"
        return f"no record of {where} can be summarized, the first at line {first.line}{why}"
    return f"there are no texts in {where}"


def _largest(estimator: Estimator, top: int) -> list[int]:
    """Return the numbers of the groups with most texts."""
    largest: list[int] = np.argsort(-estimator.texts, kind="stable")[:top].tolist()
    return largest


def _pair(names: Sequence[Name], compared: Compared) -> list[int]:
    """Return the numbers of two groups."""
    known = {name[0]: number for number, name in enumerate(names)}
    for value in (compared.first, compared.second):
        if value not in known:
            raise SentimentError(
                f"no text has {compared.column}={value}{suggestion(value, known)}; "
                f"among its values are {listed(sorted(filter(None, known)), _MOST_VALUES)}",
                "compare",
            )
    return [known[compared.first], known[compared.second]]
