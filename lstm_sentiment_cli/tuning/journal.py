"""The journal of a search, `folds.jsonl`: everything measured so far; no TensorFlow here.

A line is appended when something ends, so that a kill loses only the fold under way. Several
processes may append lines at the same time.
"""

import errno
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.tuning.search import FoldResult, Search, Status, TrialResult
from lstm_sentiment_cli.tuning.space import Values

JOURNAL = "folds.jsonl"
_BEGINNING = b'{"trial": '


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial was proposed."""

    trial: int
    values: Values


@dataclass(frozen=True, slots=True)
class FoldFinished:
    """A fold of a trial was measured."""

    trial: int
    result: FoldResult


@dataclass(frozen=True, slots=True)
class TrialFinished:
    """A trial has ended; without this entry it is unfinished."""

    trial: int
    status: Status
    reason: str


Entry = TrialStarted | FoldFinished | TrialFinished


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A search, its examples in their folds, and the folder of its journal."""

    search: Search
    examples: Sequence[Example]
    fold_of_rows: npt.NDArray[np.int64]  # (examples,) the number of the fold that holds a row out
    folder: Path

    def trials(self) -> list[TrialResult]:
        """Return all trials as in the journal now; other processes may append to it too."""
        return trials_of(read(self.folder), self.search)


def append(folder: Path, entry: Entry) -> None:
    """Append an entry to a search's journal; when this returns, it survives a power cut."""
    path = folder / JOURNAL
    try:
        # A single write to a file opened for appending: lines of several processes do not mix.
        with path.open("a+b", buffering=0) as file:
            torn = b"" if _ends_with_newline(file.fileno()) else b"\n"
            line = torn + _line(entry).encode() + b"\n"
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
    except OSError as error:
        raise SentimentError(
            f"cannot write the search's journal {path}: {error.strerror}; free some space, "
            "then go on with --resume"
        ) from None


def read(folder: Path) -> list[Entry]:
    """Return the entries of a search's journal in order; none when there is no journal.

    A line that a kill or a full disk cut off is skipped; any other line that is no entry raises
    SentimentError.
    """
    path = folder / JOURNAL
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}") from None
    entries: list[Entry] = []
    # Whatever follows the last newline is incomplete.
    for number, line in enumerate(lines[:-1], start=1):
        try:
            entry = _entry(line)
        except (ValueError, KeyError, TypeError) as error:
            raise SentimentError(
                f"{path}, line {number}: not an entry of a search's journal ({error}); "
                "remove the line, or start again with --force"
            ) from None
        if entry is not None:
            entries.append(entry)
    return entries


@dataclass(slots=True)
class _Trial:
    values: Values
    folds: dict[int, FoldResult] = field(default_factory=dict)
    status: Status = "unfinished"
    reason: str = ""


def trials_of(entries: Iterable[Entry], search: Search) -> list[TrialResult]:
    """Return the trials by number, from 0; of a fold measured twice the first result counts.

    SentimentError when the entries cannot be of this search.
    """
    found: dict[int, _Trial] = {}
    for entry in entries:
        if isinstance(entry, TrialStarted):
            found.setdefault(entry.trial, _Trial(entry.values))
            continue
        trial = found.get(entry.trial)
        if trial is None:
            raise _broken(f"does not have the start of trial {entry.trial}")
        if isinstance(entry, FoldFinished):
            trial.folds.setdefault(entry.result.fold, entry.result)
        elif trial.status == "unfinished":
            trial.status, trial.reason = entry.status, entry.reason
    if list(found) != list(range(len(found))):
        raise _broken(f"has the trials {list(found)}")
    return [_result(number, trial, search) for number, trial in found.items()]


def _result(number: int, trial: _Trial, search: Search) -> TrialResult:
    try:
        hyperparameters = search.space.hyperparameters(trial.values)
    except (SentimentError, ValueError, TypeError, KeyError, AttributeError):
        raise _broken(f"starts trial {number} with values outside the search space") from None
    folds = tuple(trial.folds[fold] for fold in sorted(trial.folds))
    least = {"complete": search.folds, "dropped": 1}.get(trial.status, 0)
    if len(folds) < least:
        raise _broken(f"has too few folds of trial {number}")
    return TrialResult(number, trial.values, hyperparameters, folds, trial.status, trial.reason)


def _broken(what: str) -> SentimentError:
    return SentimentError(f"the search's journal {what}; start again with --force")


def _ends_with_newline(descriptor: int) -> bool:
    """Return whether no line was cut off."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _line(entry: Entry) -> str:
    what: dict[str, Any]
    if isinstance(entry, TrialStarted):
        what = {"began": dict(entry.values)}
    elif isinstance(entry, FoldFinished):
        what = asdict(entry.result)
    else:
        what = {"ended": entry.status, "reason": entry.reason}
    # ASCII only: no character can be cut in the middle.
    return json.dumps({"trial": entry.trial} | what, allow_nan=False)


def _entry(line: bytes) -> Entry | None:
    """Return a line's entry, or None when it was cut off; ValueError, KeyError or TypeError."""
    try:
        facts = json.loads(line)
    except ValueError:
        if line.startswith(_BEGINNING) or _BEGINNING.startswith(line):
            return None
        raise
    if not isinstance(facts, dict):
        raise TypeError(f"{facts!r} is not an object")
    trial = _number(facts.pop("trial"))
    if "began" in facts:
        return TrialStarted(trial, facts["began"])
    if "ended" in facts:
        if facts["ended"] not in get_args(Status):
            raise ValueError(f"unknown status {facts['ended']!r}")
        return TrialFinished(trial, facts["ended"], str(facts["reason"]))
    return FoldFinished(
        trial, FoldResult(**{each.name: _number(facts[each.name]) for each in fields(FoldResult)})
    )


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(f"{value!r} is not a number")
    return value
