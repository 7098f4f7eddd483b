"""The search space: which knobs are tried with which values; no TensorFlow here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

Value = int | float | str
"""What Keras Tuner can carry; a list is written as 96,48,48."""

_DIGITS = 3
_KINDS: dict[str, Any] = {knob.name: type(knob.default) for knob in fields(Hyperparameters)}


@dataclass(frozen=True, slots=True)
class Choices:
    """One of these, in their order."""

    values: tuple[Value, ...]

    def nearest(self, value: Value) -> Value:
        """Return this value, or of numbers the nearest, of words the first: (3, (1, 4)) → 4."""
        numbers = [each for each in self.values if not isinstance(each, str)]
        if value in self.values or isinstance(value, str) or not numbers:
            return value if value in self.values else self.values[0]
        wanted = value
        return min(numbers, key=lambda number: abs(number - wanted))


@dataclass(frozen=True, slots=True)
class Range:
    """Any number between two, both included; drawn evenly, or evenly in its logarithm."""

    low: float
    high: float
    logarithmic: bool

    def nearest(self, value: Value) -> Value:
        """Return this number, or the end that is nearer to it."""
        return min(max(float(value), self.low), self.high)


@dataclass(frozen=True, slots=True)
class Space:
    """Which knobs are searched; all others are as in `fixed`.

    Of a searched knob `fixed` holds the reference's value, which need not be in its dimension.
    """

    fixed: Hyperparameters
    dimensions: Mapping[str, Choices | Range]

    def hyperparameters(self, values: Mapping[str, Value]) -> Hyperparameters:
        """Return a point of the space as the record that trainings take.

        A number from a range is rounded to three significant digits, and stays in the range.
        """
        return self.fixed.replaced(
            {name: self._of_knob(name, value) for name, value in values.items()}
        )

    def reference(self) -> dict[str, Value]:
        """Return the reference network's point, as near as the space has it."""
        found: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            nearest = dimension.nearest(encoded(getattr(self.fixed, name)))
            whole = isinstance(dimension, Range) and _KINDS[name] is int
            found[name] = int(nearest) if whole else nearest
        return found

    def points(self) -> int | None:
        """Return how many points a grid over this space has; None: there is a range."""
        sizes = [len(each.values) for each in self.dimensions.values() if isinstance(each, Choices)]
        return math.prod(sizes) if len(sizes) == len(self.dimensions) else None

    def to_json(self) -> dict[str, Any]:
        """Return what is searched as plain JSON, in the words of --space."""
        return {name: _dimension_json(name, each) for name, each in self.dimensions.items()}

    def _of_knob(self, name: str, value: Value) -> Any:
        dimension = self.dimensions.get(name)
        if isinstance(dimension, Range):
            rounded = float(f"{float(value):.{_DIGITS}g}")
            value = min(max(rounded, dimension.low), dimension.high)
        return decoded(name, value)


def _dimension_json(name: str, dimension: Choices | Range) -> Any:
    if isinstance(dimension, Choices):
        values = [decoded(name, value) for value in dimension.values]
        return [list(value) if isinstance(value, tuple) else value for value in values]
    scale = "log" if dimension.logarithmic else "linear"
    return {"low": dimension.low, "high": dimension.high, "scale": scale}


def encoded(value: Any) -> Value:
    """Return a knob's value as Keras Tuner can carry it: (96, 48) → "96,48"."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    carried: Value = value
    return carried


def decoded(name: str, value: Value) -> Any:
    """Return what a knob is set to, the inverse of `encoded`: "96,48" → (96, 48)."""
    kind = _KINDS[name]
    if kind is tuple:
        return tuple(int(units) for units in str(value).split(","))
    return kind(value)


DEFAULT_DIMENSIONS: Mapping[str, Choices | Range] = {
    "vocabulary_size": Choices((9_000, 18_000, 36_000)),
    "min_count": Choices((1, 2, 4)),
    "embedding_units": Choices((48, 96, 144)),
    "lstm_units": Choices(("96,48,48", "96,48", "48,48", "128,64", "64", "96")),
    "directions": Choices((1, 2)),
    "pooling": Choices(("last", "max", "mean", "attention", "last+max", "max+attention")),
    "embedding_dropout": Choices((0.0, 0.15, 0.3, 0.45)),
    "dropout": Choices((0.0, 0.15, 0.3, 0.45)),
    "learning_rate": Range(0.0005, 0.008, logarithmic=True),
    "batch_size": Choices((128, 256, 512, 1024)),
    "label_smoothing": Choices((0.0, 0.05, 0.1)),
}
"""What is searched unless told otherwise; every preset is a point of it."""
