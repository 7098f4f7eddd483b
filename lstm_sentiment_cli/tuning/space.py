"""The search space: which values of which hyperparameters are tried; no TensorFlow here.

The file of --space narrows it:

dropout = 0.3                                                # only this value
batch_size = [256, 512]                                      # one of these
lstm_units = [[96, 48, 48], [64]]                            # one of these
learning_rate = { low = 0.0005, high = 0.004, scale = "log" }
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, check_known
from lstm_sentiment_cli.training.recipe import Recipe, read_toml

Value = int | float | str  # A value as Keras Tuner stores it; a list is written as 96,48,48
Values = Mapping[str, Value]  # A point of the space: name → value

_DIGITS = 3
_DEFAULTS: dict[str, Any] = {each.name: each.default for each in fields(Hyperparameters)}
_SCALES = ("linear", "log")
_RANGE_KEYS = ("low", "high", "scale")
_NOT_SEARCHED = {
    "seed": "give --seed, which decides folds and trials too",
    "validation_fraction": "folds replace it, and --folds says how many",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """One of these values."""

    values: tuple[Value, ...]

    def nearest(self, value: Value) -> Value:
        """Return this value, else the nearest number or the first word: (3, (1, 4)) → 4."""
        if value in self.values:
            return value
        numbers = [each for each in self.values if not isinstance(each, str)]
        if isinstance(value, str) or not numbers:
            return self.values[0]
        distances = {number: abs(number - value) for number in numbers}
        return min(distances, key=distances.__getitem__)


@dataclass(frozen=True, slots=True)
class Range:
    """Any number between two, both included."""

    low: float
    high: float
    scale: str  # on which numbers are drawn: linear or log

    def nearest(self, value: Value) -> Value:
        """Return this number, or the nearer end."""
        return min(max(float(value), self.low), self.high)


@dataclass(frozen=True, slots=True)
class Space:
    """The dimensions that are searched; all other hyperparameters are as in `fixed`.

    For a searched one `fixed` holds the reference's value, which need not be in its dimension.
    """

    fixed: Hyperparameters
    dimensions: Mapping[str, Choices | Range]

    def hyperparameters(self, values: Values) -> Hyperparameters:
        """Return the hyperparameters of a point.

        A number from a range is rounded to three significant digits, and stays in the range.
        """
        return self.fixed.replaced(
            {name: self._rounded(name, value) for name, value in values.items()}
        )

    def reference(self) -> dict[str, Value]:
        """Return the point nearest to the reference network."""
        found: dict[str, Value] = {}
        for name, dimension in self.dimensions.items():
            nearest = dimension.nearest(encoded(getattr(self.fixed, name)))
            whole = isinstance(dimension, Range) and isinstance(_DEFAULTS[name], int)
            found[name] = int(nearest) if whole else nearest
        return found

    def reference_hyperparameters(self) -> Hyperparameters:
        """Return the hyperparameters of the first trial, with which the others are compared."""
        return self.hyperparameters(self.reference())

    def points(self) -> int | None:
        """Return the number of points of a grid over this space; None when there is a range."""
        sizes = [len(each.values) for each in self.dimensions.values() if isinstance(each, Choices)]
        return math.prod(sizes) if len(sizes) == len(self.dimensions) else None

    def to_json(self) -> dict[str, Any]:
        """Return the dimensions as plain JSON, in the form of --space."""
        found: dict[str, Any] = {}
        for name, dimension in self.dimensions.items():
            if isinstance(dimension, Range):
                found[name] = asdict(dimension)
            else:
                values = [decoded(name, value) for value in dimension.values]
                found[name] = [list(each) if isinstance(each, tuple) else each for each in values]
        return found

    def _rounded(self, name: str, value: Value) -> Any:
        dimension = self.dimensions.get(name)
        if isinstance(dimension, Range):
            rounded = float(f"{float(value):.{_DIGITS}g}")
            value = min(max(rounded, dimension.low), dimension.high)
        return decoded(name, value)


def encoded(value: Any) -> Value:
    """Return a hyperparameter's value as Keras Tuner stores it: (96, 48) → "96,48"."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else value


def decoded(name: str, value: Value) -> Any:
    """Return the value of a hyperparameter, the inverse of `encoded`: "96,48" → (96, 48)."""
    kind = type(_DEFAULTS[name])
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
    "learning_rate": Range(0.0005, 0.008, "log"),
    "batch_size": Choices((128, 256, 512, 1024)),
    "label_smoothing": Choices((0.0, 0.05, 0.1)),
}
"""The default search space; every preset is a point of it."""


@blaming("space")
def read_space(path: Path | None, recipe: Recipe, flags: Collection[str]) -> Space:
    """Return the default space, narrowed by the file of --space, the recipe and flags.

    A hyperparameter that a flag names has the flag's value; otherwise it is searched as the file
    says; one that only the recipe names has the recipe's value.
    """
    table = read_toml(path, "--space") if path else {}
    where = str(path)
    fixed = recipe.hyperparameters
    dimensions = {
        name: each for name, each in DEFAULT_DIMENSIONS.items() if name not in recipe.named
    }
    for name, value in table.items():
        if name in _NOT_SEARCHED:
            raise SentimentError(f"{where}: {name} is not searched; {_NOT_SEARCHED[name]}")
        check_known("hyperparameter", name, _DEFAULTS, where)
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
            "nothing to search: every hyperparameter has one value; give several for one in --space"
        )
    # In a fixed order, whatever the file's: the same space is the same search.
    return Space(fixed, {name: dimensions[name] for name in _DEFAULTS if name in dimensions})


def _dimension(fixed: Hyperparameters, name: str, value: Any, where: str) -> Choices | Range | None:
    """Return the dimension of a hyperparameter; None: the file gives it one value."""
    if isinstance(value, dict):
        return _range(fixed, name, value, where)
    of_lists = isinstance(_DEFAULTS[name], tuple)
    # For lstm_units a list of numbers is one value, a list of lists are several.
    if not isinstance(value, list) or (of_lists and not any(isinstance(it, list) for it in value)):
        fixed.replaced({name: value}, where)
        return None
    if not value:
        raise SentimentError(f"{where}: {name} has no values; give some, or leave it out")
    for each in value:
        fixed.replaced({name: each}, where)
    # 0 for a fraction becomes 0.0.
    choices = tuple(encoded(decoded(name, encoded(each))) for each in value)
    if len(set(choices)) < len(choices):
        raise SentimentError(f"{where}: {name} has a value twice: {value}")
    return Choices(choices)


def _range(fixed: Hyperparameters, name: str, table: Mapping[str, Any], where: str) -> Range:
    where = f"{where}: {name}"
    kind = type(_DEFAULTS[name])
    if kind not in {int, float}:
        raise SentimentError(f"{where} cannot have a range; give a list of values")
    for key in table:
        check_known("key", key, _RANGE_KEYS, where)
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
        raise SentimentError(f"{where}: a log scale starts above 0, got low = {low:g}")
    return Range(kind(low), kind(high), scale)
