"""What is asked of a part of the suite, what it found, and the file that keeps it."""

import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.benchmarking.processes import alternating

ROOT = Path(__file__).resolve().parent.parent
TEXT = "what a lovely day, i love it"
OURS_NAME = "lstm-sentiment"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a part is to measure, and how much of it."""

    data: Path
    work: Path
    """For models of peers and what parts found; texts are there only while they are used."""
    model: Path
    rounds: int
    rows: int
    """Texts a round; of slow sides a fixed share of it."""
    large: bool = False
    also_model: Path | None = None
    seed_model: Path | None = None
    three_class: Path | None = None
    teacher: Path | None = None
    """The folder of work of experiments/models.sh."""
    training_rows: int | None = None
    """Most rows that peers are trained on; None for all."""


class Figure(NamedTuple):
    """What was measured, once a round."""

    what: str
    unit: str
    values: list[float]


class Ratio(NamedTuple):
    """One figure over another: that of their medians, and the spread of those of each round."""

    what: str
    value: float
    low: float
    high: float
    wanted: float | None


class Table(NamedTuple):
    """Figures with their intervals, by row and column."""

    title: str
    columns: list[str]
    rows: dict[str, list[tuple[float, float, float]]]


@dataclass(slots=True)
class Part:
    """What a part found."""

    name: str
    surroundings: dict[str, object]
    figures: list[Figure] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    day: str = ""

    def add(self, what: str, unit: str, values: Sequence[float]) -> Figure:
        """Keep a figure, and return it."""
        figure = Figure(what, unit, [float(value) for value in values])
        self.figures.append(figure)
        return figure

    def compare(self, what: str, over: Figure, under: Figure, wanted: float | None = None) -> None:
        """Keep the ratio of two figures of the same rounds."""
        by_round = [a / b for a, b in zip(over.values, under.values, strict=True)]
        middle = statistics.median(over.values) / statistics.median(under.values)
        low, high = min(*by_round, middle), max(*by_round, middle)
        self.ratios.append(Ratio(what, middle, low, high, wanted))

    def save(self, work: Path) -> None:
        """Write the part's file, in place of what an earlier run found."""
        self.day = f"{datetime.now(UTC):%Y-%m-%d}"
        (work / f"{self.name}.json").write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Part":
        """Read a part's file, the inverse of `save`."""
        kept = json.loads(path.read_text())
        kept["figures"] = [Figure(*each) for each in kept["figures"]]
        kept["ratios"] = [Ratio(*each) for each in kept["ratios"]]
        kept["tables"] = [Table(*each) for each in kept["tables"]]
        return cls(**kept)


Side = Callable[[], dict[tuple[str, str], float]]
"""Measures once: what and its unit → value."""


def in_turns(part: Part, sides: Iterable[Side], rounds: int) -> dict[str, Figure]:
    """Measure every side once a round, after one that warms up, and keep the figures."""
    named = {str(number): side for number, side in enumerate(sides)}
    by_side = alternating(named, rounds).values()
    return {
        what: part.add(what, unit, [each[what, unit] for each in measured])
        for measured in by_side
        for what, unit in measured[0]
    }
