"""A search's folder: which search it is of, and what the folds said of the rows they held out."""

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
from lstm_sentiment_cli.tuning.journal import RECORD
from lstm_sentiment_cli.tuning.search import Search
from lstm_sentiment_cli.tuning.space import Choices

_IDENTITY = "search.json"
_OUT_OF_FOLD = "out-of-fold"
KERAS_TUNER = "keras-tuner"
BEST = "best.toml"
LEADERBOARD = "leaderboard.json"
REFITS = "refits"
_FORMAT = 1
GO_ON = "and go on with --resume"
"""What to do when the disk was full."""


def begin(folder: Path, search: Search, examples: Sequence[Example], *, resume: bool) -> None:
    """Make the folder that of a search, or check that it is; SentimentError when it cannot be.

    Trials, time and workers are no part of what a search is: a resume may name others.
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
            f"{path} is not a search's ({error}); start again with --force"
        ) from None
    if differing:
        raise SentimentError(
            f"cannot resume: {', '.join(differing)} differ from those the search began with; "
            "give the same, or start again with --force"
        )


def is_search(folder: Path) -> bool:
    """Return whether there is something of a search in this folder."""
    return (folder / _IDENTITY).exists() or (folder / RECORD).exists()


def check_place(folder: Path, *, resume: bool) -> None:
    """Raise SentimentError when there is no search to resume, or one that nobody asked for."""
    if resume and not (folder / _IDENTITY).exists():
        raise SentimentError(
            f"nothing to resume: there is no {folder / _IDENTITY}; start without --resume"
        )
    if not resume and is_search(folder):
        raise SentimentError(
            f"an earlier search stands in {folder}; go on with --resume or start again with --force"
        )


def clear(folder: Path) -> None:
    """Remove what a search leaves in its folder, and the folder when nothing else is in it."""
    try:
        for name in (RECORD, BEST, LEADERBOARD):
            (folder / name).unlink(missing_ok=True)
        for name in (_OUT_OF_FOLD, KERAS_TUNER, REFITS):
            if (folder / name).exists():
                shutil.rmtree(folder / name)
        # Last: killed before, what is left is still known as a search's.
        (folder / _IDENTITY).unlink(missing_ok=True)
    except OSError as error:
        raise SentimentError(
            f"cannot remove the earlier search in {folder}: {error.strerror}; remove it yourself"
        ) from None
    with suppress(OSError):
        folder.rmdir()


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """What a fold's network said of the rows that it had not learnt."""

    rows: npt.NDArray[np.int64]  # (n,) places among all examples
    gold: npt.NDArray[np.int64]  # (n,)
    log_probabilities: FloatMatrix  # (n, labels)


def save_out_of_fold(folder: Path, trial: int, fold: int, answers: OutOfFold) -> None:
    """Keep what a fold said, under the numbers of trial and fold."""
    arrays = {each.name: getattr(answers, each.name) for each in fields(OutOfFold)}
    place = _place(folder, trial, fold)
    with AtomicFile(place, GO_ON, parents=True) as new:
        np.savez(new.file, **arrays)


def out_of_fold(folder: Path, trial: int) -> tuple[FloatMatrix, npt.NDArray[np.int64]]:
    """Return logits (n, labels) and gold (n,) of a trial's folds together, in the rows' order.

    They are logarithms of probabilities, which are logits up to a constant of each row.
    """
    parts: list[OutOfFold] = []
    try:
        folds = json.loads((folder / _IDENTITY).read_bytes())["folds"]
        for fold in range(folds):
            with _place(folder, trial, fold).open("rb") as file, np.load(file) as arrays:
                parts.append(OutOfFold(*(arrays[each.name] for each in fields(OutOfFold))))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SentimentError(
            f"cannot read what the folds of trial {trial} said, in {folder} ({error}); "
            "start the search again with --force"
        ) from None
    order = np.argsort(np.concatenate([part.rows for part in parts]))
    logits = np.concatenate([part.log_probabilities for part in parts])[order]
    return logits, np.concatenate([part.gold for part in parts])[order]


def _place(folder: Path, trial: int, fold: int) -> Path:
    return folder / _OUT_OF_FOLD / f"{trial}-{fold}.npz"


def _identity(search: Search, examples: Sequence[Example]) -> dict[str, Any]:
    """Return what two searches differ in, as plain JSON."""
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
    """Return what two searches differ in; knobs by their names."""
    then, now = known.get("space") or {}, identity["space"]
    knobs = [name for name in {**now, **then} if then.get(name) != now.get(name)]
    others = [name for name in identity if name != "space" and known.get(name) != identity[name]]
    return [*others, *knobs]
