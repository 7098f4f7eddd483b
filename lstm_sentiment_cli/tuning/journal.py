"""The record of a search, `folds.jsonl`: what was measured so far; no TensorFlow here.

A line is added as something ends, so that a kill at any moment loses what was under way and
nothing else. Several processes may add lines at once.
"""

import errno
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any, get_args

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.search import FoldResult, Search, Status, TrialResult
from lstm_sentiment_cli.tuning.space import Value

RECORD = "folds.jsonl"
_BEGINNING = b'{"trial": '


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial was proposed."""

    trial: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class FoldFinished:
    """A fold of a trial has ended."""

    trial: int
    result: FoldResult


@dataclass(frozen=True, slots=True)
class TrialFinished:
    """A trial has ended; one without this entry is unfinished."""

    trial: int
    status: Status
    reason: str


Entry = TrialStarted | FoldFinished | TrialFinished


def append(folder: Path, entry: Entry) -> None:
    """Add an entry to the record of a search; when this returns, it outlasts a power cut."""
    path = folder / RECORD
    try:
        # One write to a file open for appending: lines of several processes do not mix.
        with path.open("a+b", buffering=0) as file:
            torn = b"" if _ends_with_newline(file.fileno()) else b"\n"
            line = torn + _line(entry).encode() + b"\n"
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
    except OSError as error:
        raise SentimentError(
            f"cannot record the search in {path}: {error.strerror}; free some space, "
            "then go on with --resume"
        ) from None


def read(folder: Path) -> list[Entry]:
    """Return the entries of a search's record in their order; none when there is no record.

    A line that a kill or a full disk broke off is passed over; anything else that is no entry
    raises SentimentError.
    """
    path = folder / RECORD
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}") from None
    entries: list[Entry] = []
    # What follows the last newline is not whole, whatever it is.
    for number, line in enumerate(lines[:-1], start=1):
        try:
            entry = _entry(line)
        except (ValueError, KeyError, TypeError) as error:
            raise SentimentError(
                f"{path}, line {number}: not an entry of a search's record ({error}); "
                "mend or remove the line, or start again with --force"
            ) from None
        if entry is not None:
            entries.append(entry)
    return entries


@dataclass(slots=True)
class _Trial:
    values: Mapping[str, Value]
    folds: dict[int, FoldResult] = field(default_factory=dict)
    status: Status = "unfinished"
    reason: str = ""


def trials_of(entries: Iterable[Entry], search: Search) -> list[TrialResult]:
    """Return the trials by their numbers, from 0; what was measured twice counts once.

    SentimentError when the entries are not those of such a search.
    """
    found: dict[int, _Trial] = {}
    for entry in entries:
        if isinstance(entry, TrialStarted):
            found.setdefault(entry.trial, _Trial(entry.values))
            continue
        trial = found.get(entry.trial)
        if trial is None:
            raise _broken(f"has no beginning of trial {entry.trial}")
        if isinstance(entry, FoldFinished):
            trial.folds.setdefault(entry.result.fold, entry.result)
        elif trial.status == "unfinished":
            trial.status, trial.reason = entry.status, entry.reason
    if list(found) != list(range(len(found))):
        raise _broken(f"has trials {list(found)}")
    return [_result(number, trial, search) for number, trial in found.items()]


def _result(number: int, trial: _Trial, search: Search) -> TrialResult:
    try:
        hyperparameters = search.space.hyperparameters(trial.values)
    except (SentimentError, ValueError, TypeError, KeyError, AttributeError):
        raise _broken(f"has trial {number} begin with other values than its space's") from None
    folds = tuple(trial.folds[fold] for fold in sorted(trial.folds))
    least = {"complete": search.folds, "dropped": 1}.get(trial.status, 0)
    if len(folds) < least:
        raise _broken(f"has too few folds of trial {number}")
    return TrialResult(number, trial.values, hyperparameters, folds, trial.status, trial.reason)


def _broken(what: str) -> SentimentError:
    return SentimentError(f"the search's record {what}; start again with --force")


def _ends_with_newline(descriptor: int) -> bool:
    """Return whether nothing was broken off; an empty file counts."""
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
    # ASCII only: no character can be broken in the middle.
    return json.dumps({"trial": entry.trial} | what, allow_nan=False)


def _entry(line: bytes) -> Entry | None:
    """Return a line's entry, or None for one that was broken off; else ValueError, KeyError."""
    try:
        facts = json.loads(line)
    except ValueError:
        if line.startswith(_BEGINNING) or _BEGINNING.startswith(line):
            return None
        raise
    if not isinstance(facts, dict):
        raise TypeError(f"{facts!r} is no object")
    trial = _number(facts.pop("trial"))
    if "began" in facts:
        return TrialStarted(trial, facts["began"])
    if "ended" in facts:
        if facts["ended"] not in get_args(Status):
            raise ValueError(f"no such end: {facts['ended']!r}")
        return TrialFinished(trial, facts["ended"], str(facts["reason"]))
    return FoldFinished(
        trial, FoldResult(**{each.name: _number(facts[each.name]) for each in fields(FoldResult)})
    )


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return value
