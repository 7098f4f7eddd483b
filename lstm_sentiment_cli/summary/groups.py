"""Groups of texts: their shares, in all and over time, and how far they are from each other."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.inference.predictor import cores
from lstm_sentiment_cli.records.profile import Keyword, keywords, least_significant
from lstm_sentiment_cli.summary.prevalence import (
    Bins,
    FloatArray,
    IntArray,
    Unknown,
    interval,
    shares,
)
from lstm_sentiment_cli.summary.tally import Name, Surest, Tally
from lstm_sentiment_cli.text.normalizer import words

FEW = 30  # texts: of fewer a share says little, and no difference
_MOST_PERIODS = 10_000
_PERIOD_DRAWS, _PERIOD_TOLERANCE = 100, 1e-3
_MANY_BINS = 2048  # beyond which wider ones do for intervals
_MOST_NUMBERS = 2**22  # in the largest arrays


@dataclass(frozen=True, slots=True)
class Period:
    """The share of each label in an hour, a day …; without texts there is none."""

    start: str
    texts: int
    shares: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Some texts, and the share of each label among them."""

    name: Name | None  # a value for each column; None: not one group
    texts: int
    shares: tuple[Interval, ...]  # in the order of the labels
    counted: tuple[float, ...]  # the shares of answers, as counting has them
    differences: tuple[Interval, ...] = ()
    """To the other group, or to all other texts; of two labels, of the first one alone."""
    differs: tuple[bool, ...] = ()  # whether that is more than chance
    periods: tuple[Period, ...] = ()
    words: dict[str, tuple[Keyword, ...]] = field(default_factory=dict)  # label → telling words
    surest: dict[str, list[Surest]] = field(default_factory=dict)  # label → its surest texts

    @property
    def few(self) -> bool:
        """Whether these are too few texts to say much."""
        return self.texts < FEW


_Rows = IntArray | slice
_Tested = tuple[tuple[Interval, ...], list[float]]
"""The differences of labels, and how many standard deviations each is from none."""


class Estimator:
    """Estimates the shares of the groups of one tally, which have numbers from 0."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        groups, periods, cells, self._counts = tally.settled()
        bins, self._answers = np.divmod(cells, len(tally.labels))
        # Only the bins that occur, and the place of each among them.
        self._bins, self._places = np.unique(bins, return_inverse=True)
        self._log_odds = tally.bins.centres(self._bins)
        self._starts = np.searchsorted(groups, range(len(tally.groups) + 1))
        self.texts = np.add.reduceat(self._counts, self._starts[:-1])
        self._alone: dict[int, FloatArray] = {}
        self._unknown = Unknown.drawn(len(tally.labels), np.random.default_rng(0))
        # All periods from the first to the last, those without texts too; the last number is for
        # rows that are in none.
        numbers = np.array([*tally.numbers, -1], np.int64)
        self._timeline = self._between(numbers[:-1]) if len(numbers) > 1 else range(0)
        self._periods = numbers[periods]

    def _between(self, numbers: IntArray) -> range:
        timeline, periods = range(int(numbers.min()), int(numbers.max()) + 1), self._tally.periods
        assert periods
        if len(timeline) > _MOST_PERIODS:
            first, last = (
                f"{periods.start(end)} (line {self._tally.lines[end]:,})"
                for end in (timeline[0], timeline[-1])
            )
            raise SentimentError(
                f"from {first} to {last} there are {counted(len(timeline), periods.every)}; "
                "choose longer periods with --every, or mend a time that is wrong",
                "every",
            )
        return timeline

    def _rows(self, numbers: Sequence[int]) -> _Rows:
        """Return the places of what was counted of these groups."""
        if len(numbers) == len(self.texts):
            return slice(None)
        if len(numbers) == 1:
            return slice(self._starts[numbers[0]], self._starts[numbers[0] + 1])
        return np.flatnonzero(
            np.isin(np.arange(len(self.texts)), numbers).repeat(np.diff(self._starts))
        )

    def _histogram(self, rows: _Rows) -> IntArray:
        """Return how many texts are in each bin that occurs: (1, bins)."""
        counts = np.bincount(self._places[rows], self._counts[rows], len(self._bins))
        return counts.astype(np.int64)[np.newaxis]

    def _drawn_alone(self, number: int) -> FloatArray:
        """Return what the shares of a group may be, drawn once: they are shown, and compared."""
        if number not in self._alone:
            counts = self._histogram(self._rows([number]))
            self._alone[number] = self._drawn(counts, number)
        return self._alone[number]

    def _drawn(self, counts: IntArray, *seeds: int) -> FloatArray:
        """Return what the shares may be: (1, bins) → (draws, 1, labels)."""
        # Not the numbers that the shared part was drawn with.
        chance = np.random.default_rng([1, *seeds])
        log_odds = self._log_odds
        if np.count_nonzero(counts) > _MANY_BINS:
            counts, log_odds = self._wider(counts)
        filled = counts[0] > 0
        return self._unknown.shares(counts[:, filled], log_odds[filled], chance)

    def _wider(self, counts: IntArray) -> tuple[IntArray, FloatArray]:
        """Return counts by wider bins, and their log-odds: (cells, bins) → (cells, fewer bins)."""
        bins = Bins(len(self._tally.labels), coarse=True)
        wider, places = np.unique(bins.at(self._log_odds[:, :-1]), return_inverse=True)
        merged = np.zeros((len(counts), len(wider)), np.int64)
        np.add.at(merged.T, places, counts.T)
        return merged, bins.centres(wider)

    def groups(self, chosen: Sequence[tuple[Name | None, Sequence[int]]]) -> list[Group]:
        """Return groups, each made of those with the numbers beside its name."""
        return _at_once(lambda each: self._group(*each), chosen)

    def _group(self, name: Name | None, numbers: Sequence[int]) -> Group:
        rows = self._rows(numbers)
        counts = self._histogram(rows)
        answers = np.bincount(self._answers[rows], self._counts[rows], len(self._tally.labels))
        alone = len(numbers) == 1
        drawn = self._drawn_alone(numbers[0]) if alone else self._drawn(counts, *numbers[:1])
        bounds = (each[0].tolist() for each in interval(drawn))
        group = Group(
            name=name,
            texts=int(counts.sum()),
            shares=_intervals(shares(counts, self._log_odds)[0].tolist(), *bounds),
            counted=tuple((answers / counts.sum()).tolist()),
            periods=tuple(self._over_time(rows)) if self._timeline else (),
        )
        if not alone:
            return group
        return replace(group, words=self._words(numbers[0]), surest=self._surest(numbers[0]))

    def _over_time(self, rows: _Rows) -> Iterator[Period]:
        periods, places, counts = self._periods[rows], self._places[rows], self._counts[rows]
        timed = periods >= 0
        numbers, cells = np.unique(periods[timed], return_inverse=True)
        found = self._cells(cells, places[timed], counts[timed], len(numbers))
        estimated = dict(zip(numbers.tolist(), found, strict=True))
        assert self._tally.periods
        for number in self._timeline:
            yield Period(self._tally.periods.start(number), *estimated.get(number, (0, ())))

    def _cells(
        self, cells: IntArray, places: IntArray, counts: IntArray, number: int
    ) -> Iterator[tuple[int, tuple[Interval, ...]]]:
        """Yield the texts and the shares of each cell, given the cell and bin of what was counted.

        There may be thousands of cells: their intervals are found from wider bins.
        """
        unknown, chance = self._unknown.first(_PERIOD_DRAWS), np.random.default_rng(number)
        at_once = max(1, _MOST_NUMBERS // len(self._bins))
        for start in range(0, number, at_once):
            some, here = min(at_once, number - start), (cells >= start) & (cells < start + at_once)
            keys = (cells[here] - start) * len(self._bins) + places[here]
            fine = np.bincount(keys, counts[here], some * len(self._bins)).reshape(some, -1)
            wider = self._wider(fine.astype(np.int64))
            drawn = unknown.shares(*wider, chance, _PERIOD_TOLERANCE)
            values = shares(fine, self._log_odds, tolerance=1e-4, most=300)
            bounds = (each.tolist() for each in (values, *interval(drawn)))
            for texts, *each in zip(fine.sum(axis=1).tolist(), *bounds, strict=True):
                yield int(texts), _intervals(*each)

    def _words(self, number: int) -> dict[str, tuple[Keyword, ...]]:
        counts = {label: Counter[str]() for label in self._tally.labels}
        for _, answer, text in self._tally.sample.get(number, ()):
            counts[self._tally.labels[answer]].update(words(text))
        return keywords(counts)

    def _surest(self, number: int) -> dict[str, list[Surest]]:
        kept = self._tally.surest
        return {
            label: kept.get((number, place), []) for place, label in enumerate(self._tally.labels)
        }

    def with_each_other(self, groups: Sequence[Group], numbers: Sequence[int]) -> list[Group]:
        """Return two groups, the first with its differences to the second."""
        first, second = groups
        drawn = map(self._drawn_alone, numbers)
        found, scores = _differences(first.shares, [share.value for share in second.shares], *drawn)
        least = np.inf if first.few or second.few else least_significant(np.array(scores))
        return [_marked(first, found, scores, least), second]

    def with_the_rest(self, groups: Sequence[Group], numbers: Sequence[int]) -> list[Group]:
        """Return the groups with their differences to all other texts, if both are many enough.

        Of several tests, those that survive Benjamini and Hochberg's procedure (1995) count.
        """
        everything = self._histogram(slice(None))

        def tested(place: int) -> _Tested:
            number = numbers[place]
            rest = everything - self._histogram(self._rows([number]))
            theirs = self._drawn(rest, number, len(self.texts))
            estimate = shares(rest, self._log_odds)[0].tolist()
            return _differences(groups[place].shares, estimate, self._drawn_alone(number), theirs)

        rows = int(self.texts.sum())
        many = [
            place
            for place, group in enumerate(groups)
            if min(group.texts, rows - group.texts) >= FEW
        ]
        found = dict(zip(many, _at_once(tested, many), strict=True))
        scores = [score for _, each in found.values() for score in each]
        least = least_significant(np.array(scores))
        return [
            _marked(group, *found[place], least) if place in found else group
            for place, group in enumerate(groups)
        ]


T = TypeVar("T")
R = TypeVar("R")


def _at_once(do: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Do it for all items, on all cores: NumPy lets threads work side by side."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(do, items))


def _intervals(
    values: Sequence[float], low: Sequence[float], high: Sequence[float]
) -> tuple[Interval, ...]:
    return tuple(map(Interval.around, values, low, high))


def _differences(
    first: Sequence[Interval], second: Sequence[float], ours: FloatArray, theirs: FloatArray
) -> _Tested:
    drawn = (ours - theirs)[:, 0]
    if len(first) == 2:  # the second label's is the first's, turned round
        first, second, drawn = first[:1], second[:1], drawn[:, :1]
    bounds = (each.tolist() for each in interval(drawn))
    found = tuple(
        Interval.around(one.value - other, low, high, lowest=-1.0)
        for one, other, low, high in zip(first, second, *bounds, strict=True)
    )
    return found, (np.abs(drawn.mean(axis=0)) / drawn.std(axis=0)).tolist()


def _marked(
    group: Group, differences: tuple[Interval, ...], scores: Sequence[float], least: float
) -> Group:
    """Return a group with its differences; one counts if its interval leaves no doubt either."""
    differs = tuple(
        bool(score >= least) and not each.low <= 0 <= each.high
        for each, score in zip(differences, scores, strict=True)
    )
    return replace(group, differences=differences, differs=differs)
