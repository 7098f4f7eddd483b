"""What a tuning is asked for, checked, and the rows it learns from; no TensorFlow here."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.training_data import TrainingData, by_label, same_texts, split
from lstm_sentiment_cli.tuning.leaderboard import differing
from lstm_sentiment_cli.tuning.search import Algorithm, Objective, Search
from lstm_sentiment_cli.tuning.space import Range, Space

DEFAULT_TRIALS = 30
MOST_HELD_OUT = 0.5
_DURATION = re.compile(r"(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is searched on which rows, and which rows no trial sees."""

    search: Search
    data: TrainingData
    """Everything, which the winner learns in the end."""
    searched: list[Example]
    held_out: list[Example]
    """Empty: nothing is compared in the end."""
    moved: Mapping[str, Any]
    """Knob → the value that the reference should have, and the space has not."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: what is tried, how often, and on how many rows."""
        search = self.search
        space = search.space
        return {
            "space": space.to_json(),
            "reference": space.hyperparameters(space.reference()).to_dict(),
            "moved": dict(self.moved),
            "algorithm": search.algorithm,
            "objective": search.objective,
            "trials": search.trials,
            "seconds": search.seconds,
            "folds": search.folds,
            "rows": {
                "all": len(self.data.training),
                "held_out": len(self.held_out),
                "learnt_in_a_fold": len(self.searched) - len(self.searched) // search.folds,
                "measured_in_a_fold": len(self.searched) // search.folds,
            },
        }


def search_folder(output: Path) -> Path:
    """Return where the search for a model keeps its record: models/mine → models/mine-search."""
    return output.parent / f"{output.name}-search"


def checked_search(
    space: Space,
    labels: tuple[str, ...],
    *,
    folds: int,
    trials: int | None,
    time_budget: str | None,
    objective: str,
    algorithm: str,
    prune: bool,
    workers: int,
) -> Search:
    """Return a search as asked for; SentimentError names the option that cannot be.

    Without trials or a time budget there are 30 trials.
    """
    least_of = {"folds": (folds, 2), "trials": (trials, 1), "workers": (workers, 1)}
    for option, (value, least) in least_of.items():
        if value is not None and value < least:
            raise SentimentError(f"--{option} must be {least} or more, got {value}", option)
    seconds = duration(time_budget) if time_budget is not None else None
    search = Search(
        space=space,
        labels=labels,
        folds=folds,
        trials=DEFAULT_TRIALS if trials is None and seconds is None else trials,
        seconds=seconds,
        objective=cast("Objective", _word("objective", objective, get_args(Objective))),
        algorithm=cast("Algorithm", _algorithm(algorithm)),
        seed=space.fixed.seed,
        prune=prune,
        workers=workers,
    )
    if search.algorithm == "grid":
        _check_grid(search)
    return search


def plan_of(search: Search, data: TrainingData, holdout: float, reference: Hyperparameters) -> Plan:
    """Hold out rows that no trial sees, and check that the others can be cut into folds.

    `reference` is what all trials are to be compared with, as near as the space has it.
    """
    searched: list[Example] = list(data.training)
    held_out: list[Example] = []
    if holdout:
        try:
            searched, held_out = split(data.training, holdout, search.seed)
        except SentimentError:
            raise SentimentError(
                f"--holdout {holdout:g} leaves one label only on one side; give more rows, "
                "or another --holdout",
                "holdout",
            ) from None
    check_folds(searched, search.labels, search.folds)
    tried = search.space.hyperparameters(search.space.reference())
    return Plan(search, data, searched, held_out, differing(reference, tried))


def check_holdout(fraction: float) -> None:
    """Raise SentimentError when a share cannot be held out."""
    if not 0 <= fraction <= MOST_HELD_OUT:
        raise SentimentError(
            f"--holdout must be a share from 0 to {MOST_HELD_OUT:g}, got {fraction:g}", "holdout"
        )


def duration(given: str) -> float:
    """Return seconds: "90s" → 90, "45m" → 2,700, "1h30m" → 5,400."""
    found = _DURATION.fullmatch(given.replace(" ", ""))
    try:
        parts = [float(part or 0) for part in found.groups()] if found else []
    except ValueError:  # "1.2.3h"
        parts = []
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    if not 0 < seconds < math.inf:
        raise SentimentError(
            f"--time-budget wants hours, minutes or seconds, as 2h, 1h30m or 90s; got '{given}'",
            "time_budget",
        )
    return seconds


def _word(option: str, given: str, known: tuple[str, ...]) -> str:
    word = given.replace("-", "_")
    if word not in known:
        shown = [each.replace("_", "-") for each in known]
        hint = suggestion(given, shown) or f"; known are {', '.join(shown)}"
        raise SentimentError(f"unknown --{option} '{given}'{hint}", option)
    return word


def _algorithm(given: str) -> str:
    if given == "hyperband":
        raise SentimentError(
            "--algorithm hyperband is not offered: it compares trials after different numbers of "
            "epochs and goes on from their weights, which folds do not give; take bayesian",
            "algorithm",
        )
    return _word("algorithm", given, get_args(Algorithm))


def _check_grid(search: Search) -> None:
    """Refuse a grid that has no end, or more points than may be tried: that tries one corner."""
    for name, dimension in search.space.dimensions.items():
        if isinstance(dimension, Range):
            raise SentimentError(
                f"--algorithm grid needs a list of values for {name}, which has a range; "
                "name them in --space, or take --algorithm random",
                ("algorithm", "space"),
            )
    points = search.space.points() or 0
    if search.trials is not None and search.trials < points:
        raise SentimentError(
            f"the grid has {points:,} points, more than {search.trials:,} trials; give --trials "
            f"{points}, fewer values in --space, or --algorithm random",
            ("algorithm", "trials", "space"),
        )


def held_out_by(
    examples: Sequence[Example], labels: Sequence[str], folds: int, seed: int
) -> npt.NDArray[np.int64]:
    """Return the fold, from 0, that holds each example out, (examples,); stratified and seeded.

    Texts that are the same after normalisation stay together; such a group counts for the label
    of its first text. The groups of a label are dealt out, the large ones first, each to the fold
    that has the fewest rows of that label: folds differ by less rows of it than its largest group
    has, and by one where no text is there twice.
    """
    members = same_texts(examples)
    groups = _groups(examples, members, labels, folds)
    sizes = np.bincount(members)
    fold_of_group = np.empty(len(sizes), np.int64)
    chance = np.random.default_rng(seed)
    in_all = [0] * folds
    for label in labels:
        of_label = [0] * folds
        drawn = chance.permutation(groups[label])
        for group in drawn[np.argsort(-sizes[drawn], kind="stable")].tolist():
            fold = min(range(folds), key=lambda fold: (of_label[fold], in_all[fold]))
            fold_of_group[group] = fold
            of_label[fold] += sizes[group]
            in_all[fold] += sizes[group]
    return fold_of_group[members]


def check_folds(examples: Sequence[Example], labels: Sequence[str], folds: int) -> None:
    """Raise SentimentError when some fold would have to do without one of the labels."""
    _groups(examples, same_texts(examples), labels, folds)


def _groups(
    examples: Sequence[Example], members: Sequence[int], labels: Sequence[str], folds: int
) -> dict[str, list[int]]:
    groups = by_label(examples, members)
    for label in labels:
        texts = len(groups.get(label, ()))
        if texts < folds:
            fewer = f", or --folds {texts}" if texts > 1 else ""
            raise SentimentError(
                f"{folds} folds need {folds} different texts of each label, and of '{label}' "
                f"there are {texts}; give more rows{fewer}",
                "folds",
            )
    return groups
