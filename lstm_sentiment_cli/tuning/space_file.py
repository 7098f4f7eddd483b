"""--space: a TOML file that narrows or fixes what a search tries; no TensorFlow here.

dropout = 0.3                                                # this value
batch_size = [256, 512]                                      # one of these
lstm_units = [[96, 48, 48], [64]]                            # one of these
learning_rate = { low = 0.0005, high = 0.004, scale = "log" }
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.training.config import Config
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.tuning.space import (
    DEFAULT_DIMENSIONS,
    Choices,
    Range,
    Space,
    decoded,
    encoded,
)

_KNOBS = {knob.name: knob for knob in fields(Hyperparameters)}
_IN_THEIR_PLACE = {
    "seed": "give --seed, which decides folds and trials too",
    "validation_fraction": "folds take its place, --folds says how many",
}
_SCALES = ("linear", "log")


def read_space(path: Path | None, config: Config, flags: Collection[str]) -> Space:
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
