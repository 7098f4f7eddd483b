"""The recipe of a training: hyperparameters, labels and data, from TOML and flags; no TensorFlow.

preset = "default"
labels = ["positive", "negative"]
learning_rate = 0.001

[[data]]
path = "tweets.tsv.gz"
weight = 2.0
strip_emoticons = true
share = 0.5
balanced = true
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, blaming, suggestion
from lstm_sentiment_cli.model.folder import check_output
from lstm_sentiment_cli.records.labelled import DataFile
from lstm_sentiment_cli.training.hyperparameters import CONTINUING, Hyperparameters, preset

DEFAULT_LABELS = ("positive", "negative")
_OWN_KEYS = ("preset", "labels", "data")
_BOOL, _NUMBER, _STRING = ("true or false", bool), ("a number", int | float), ("a string", str)
# Key of [[data]] → what its value must be.
_DATA_KEYS: Mapping[str, tuple[str, Any]] = {
    "path": _STRING,
    "weight": _NUMBER,
    "strip_emoticons": _BOOL,
    "share": _NUMBER,
    "balanced": _BOOL,
    "format": _STRING,
    "text_column": _STRING,
    "label_column": _STRING,
    "encoding": _STRING,
    "delimiter": _STRING,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters, labels and data files."""

    hyperparameters: Hyperparameters
    labels: tuple[str, ...] | None  # None: not given, so the parent's or the default ones
    data: tuple[DataFile, ...]
    named: frozenset[str] = frozenset()
    """The hyperparameters that the file or a flag names; the others are the preset's."""

    def continuing(self) -> "Recipe":
        """Return the recipe with what suits a model that goes on, where nothing was named."""
        values = {name: value for name, value in CONTINUING.items() if name not in self.named}
        return replace(self, hyperparameters=self.hyperparameters.replaced(values))


@dataclass(frozen=True, slots=True)
class Output:
    """Where the model goes, and whether what is there may be replaced or resumed."""

    folder: Path
    force: bool = False
    resume: bool = False

    @property
    def checkpoint(self) -> Path:
        """The checkpoint of its training: a hidden file beside the folder."""
        return self.folder.parent / f".{self.folder.name}.training.npz"


def read_recipe(
    path: Path | None,
    *,
    folder: Path | None = None,
    preset_name: str | None = None,
    flags: Mapping[str, Any] | None = None,
    labels: str | None = None,
) -> Recipe:
    """Read a file; flags override it, and both override the preset.

    Relative paths of [[data]] start at `folder`, or at the current one.
    SentimentError names what is unknown.
    """
    where = str(path or "")
    chosen = preset(preset_name) if preset_name else None
    with blaming("config"):
        table = read_toml(path, "--config") if path else {}
        chosen = chosen or preset(str(table.get("preset", "default")))
        in_file = {name: value for name, value in table.items() if name not in _OWN_KEYS}
        hyperparameters = chosen.replaced(in_file, where)
        file_labels = None
        if "labels" in table and not labels:
            file_labels = _checked_labels(table["labels"], f"{where}: labels")
        entries = table.get("data", [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise SentimentError(f"{where}: data files are [[data]] tables, each with a path")
        data = [_data_file(each, where, folder or Path()) for each in entries]
    return Recipe(
        hyperparameters.replaced(flags or {}),
        parse_labels(labels) if labels else file_labels,
        tuple(data),
        frozenset(in_file) | frozenset(flags or {}),
    )


def check_place(output: Output) -> None:
    """Raise SentimentError when the model cannot be written, or there is nothing to resume."""
    if output.resume and output.folder.exists() and not output.checkpoint.exists():
        raise SentimentError(
            f"the training of {output.folder} is finished: there is nothing to resume"
        )
    check_output(output.folder, force=output.force)


def with_share(files: Sequence[DataFile], share: float) -> list[DataFile]:
    """Apply `--share`: use this share of the rows that each file would otherwise give."""
    if not 0 < share <= 1:
        raise SentimentError(f"--share must be above 0 and at most 1, got {share:g}", "share")
    return [replace(file, share=file.share * share) for file in files]


def read_toml(path: Path, option: str) -> dict[str, Any]:
    """Read a TOML file that `option` names."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}; check {option}") from None
    except (ValueError, RecursionError) as error:
        raise SentimentError(f"{path} is not TOML: {error}") from None


def parse_labels(given: str) -> tuple[str, ...]:
    """Read labels in output order: "positive,negative" → ("positive", "negative")."""
    with blaming("labels"):
        return _checked_labels([label.strip() for label in given.split(",")], "--labels")


def with_weights(files: Sequence[DataFile], weights: Sequence[str]) -> tuple[DataFile, ...]:
    """Apply `--weight FILE=2` to the files of that path or name."""
    for given in weights:
        name, _, number = given.rpartition("=")
        named = {file for file in files if name in {str(file.path), Path(file.path).name}}
        try:
            files = [
                replace(file, weight=float(number)) if file in named else file for file in files
            ]
        except ValueError:
            named = set()
        if not named:
            known = ", ".join(str(file.path) for file in files)
            raise SentimentError(
                f"--weight must be FILE=NUMBER with a FILE that is given ({known}), got '{given}'",
                "weight",
            )
    return tuple(files)


def _checked_labels(labels: Any, where: str) -> tuple[str, ...]:
    if not isinstance(labels, list):
        raise SentimentError(f'{where} must be a list, such as ["positive", "negative"]')
    if not all(isinstance(label, str) and label for label in labels) or len(labels) < 2:
        raise SentimentError(f"{where} must name two labels or more, such as positive,negative")
    if len(set(labels)) < len(labels):
        raise SentimentError(f"{where} names a label twice: {', '.join(labels)}")
    return tuple(labels)


def _data_file(entry: dict[str, Any], where: str, folder: Path) -> DataFile:
    where = f"{where}, [[data]]"
    for name in entry:
        if name not in _DATA_KEYS:
            raise SentimentError(f"{where}: unknown key '{name}'{suggestion(name, _DATA_KEYS)}")
    if not isinstance(entry.get("path"), str):
        raise SentimentError(f"{where}: path is missing, or not a string")
    for name, value in entry.items():
        kind, types = _DATA_KEYS[name]
        if not isinstance(value, types) or (isinstance(value, bool) and types == _NUMBER[1]):
            raise SentimentError(f"{where}: {name} must be {kind}, got {value!r}")
    return DataFile(**(entry | {"path": str(folder / entry["path"])}))
