"""Texts and their probabilities, counted by group, period and bin in constant memory."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import log1p
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import listed
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.encoders import cell
from lstm_sentiment_cli.records.record import Record, reach
from lstm_sentiment_cli.summary.prevalence import MOST_LABELS, Bins, FloatArray, IntArray
from lstm_sentiment_cli.summary.times import Periods

Name = tuple[str, ...]
"""What a group has in each of the columns."""

MOST_SUREST = 3
_MOST_GROUPS = 200_000
_LONGEST_VALUE = 200  # characters
_MOST_KEPT = 60_000  # texts for their words, of all groups together
_CELL_BITS, _PERIOD_BITS = 24, 21  # beside them 18 for the groups
_MOST_PENDING = 500_000  # counts that wait to be added up


class Surest(NamedTuple):
    """A text about which the model is surest."""

    probability: float
    line: int
    text: str


@dataclass(slots=True)
class Counts:
    """How often each key occurred: numbers (n,), sorted, and their counts (n,)."""

    keys: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    counts: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    _pending: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    _waiting: int = 0

    def add(self, keys: IntArray) -> None:
        """Count some keys, in any order."""
        self._pending.append(np.unique(keys, return_counts=True))
        self._waiting += len(self._pending[-1][0])
        if self._waiting > max(_MOST_PENDING, len(self.keys)):
            self.settle()

    def settle(self) -> None:
        """Add up what waits."""
        parts = [(self.keys, self.counts), *self._pending]
        keys, counts = (np.concatenate(each) for each in zip(*parts, strict=True))
        self._pending, self._waiting = [], 0
        self.keys, places = np.unique(keys, return_inverse=True)
        self.counts = np.bincount(places, counts, len(self.keys)).astype(np.int64)


_BITS = 2**27


class Distinct:
    """Tells how many texts differ, in 16 megabytes.

    Linear counting: K.-Y. Whang, B. Vander-Zanden, H. Taylor, "A linear-time probabilistic counting
    algorithm for database applications", ACM TODS 15 (1990).
    """

    def __init__(self) -> None:
        self._bits = np.zeros(_BITS // 8, np.uint8)
        self._set = 0

    def add(self, texts: Sequence[str]) -> None:
        """Look at some texts."""
        sums = (crc32(text.encode(errors="surrogatepass")) % _BITS for text in texts)
        places = np.unique(np.fromiter(sums, np.int64, len(texts)))
        bytes_, masks = places >> 3, np.left_shift(1, places & 7).astype(np.uint8)
        self._set += int(np.count_nonzero(self._bits[bytes_] & masks == 0))
        np.bitwise_or.at(self._bits, bytes_, masks)

    @property
    def count(self) -> int:
        """How many different texts there were, about."""
        return round(-_BITS * log1p(-min(self._set, _BITS - 1) / _BITS))


Key = TypeVar("Key", bound=Hashable)


class Numbers(dict[Key, int]):
    """Numbers from 0 for things in the order in which they first come."""

    def __missing__(self, key: Key) -> int:
        self[key] = number = len(self)
        return number


class Tally:
    """What is kept of texts: counts, and of each group its surest texts and a sample of all."""

    def __init__(
        self,
        labels: Sequence[str],
        by: Sequence[str] = (),
        over: str | None = None,
        periods: Periods | None = None,
        learnt: FloatArray | None = None,
    ) -> None:
        """`learnt` are the shares of the labels (labels,) where the model learnt; None: equal."""
        if len(labels) > MOST_LABELS:
            raise SentimentError(
                f"at most {MOST_LABELS} labels can be summarized; these are {len(labels)}: "
                f"{listed(labels, 5)}"
            )
        self.labels, self.by, self.over, self.periods = tuple(labels), by, over, periods
        self.bins = Bins(len(labels))
        self._learnt = np.ones(len(labels)) if learnt is None else learnt
        self.texts = self.untimed = 0
        self.first_untimed: object = None
        self.lines: dict[int, int] = {}  # number of a period → the line where it comes first
        self.groups = Numbers[Name]()
        self.numbers = Numbers[int]()  # of periods
        self.counts = Counts()
        self.surest: dict[tuple[int, int], list[Surest]] = {}
        self.sample: dict[int, list[tuple[float, int, str]]] = {}
        self._known: dict[Name, int] = {}  # what stands in the columns → number
        self._floor = np.zeros((0, len(labels)), np.float32)  # of the surest texts kept
        self._ceiling = np.zeros(0)  # of the sample's random numbers
        self._kept = 0
        self._chance = np.random.default_rng(0)

    def add(self, records: Sequence[Record], probabilities: FloatMatrix) -> None:
        """Count a window: (n, labels), NaN where a record has no probabilities."""
        known = ~np.isnan(probabilities[:, 0])
        if not known.all():
            rows = known.nonzero()[0].tolist()
            records, probabilities = [records[row] for row in rows], probabilities[known]
        if not len(probabilities):
            return
        self.texts += len(probabilities)
        groups, periods = self._places(records)
        answers = probabilities.argmax(axis=1)
        cells = self.bins.of(probabilities / self._learnt) * len(self.labels) + answers
        self.counts.add(self.key(groups, periods, cells))
        self._sample(groups, answers, records)
        self._keep_surest(groups, answers, probabilities.max(axis=1), records)

    def key(self, groups: IntArray, periods: IntArray, cells: IntArray) -> IntArray:
        """Return one number for each group, period (-1: none) and bin with its answer."""
        return (groups << _PERIOD_BITS | periods + 1) << _CELL_BITS | cells

    def settled(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Return what was counted: groups, periods, bins with their answers, counts; all (n,)."""
        self.counts.settle()
        rest, cells = self.counts.keys >> _CELL_BITS, self.counts.keys & (1 << _CELL_BITS) - 1
        groups, periods = rest >> _PERIOD_BITS, (rest & (1 << _PERIOD_BITS) - 1) - 1
        return groups, periods, cells, self.counts.counts

    def _places(self, records: Sequence[Record]) -> tuple[IntArray, IntArray]:
        """Return the group of each record, and its period or -1, as numbers in their order."""
        columns = {name: _values(records, name) for name in {*self.by, *filter(None, [self.over])}}
        groups = np.zeros(len(records), np.int64)
        periods = np.full(len(records), -1, np.int64)
        if self.by:
            names = zip(*(columns[name] for name in self.by), strict=True)
            groups = np.fromiter(map(self._group, names), np.int64, len(records))
        else:
            _ = self.groups[()]
        if self.over and self.periods:
            values = columns[self.over]
            found = self.periods.numbers(values)
            for row in [row for row, number in enumerate(found) if number is None]:
                self.first_untimed = values[row] if not self.untimed else self.first_untimed
                self.untimed += 1
            if {*found} - self.numbers.keys() - {None}:
                for record, number in zip(records, found, strict=True):
                    if number is not None:
                        self.lines.setdefault(number, record.line)
            numbers = (-1 if number is None else self.numbers[number] for number in found)
            periods = np.fromiter(numbers, np.int64, len(records))
        self._check()
        if (new := len(self.groups) - len(self._ceiling)) > 0:
            spare = max(new, len(self._ceiling))
            self._ceiling = np.append(self._ceiling, np.ones(spare))
            floors = np.zeros((spare, len(self.labels)), np.float32)
            self._floor = np.append(self._floor, floors, axis=0)
        return groups, periods

    def _group(self, values: tuple[object, ...]) -> int:
        """Return the number of the group with these values."""
        try:
            return self._known[values]  # type: ignore[index]
        except (KeyError, TypeError):
            name = tuple(map(_shown, values))
            if all(isinstance(value, str) for value in values):
                return self._known.setdefault(values, self.groups[name])  # type: ignore[arg-type]
            return self.groups[name]

    def _check(self) -> None:
        if len(self.groups) > _MOST_GROUPS:
            raise SentimentError(
                f"{listed(self.by)} has more than {_MOST_GROUPS:,} different values, each a group "
                "of its own; name a column with fewer",
                "by",
            )
        if len(self.numbers) >= 1 << _PERIOD_BITS:
            raise SentimentError(
                "the times are in millions of periods; choose longer ones", "every"
            )

    def _sample(self, groups: IntArray, answers: IntArray, records: Sequence[Record]) -> None:
        """Keep some texts of each group, drawn at random: those with the smallest numbers."""
        drawn = self._chance.random(len(records))
        for row in (drawn < self._ceiling[groups]).nonzero()[0].tolist():
            if (text := records[row].text) is not None:
                kept = self.sample.setdefault(int(groups[row]), [])
                kept.append((float(drawn[row]), int(answers[row]), text))
                self._kept += 1
        if self._kept > _MOST_KEPT:
            most = max(1, _MOST_KEPT // 2 // len(self.sample))
            for group, kept in self.sample.items():
                if len(kept) > most:
                    kept.sort()
                    del kept[most:]
                    self._ceiling[group] = kept[-1][0]
            self._kept = sum(map(len, self.sample.values()))

    def _keep_surest(
        self, groups: IntArray, answers: IntArray, chances: FloatMatrix, records: Sequence[Record]
    ) -> None:
        """Keep what is more probable than what is kept, no text twice; of equals, the first."""
        rows = (chances > self._floor[groups, answers]).nonzero()[0]
        for row in rows[np.argsort(-chances[rows], kind="stable")].tolist():
            place = int(groups[row]), int(answers[row])
            chance, (text, _, line, _) = float(chances[row]), records[row]
            if text is None or chance <= self._floor[place]:
                continue
            kept = self.surest.setdefault(place, [])
            if all(text != each.text for each in kept):
                kept.append(Surest(chance, line, text))
                kept.sort(key=lambda each: (-each.probability, each.line))
                del kept[MOST_SUREST:]
                if len(kept) == MOST_SUREST:
                    self._floor[place] = kept[-1].probability


def _values(records: Sequence[Record], name: str) -> list[object]:
    """Return the field of each record; None where it has none."""
    try:
        return [record.fields[name] for record in records]  # type: ignore[index]
    except (KeyError, TypeError):  # a field in another; a record without it
        return [reach(record.fields or {}, name) for record in records]


def _shown(value: object) -> str:
    return (value if isinstance(value, str) else cell(value)).strip()[:_LONGEST_VALUE]
