"""What a benchmark finds, as figures."""

import dataclasses
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lstm_sentiment_cli.benchmarking.machine import Machine


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, and the lowest and highest of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value: [3, 1, 2] → 2, 1, 3."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that one call takes: half of all calls at most, and 99 of 100."""

    median: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Latency":
        """Return the latency of at least one call; p99 is that of a call, never between two."""
        ordered = sorted(milliseconds)
        return cls(statistics.median(ordered), ordered[math.ceil(0.99 * len(ordered)) - 1])


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds of whole processes."""

    help_seconds: Spread
    predict_seconds: Spread


@dataclass(frozen=True, slots=True)
class Latencies:
    """What a loaded model takes for one text."""

    tweet_ms: Latency
    explanation_ms: Latency
    explanation_tokens: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """Texts a second: by the whole program, its start included, and by the network alone."""

    program_per_second: Spread
    network_per_second: Spread
    peak_mb: float | None
    """The most memory the whole program held in any run; None where the system does not tell."""

    @property
    def ratio(self) -> float:
        """Return how much of the network's throughput the whole program has, by the medians."""
        return self.program_per_second.median / self.network_per_second.median


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All that was measured, and of what."""

    model: str
    machine: Machine
    rows: int
    rounds: int
    start: Start
    latency: Latencies
    throughput: Throughput

    def to_json(self) -> dict[str, Any]:
        """Return the figures under the names of the fields, with the ratio beside its parts."""
        found = dataclasses.asdict(self)
        peak = found["throughput"].pop("peak_mb")
        found["throughput"]["ratio"] = self.throughput.ratio
        return found | {"peak_mb": peak}
