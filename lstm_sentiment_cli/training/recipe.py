"""What a training is asked for: from a TOML file and from flags; no TensorFlow here.

preset = "default"
labels = ["positive", "negative"]
learning_rate = 0.001

[[data]]
path = "tweets.tsv.gz"
weight = 2.0
strip_emoticons = true
emoji = 0.1
share = 0.5
balanced = true

[[data]]
path = "more-tweets.txt"
unlabelled = true
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, blaming, suggestion
from lstm_sentiment_cli.records.labelled import DataFile
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, preset

DEFAULT_LABELS = ("positive", "negative")
_DATA_KEYS = [field.name for field in fields(DataFile)]
_OWN_KEYS = ("preset", "labels", "data")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters, labels and data files; a flag's value has beaten the file's."""

    hyperparameters: Hyperparameters
    labels: tuple[str, ...] | None
    """None: nobody said, so the parent's or the default ones."""
    data: tuple[DataFile, ...]
    named: frozenset[str] = frozenset()
    """The knobs that the file or a flag names; the others are the preset's."""


def read_recipe(
    path: Path | None,
    *,
    folder: Path | None = None,
    preset_name: str | None = None,
    knobs: Mapping[str, Any] | None = None,
    labels: str | None = None,
) -> Recipe:
    """Lay preset, file and flags over one another; SentimentError names what is unknown.

    Relative paths of [[data]] begin at `folder`, or where the program runs.
    """
    where = str(path or "")
    flag_preset = preset(preset_name) if preset_name else None
    with blaming("config"):
        table = _table(path) if path else {}
        chosen = flag_preset or preset(str(table.get("preset", "default")))
        in_file = {name: value for name, value in table.items() if name not in _OWN_KEYS}
        try:
            hyperparameters = chosen.replaced(in_file, where)
        except TypeError as error:
            raise SentimentError(f"{where}: {error}") from None
        file_labels = None if labels else _file_labels(table, where)
        data = [_data_file(each, where, folder or Path()) for each in _data_tables(table, where)]
    return Recipe(
        hyperparameters.replaced(knobs or {}),
        parse_labels(labels) if labels else file_labels,
        tuple(data),
        frozenset(in_file) | frozenset(knobs or {}),
    )


def parse_labels(given: str) -> tuple[str, ...]:
    """Read labels in output order: "positive,negative" → ("positive", "negative")."""
    with blaming("labels"):
        return _checked_labels([label.strip() for label in given.split(",")], "--labels")


def with_weights(files: Sequence[DataFile], weights: Sequence[str]) -> tuple[DataFile, ...]:
    """Give files the weights of `--weight FILE=2`, by path or name."""
    weighted = list(files)
    for given in weights:
        name, _, number = given.rpartition("=")
        found = [
            index
            for index, file in enumerate(weighted)
            if name in {str(file.path), Path(file.path).name}
        ]
        try:
            weight = float(number)
        except ValueError:
            found, weight = [], 0.0
        if not found:
            known = ", ".join(str(file.path) for file in files)
            raise SentimentError(
                f"--weight wants FILE=NUMBER with one of the files given ({known}), got '{given}'",
                "weight",
            )
        for index in found:
            weighted[index] = replace(weighted[index], weight=weight)
    return tuple(weighted)


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}; check --config") from None
    except ValueError as error:
        raise SentimentError(f"{path} is not TOML: {error}") from None


def _file_labels(table: Mapping[str, Any], where: str) -> tuple[str, ...] | None:
    labels = table.get("labels")
    if labels is None:
        return None
    if not isinstance(labels, list):
        raise SentimentError(f'{where}: labels must be a list, as ["positive", "negative"]')
    return _checked_labels(labels, f"{where}: labels")


def _checked_labels(labels: list[Any], where: str) -> tuple[str, ...]:
    if not all(isinstance(label, str) and label for label in labels) or len(labels) < 2:
        raise SentimentError(f"{where} must name two labels or more, as positive,negative")
    if len(set(labels)) < len(labels):
        raise SentimentError(f"{where} names a label twice: {', '.join(labels)}")
    return tuple(labels)


def _data_tables(table: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    entries = table.get("data", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SentimentError(f"{where}: data files are [[data]] tables, each with a path")
    return entries


def _data_file(entry: dict[str, Any], where: str, folder: Path) -> DataFile:
    where = f"{where}, [[data]]"
    for name in entry:
        if name not in _DATA_KEYS:
            raise SentimentError(f"{where}: unknown key '{name}'{suggestion(name, _DATA_KEYS)}")
    if not isinstance(entry.get("path"), str):
        raise SentimentError(f"{where}: path is missing, or not a string")
    for name in ("weight", "strip_emoticons"):
        if not isinstance(entry.get(name, 1.0), bool | int | float):
            raise SentimentError(f"{where}: {name} must be a number, got {entry[name]!r}")
    for name in ("share", "emoji"):
        value = entry.get(name, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SentimentError(f"{where}: {name} must be a number, got {value!r}")
    for name in ("balanced", "unlabelled"):
        if not isinstance(entry.get(name, False), bool):
            raise SentimentError(f"{where}: {name} must be true or false, got {entry[name]!r}")
    for name in ("format", "text_column", "label_column", "encoding"):
        if not isinstance(entry.get(name, ""), str):
            raise SentimentError(f"{where}: {name} must be a string, got {entry[name]!r}")
    return DataFile(**(entry | {"path": str(folder / entry["path"])}))
