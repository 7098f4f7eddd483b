"""The plan of a tuning: its options, checked, and the rows of its folds; no TensorFlow here."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, check_known
from lstm_sentiment_cli.training.training_data import TrainingData, grouped, measurable, split
from lstm_sentiment_cli.tuning.search import Algorithm, Objective, Search
from lstm_sentiment_cli.tuning.space import Range, Space

DEFAULT_TRIALS = 30
MOST_HELD_OUT = 0.5
_DURATION = re.compile(r"(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """A search as the command line describes it."""

    folds: int = 5
    trials: int | None = None
    time_budget: str | None = None
    objective: str = "log-loss"
    algorithm: str = "bayesian"
    holdout: float = 0.1
    prune: bool = True
    workers: int = 1

    def search(self, space: Space, labels: tuple[str, ...]) -> Search:
        """Return the search; SentimentError names the option that is wrong.

        Without trials or a time budget there are 30 trials.
        """
        for option, least in (("folds", 2), ("trials", 1), ("workers", 1)):
            value = getattr(self, option)
            if value is not None and value < least:
                raise SentimentError(f"--{option} must be {least} or more, got {value}", option)
        seconds = duration(self.time_budget) if self.time_budget is not None else None
        if not 0 <= self.holdout <= MOST_HELD_OUT:
            raise SentimentError(
                f"--holdout must be a share from 0 to {MOST_HELD_OUT:g}, got {self.holdout:g}",
                "holdout",
            )
        search = Search(
            space=space,
            labels=labels,
            folds=self.folds,
            trials=DEFAULT_TRIALS if self.trials is None and seconds is None else self.trials,
            seconds=seconds,
            objective=cast("Objective", self._word("objective", Objective)),
            algorithm=cast("Algorithm", self._word("algorithm", Algorithm)),
            seed=space.fixed.seed,
            prune=self.prune,
            workers=self.workers,
        )
        if search.algorithm == "grid":
            _check_grid(search)
        return search

    def _word(self, option: str, known: object) -> str:
        given = getattr(self, option)
        if (option, given) == ("algorithm", "hyperband"):
            raise SentimentError(
                "--algorithm hyperband is not offered: it compares trials after different numbers "
                "of epochs and continues from their weights, which does not work with folds; use "
                "bayesian",
                "algorithm",
            )
        check_known(f"--{option}", given, [word.replace("_", "-") for word in get_args(known)])
        return str(given.replace("-", "_"))


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A search, the rows it uses, and the rows that no trial sees."""

    search: Search
    data: TrainingData  # all rows, on which the winner is trained in the end
    searched: list[Example]
    held_out: list[Example]  # empty: there is no comparison in the end
    moved: Mapping[str, Any]  # values of the reference network that the search space does not have

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: what is tried, how often, and on how many rows."""
        search = self.search
        measured = int(measurable(self.searched).sum()) // search.folds
        return {
            "space": search.space.to_json(),
            "reference": search.space.reference_hyperparameters().to_dict(),
            "moved": dict(self.moved),
            "algorithm": search.algorithm,
            "objective": search.objective,
            "trials": search.trials,
            "seconds": search.seconds,
            "folds": search.folds,
            "rows": {
                "all": len(self.data.training),
                "held_out": len(self.held_out),
                "learnt_in_a_fold": len(self.searched) - measured,
                "measured_in_a_fold": measured,
            },
        }


def plan_of(search: Search, data: TrainingData, holdout: float, reference: Hyperparameters) -> Plan:
    """Hold out rows that no trial sees; SentimentError when the others cannot make the folds.

    The first trial is `reference`, or the point of the space nearest to it.
    """
    searched: list[Example] = list(data.training)
    held_out: list[Example] = []
    if holdout:
        try:
            searched, held_out = split(data.training, holdout, search.seed)
        except SentimentError:
            raise SentimentError(
                f"--holdout {holdout:g} leaves only one label on one side; give more rows, "
                "or another --holdout",
                "holdout",
            ) from None
    _groups_for_folds(searched, search)
    moved = reference.differing_from(search.space.reference_hyperparameters())
    return Plan(search, data, searched, held_out, moved)


def folds_of(examples: Sequence[Example], search: Search) -> npt.NDArray[np.int64]:
    """Return the fold, from 0, that holds each example out, (examples,); stratified and seeded.

    It is -1 for an example that is learnt in every fold, because neither it nor an equal text is
    measurable.
    Texts that are equal after normalisation stay together; such a group counts as having the label
    of its first measurable text. The groups of a label are distributed, large ones first, each to
    the fold with the fewest measurable rows of that label: the folds' counts differ by less than
    its largest group, and by one at most where no text occurs twice.
    """
    can_be_measured = measurable(examples)
    members, groups = _groups_for_folds(examples, search)
    sizes = np.bincount(np.array(members)[can_be_measured], minlength=max(members) + 1)
    fold_of_group = np.full(len(sizes), -1)
    random = np.random.default_rng(search.seed)
    in_all = [0] * search.folds
    for label in search.labels:
        of_label = [0] * search.folds
        drawn = random.permutation(groups[label])
        for group in drawn[np.argsort(-sizes[drawn], kind="stable")].tolist():
            fold = min(range(search.folds), key=lambda fold: (of_label[fold], in_all[fold]))
            fold_of_group[group] = fold
            of_label[fold] += sizes[group]
            in_all[fold] += sizes[group]
    return fold_of_group[members]


def _groups_for_folds(
    examples: Sequence[Example], search: Search
) -> tuple[list[int], dict[str, list[int]]]:
    """Group equal texts; SentimentError when a label has fewer of them than there are folds."""
    members, groups = grouped(examples, measurable(examples))
    for label in search.labels:
        texts = len(groups.get(label, ()))
        if texts < search.folds:
            fewer = f", or --folds {texts}" if texts > 1 else ""
            raise SentimentError(
                f"{search.folds} folds need {search.folds} different texts of each label, and "
                f"'{label}' has {texts}; give more rows{fewer}",
                "folds",
            )
    return members, groups


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
            "--time-budget must be hours, minutes or seconds, such as 2h, 1h30m or 90s; "
            f"got '{given}'",
            "time_budget",
        )
    return seconds


def _check_grid(search: Search) -> None:
    """Refuse a grid that is infinite, or larger than --trials: that would try one corner of it."""
    for name, dimension in search.space.dimensions.items():
        if isinstance(dimension, Range):
            raise SentimentError(
                f"--algorithm grid needs a list of values for {name}, which has a range; "
                "name them in --space, or use --algorithm random",
                ("algorithm", "space"),
            )
    points = search.space.points() or 0
    if search.trials is not None and search.trials < points:
        raise SentimentError(
            f"the grid has {points:,} points, more than --trials {search.trials}; give --trials "
            f"{points}, fewer values in --space, or --algorithm random",
            ("algorithm", "trials", "space"),
        )
