"""A search's folder: the identity of the search, and the predictions for the rows held out."""

import json
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.atomic import AtomicFile, atomic_write
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.tuning.journal import JOURNAL
from lstm_sentiment_cli.tuning.search import Search
from lstm_sentiment_cli.tuning.space import Choices

_IDENTITY = "search.json"
_OUT_OF_FOLD = "out-of-fold"
BEST = "best.toml"
LEADERBOARD = "leaderboard.json"
REFITS = "refits"
_OF_OLDER_VERSIONS = "keras-tuner"
_FORMAT = 1
GO_ON = "and go on with --resume"
"""The advice when the disk is full."""


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
            f"cannot resume: {', '.join(differing)} differ from those the search began with; "
            "give the same, or start again with --force"
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
            f"there is an earlier search in {folder}; go on with --resume "
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


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """The predictions of a fold's network for the rows that it had not learnt."""

    rows: npt.NDArray[np.int64]  # (n,) positions among all examples
    gold: npt.NDArray[np.int64]  # (n,)
    log_probabilities: FloatMatrix  # (n, labels)


def save_out_of_fold(folder: Path, trial: int, fold: int, predictions: OutOfFold) -> None:
    """Save the predictions of a fold, under the numbers of trial and fold."""
    arrays = {each.name: getattr(predictions, each.name) for each in fields(OutOfFold)}
    with AtomicFile(_place(folder, trial, fold), GO_ON, parents=True) as new:
        np.savez(new.file, **arrays)


def out_of_fold(folder: Path, trial: int) -> tuple[FloatMatrix, npt.NDArray[np.int64]]:
    """Return logits (n, labels) and gold (n,) of all folds of a trial, in the order of the rows.

    They are log-probabilities, which are logits up to a constant per row.
    """
    parts: list[OutOfFold] = []
    try:
        folds = json.loads((folder / _IDENTITY).read_bytes())["folds"]
        for fold in range(folds):
            with _place(folder, trial, fold).open("rb") as file, np.load(file) as arrays:
                parts.append(OutOfFold(*(arrays[each.name] for each in fields(OutOfFold))))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SentimentError(
            f"cannot read the predictions of trial {trial} in {folder} ({error}); "
            "start the search again with --force"
        ) from None
    order = np.argsort(np.concatenate([part.rows for part in parts]))
    logits = np.concatenate([part.log_probabilities for part in parts])[order]
    return logits, np.concatenate([part.gold for part in parts])[order]


def _place(folder: Path, trial: int, fold: int) -> Path:
    return folder / _OUT_OF_FOLD / f"{trial}-{fold}.npz"


def _identity(search: Search, examples: Sequence[Example]) -> dict[str, Any]:
    """Return what identifies a search, as plain JSON."""
    return {
        "format": _FORMAT,
        "data": fingerprint(examples),
        "labels": list(search.labels),
        "folds": search.folds,
        "objective": search.objective,
        "algorithm": search.algorithm,
        "seed": search.seed,
        "prune": search.prune,
        "space": search.space.fixed.to_dict()
        | {
            name: {"choices": list(dimension.values)}
            if isinstance(dimension, Choices)
            else {"low": dimension.low, "high": dimension.high, "log": dimension.logarithmic}
            for name, dimension in search.space.dimensions.items()
        },
    }


def _differing(known: dict[str, Any], identity: dict[str, Any]) -> list[str]:
    """Return what two searches differ in; hyperparameters by their names."""
    then, now = known.get("space") or {}, identity["space"]
    names = [name for name in {**now, **then} if then.get(name) != now.get(name)]
    others = [name for name in identity if name != "space" and known.get(name) != identity[name]]
    return [*others, *names]
