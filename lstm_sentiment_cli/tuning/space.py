"""The search space: which knobs are tried with which values; no TensorFlow here.

A file given by --space narrows or fixes it:

dropout = 0.3                                                # this value
batch_size = [256, 512]                                      # one of these
lstm_units = [[96, 48, 48], [64]]                            # one of these
learning_rate = { low = 0.0005, high = 0.004, scale = "log" }
"""

import math
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, blaming, suggestion
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.recipe import Recipe

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


_KNOBS = {knob.name: knob for knob in fields(Hyperparameters)}
_IN_THEIR_PLACE = {
    "seed": "give --seed, which decides folds and trials too",
    "validation_fraction": "folds take its place, --folds says how many",
}
_SCALES = ("linear", "log")


@blaming("space")
def read_space(path: Path | None, config: Recipe, flags: Collection[str]) -> Space:
    """Return the default space as a file, the config and flags narrow it.

    A knob is searched as the file says; one that the config names and the file does not has the
    config's value, and one that a flag names has the flag's whatever the file says.
    SentimentError names the file and the knob that cannot be.
    """
    table = _table(path) if path else {}
    where = str(path)
    fixed = config.hyperparameters
    dimensions = {
        name: each for name, each in DEFAULT_DIMENSIONS.items() if name not in config.named
    }
    for name, value in table.items():
        _check_name(name, where)
        dimension = _dimension(fixed, name, value, where)
        if name in flags:
            continue
        dimensions.pop(name, None)
        if dimension is None:
            fixed = fixed.replaced({name: value}, where)
        else:
            dimensions[name] = dimension
    if not dimensions:
        raise SentimentError(
            "nothing to search: every knob has one value; name several for one of them in --space"
        )
    # In the order of the record, whatever the file's: the same space is the same search.
    return Space(fixed, {name: dimensions[name] for name in _KNOBS if name in dimensions})


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}; check --space") from None
    except (ValueError, RecursionError) as error:
        raise SentimentError(f"{path} is not TOML: {error}") from None


def _check_name(name: str, where: str) -> None:
    if name in _IN_THEIR_PLACE:
        raise SentimentError(f"{where}: {name} is not searched; {_IN_THEIR_PLACE[name]}")
    if name not in _KNOBS:
        hint = suggestion(name, _KNOBS) or f"; known are {', '.join(_KNOBS)}"
        raise SentimentError(f"{where}: unknown knob {name!r}{hint}")


def _dimension(fixed: Hyperparameters, name: str, value: Any, where: str) -> Choices | Range | None:
    """Return what is searched of a knob; None: the file gives it one value."""
    if isinstance(value, dict):
        return _range(fixed, name, value, where)
    of_lists = isinstance(_KNOBS[name].default, tuple)
    # A list of units is one value of lstm_units, a list of lists are several.
    if not isinstance(value, list) or (of_lists and not any(isinstance(it, list) for it in value)):
        fixed.replaced({name: value}, where)
        return None
    if not value:
        raise SentimentError(f"{where}: {name} has no value; name some, or leave it out")
    choices = tuple(_choice(fixed, name, each, where) for each in value)
    if len(set(choices)) < len(choices):
        raise SentimentError(f"{where}: {name} names a value twice: {value}")
    return Choices(choices)


def _choice(fixed: Hyperparameters, name: str, value: Any, where: str) -> Any:
    """Return a value as the search carries it; 0 for a knob of fractions is 0.0."""
    checked = getattr(fixed.replaced({name: value}, where), name)
    return encoded(decoded(name, encoded(checked)))


def _range(fixed: Hyperparameters, name: str, table: Mapping[str, Any], where: str) -> Range:
    where = f"{where}: {name}"
    knob = _KNOBS[name]
    if not isinstance(knob.default, int | float):
        raise SentimentError(f"{where} has no range; give a list of values")
    for key in table:
        if key not in {"low", "high", "scale"}:
            raise SentimentError(
                f"{where}: unknown key {key!r}{suggestion(key, ['low', 'high', 'scale'])}; "
                "a range is { low = …, high = …, scale = … }"
            )
    for key in ("low", "high"):
        if key not in table:
            raise SentimentError(f"{where}: a range needs low and high, {key} is missing")
        fixed.replaced({name: table[key]}, f"{where}: {key}")
    low, high, scale = table["low"], table["high"], table.get("scale", "linear")
    if scale not in _SCALES:
        raise SentimentError(f"{where}: scale must be linear or log, got {scale!r}")
    if low >= high:
        raise SentimentError(f"{where}: low must be below high, got {low:g} and {high:g}")
    if scale == "log" and low <= 0:
        raise SentimentError(f"{where}: a log scale begins above 0, got low = {low:g}")
    kind = type(knob.default)
    return Range(kind(low), kind(high), logarithmic=scale == "log")
