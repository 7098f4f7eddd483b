"""A search's folder: its identity, its journal, and its predictions; no TensorFlow here.

The journal, `folds.jsonl`, has everything measured so far. A line is appended when something ends,
so that a kill loses only the fold under way. Several processes may append at the same time.
"""

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.atomic import AtomicFile, atomic_write
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.tuning.search import (
    BEST,
    CONTINUE,
    LEADERBOARD,
    REFITS,
    FoldResult,
    Search,
    SearchListener,
    Status,
    TrialResult,
    leaderboard,
)
from lstm_sentiment_cli.tuning.space import Choices, Values

JOURNAL = "folds.jsonl"
_BEGINNING = b'{"trial": '  # how every line starts
_IDENTITY = "search.json"
_OUT_OF_FOLD = "out-of-fold"
_OF_OLDER_VERSIONS = "keras-tuner"
_FORMAT = 1
_IDENTIFYING = ("folds", "objective", "algorithm", "seed", "prune")


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


@dataclass(slots=True)
class Journal:
    """The journal of a search, to which other processes may append too."""

    folder: Path
    search: Search
    listener: SearchListener = field(default_factory=SearchListener)
    _heard: int = 0  # entries that the listener has been told of

    def append(self, entry: Entry) -> None:
        """Append an entry; when this returns, it survives a power cut."""
        path = self.folder / JOURNAL
        try:
            # A single write to a file opened for appending: lines of several processes do not mix.
            with path.open("a+b", buffering=0) as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
                torn = b"" if file.read(1) in {b"", b"\n"} else b"\n"
                line = torn + _line(entry).encode() + b"\n"
                if file.write(line) < len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
        except OSError as error:
            raise SentimentError(
                f"cannot write the search's journal {path}: {error.strerror}; free some space, "
                "then continue with --resume"
            ) from None

    def entries(self) -> list[Entry]:
        """Return the entries in order; none when there is no journal.

        A line that a kill or a full disk cut off is skipped; any other line that is no entry raises
        SentimentError.
        """
        path = self.folder / JOURNAL
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

    def trials(self, *, known: bool = False) -> list[TrialResult]:
        """Return all trials as they are now, and tell the listener what is new.

        `known`: that was measured in an earlier run.
        """
        entries = self.entries()
        for entry in entries[self._heard :]:
            self._heard += 1
            if isinstance(entry, TrialStarted):
                self.listener.trial_begins(entry.trial, entry.values)
            elif isinstance(entry, FoldFinished):
                self.listener.fold_ends(entry.trial, entry.result, known=known)
            else:
                trials = trials_of(entries[: self._heard], self.search)
                ranked = leaderboard(trials, self.search.objective)
                self.listener.trial_ends(trials[entry.trial], ranked[0] if ranked else None)
        return trials_of(entries, self.search)


def trials_of(entries: Iterable[Entry], search: Search) -> list[TrialResult]:
    """Return the trials by number, from 0; of a fold measured twice the first result counts.

    SentimentError when the entries cannot be of this search.
    """
    found: dict[int, TrialResult] = {}
    for entry in entries:
        number = entry.trial
        trial = found.get(number)
        if isinstance(entry, TrialStarted):
            found[number] = trial or _started(entry, search)
        elif trial is None:
            raise _broken(f"does not have the start of trial {number}")
        elif isinstance(entry, FoldFinished):
            folds = {entry.result.fold: entry.result} | {each.fold: each for each in trial.folds}
            found[number] = replace(trial, folds=tuple(folds[fold] for fold in sorted(folds)))
        elif trial.status == "unfinished":
            found[number] = replace(trial, status=entry.status, reason=entry.reason)
    if list(found) != list(range(len(found))):
        raise _broken(f"has the trials {list(found)}")
    for number, trial in found.items():
        if len(trial.folds) < {"complete": search.folds, "dropped": 1}.get(trial.status, 0):
            raise _broken(f"has too few folds of trial {number}")
    return list(found.values())


def _started(entry: TrialStarted, search: Search) -> TrialResult:
    try:
        hyperparameters = search.space.hyperparameters(entry.values)
    except (SentimentError, ValueError, TypeError, KeyError, AttributeError):
        raise _broken(f"starts trial {entry.trial} with values outside the search space") from None
    return TrialResult(entry.trial, entry.values, hyperparameters, (), "unfinished")


def _broken(what: str) -> SentimentError:
    return SentimentError(f"the search's journal {what}; start again with --force")


def _line(entry: Entry) -> str:
    facts: dict[str, Any]
    match entry:
        case TrialStarted(values=values):
            facts = {"began": dict(values)}
        case FoldFinished(result=result):
            facts = asdict(result)
        case TrialFinished(status=status, reason=reason):
            facts = {"ended": status, "reason": reason}
    # ASCII only: no character can be cut in the middle.
    return json.dumps({"trial": entry.trial} | facts, allow_nan=False)


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


def search_folder(output: Path) -> Path:
    """Return the folder of the search for a model: models/mine → models/mine-search."""
    return output.parent / f"{output.name}-search"


def begin(folder: Path, search: Search, examples: Sequence[Example], *, resume: bool) -> None:
    """Begin a search in a folder, or check that this search was begun there.

    Trials, time and workers do not identify a search: a resume may change them.
    """
    check_place(folder, resume=resume)
    identity = _identity(search, examples)
    path = folder / _IDENTITY
    if not resume:
        content = json.dumps(identity, ensure_ascii=False, indent=2).encode() + b"\n"
        atomic_write(path, content, "or choose another --output", parents=True)
        return
    try:
        known = json.loads(path.read_bytes())
        differing = _differing(known, identity)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SentimentError(
            f"{path} does not describe a search ({error}); start again with --force"
        ) from None
    if differing:
        raise SentimentError(
            f"cannot resume: {', '.join(differing)} changed since the search began; "
            "give the same values, or start again with --force"
        )


def is_search(folder: Path) -> bool:
    """Return whether a search has left files in this folder."""
    return (folder / _IDENTITY).exists() or (folder / JOURNAL).exists()


def check_place(folder: Path, *, resume: bool) -> None:
    """Raise SentimentError when there is no search to resume, or one that would be overwritten."""
    if resume and not (folder / _IDENTITY).exists():
        raise SentimentError(
            f"nothing to resume: there is no {folder / _IDENTITY}; start without --resume"
        )
    if not resume and is_search(folder):
        raise SentimentError(
            f"there is an earlier search in {folder}; continue with --resume "
            "or start again with --force"
        )


def clear(folder: Path) -> None:
    """Remove a search's files, and the folder when nothing else is in it."""
    try:
        for name in (JOURNAL, BEST, LEADERBOARD):
            (folder / name).unlink(missing_ok=True)
        for name in (_OUT_OF_FOLD, REFITS, _OF_OLDER_VERSIONS):
            if (folder / name).exists():
                shutil.rmtree(folder / name)
        # Last: after a kill the rest is still recognised as a search.
        (folder / _IDENTITY).unlink(missing_ok=True)
    except OSError as error:
        raise SentimentError(
            f"cannot remove the earlier search in {folder}: {error.strerror}; remove it yourself"
        ) from None
    with suppress(OSError):
        folder.rmdir()


class OutOfFold(NamedTuple):
    """The predictions of a fold's network for the rows that it had not learnt."""

    rows: npt.NDArray[np.int64]  # (n,) positions among all examples
    gold: npt.NDArray[np.int64]  # (n,)
    log_probabilities: FloatMatrix  # (n, labels)


def save_out_of_fold(folder: Path, trial: int, fold: int, predictions: OutOfFold) -> None:
    """Save the predictions of a fold, under the numbers of trial and fold."""
    with AtomicFile(_place(folder, trial, fold), CONTINUE, parents=True) as new:
        np.savez(new.file, **predictions._asdict())


def out_of_fold(folder: Path, trial: int) -> tuple[FloatMatrix, npt.NDArray[np.int64]]:
    """Return logits (n, labels) and gold (n,) of all folds of a trial, in the order of the rows.

    They are log-probabilities, which are logits up to a constant per row.
    """
    parts: list[OutOfFold] = []
    try:
        folds = json.loads((folder / _IDENTITY).read_bytes())["folds"]
        for fold in range(folds):
            with _place(folder, trial, fold).open("rb") as file, np.load(file) as arrays:
                parts.append(OutOfFold(*(arrays[name] for name in OutOfFold._fields)))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SentimentError(
            f"cannot read the predictions of trial {trial} in {folder} ({error}); "
            "start the search again with --force"
        ) from None
    rows, gold, logits = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(rows)
    return logits[order], gold[order]


def _place(folder: Path, trial: int, fold: int) -> Path:
    return folder / _OUT_OF_FOLD / f"{trial}-{fold}.npz"


def _identity(search: Search, examples: Sequence[Example]) -> dict[str, Any]:
    """Return what identifies a search, as plain JSON."""
    return {
        "format": _FORMAT,
        "data": fingerprint(examples),
        "labels": list(search.labels),
        **{name: getattr(search, name) for name in _IDENTIFYING},
        "space": search.space.fixed.to_dict()
        | {
            name: {"choices": list(dimension.values)}
            if isinstance(dimension, Choices)
            else {"low": dimension.low, "high": dimension.high, "log": dimension.scale == "log"}
            for name, dimension in search.space.dimensions.items()
        },
    }


def _differing(known: dict[str, Any], identity: dict[str, Any]) -> list[str]:
    """Return what two searches differ in; hyperparameters by their names."""
    then, now = known.get("space") or {}, identity["space"]
    names = [name for name in {**now, **then} if then.get(name) != now.get(name)]
    others = [name for name in identity if name != "space" and known.get(name) != identity[name]]
    return [*others, *names]
