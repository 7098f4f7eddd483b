"""A search and its results: folds, trials, best.toml and leaderboard.json; no TensorFlow here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Literal

from lstm_sentiment_cli.atomic import atomic_write
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.tuning.space import Space, Values

BEST = "best.toml"
LEADERBOARD = "leaderboard.json"
REFITS = "refits"
CONTINUE = "and continue with --resume"  # the advice when the disk is full
_END = "end.json"

Objective = Literal["log_loss", "accuracy"]
OBJECTIVES: tuple[Objective, ...] = ("log_loss", "accuracy")
Algorithm = Literal["bayesian", "random", "grid"]
Status = Literal["complete", "dropped", "failed", "unfinished"]


@dataclass(frozen=True, slots=True)
class Search:
    """Everything that decides how a search runs."""

    space: Space
    labels: tuple[str, ...]
    folds: int
    trials: int | None  # at most so many; None: as many as the time allows
    seconds: float | None  # wall time of the search, without the trainings after it; None: no limit
    objective: Objective
    algorithm: Algorithm
    seed: int
    prune: bool  # whether hopeless trials are dropped before their last fold
    workers: int


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One fold of one trial, measured on the rows that it held out."""

    fold: int  # from 0
    log_loss: float
    accuracy: float
    best_epoch: int  # from 1
    epochs: int
    seconds: float

    def score(self, objective: Objective) -> float:
        """Return the figure that is optimised."""
        return self.log_loss if objective == "log_loss" else self.accuracy


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One point of the search space, and the folds measured so far."""

    number: int  # from 0; 0 is the reference
    values: Values
    hyperparameters: Hyperparameters
    folds: tuple[FoldResult, ...]  # in the order of their numbers
    status: Status
    reason: str = ""  # why it was dropped or failed

    def mean(self, objective: Objective) -> float:
        """Return the mean score over the folds so far; at least one."""
        return fmean(fold.score(objective) for fold in self.folds)

    def deviation(self, objective: Objective) -> float:
        """Return the standard deviation over folds (n - 1); 0 for one fold."""
        scores = [fold.score(objective) for fold in self.folds]
        return stdev(scores) if len(scores) > 1 else 0.0

    def spread(self, objective: Objective) -> dict[str, Any]:
        """Return plain JSON: mean and standard deviation over the folds, and each fold's score."""
        return {
            "mean": self.mean(objective),
            "deviation": self.deviation(objective),
            "folds": [fold.score(objective) for fold in self.folds],
        }

    @property
    def seconds(self) -> float:
        """The time of all its folds."""
        return sum(fold.seconds for fold in self.folds)

    @property
    def best_epoch(self) -> int:
        """The rounded mean best epoch: how long to train when nothing is held out."""
        return max(1, round(fmean(fold.best_epoch for fold in self.folds)))


def leaderboard(trials: Sequence[TrialResult], objective: Objective) -> list[TrialResult]:
    """Return the complete trials, best first; of equal ones the earlier first."""
    sign = 1 if objective == "log_loss" else -1
    complete = [trial for trial in trials if trial.status == "complete"]
    return sorted(complete, key=lambda trial: (sign * trial.mean(objective), trial.number))


def leaderboard_json(trials: list[TrialResult], search: Search) -> list[dict[str, Any]]:
    """Return all trials as plain JSON: the complete ones by rank, then the others by number."""
    ranked = leaderboard(trials, search.objective)
    others = [trial for trial in trials if trial.status != "complete"]
    reference = search.space.reference_hyperparameters()
    return [
        {
            "rank": rank if trial.status == "complete" else None,
            "trial": trial.number,
            "status": trial.status,
            "reason": trial.reason,
            "differs": trial.hyperparameters.differing_from(reference),
            "best_epoch": trial.best_epoch if trial.folds else None,
            "seconds": round(trial.seconds, 1),
            **{objective: trial.spread(objective) for objective in OBJECTIVES if trial.folds},
            "hyperparameters": trial.hyperparameters.to_dict(),
        }
        for rank, trial in enumerate([*ranked, *others], start=1)
    ]


def best_toml(best: TrialResult, search: Search) -> str:
    """Return a recipe for `train --config`: labels and hyperparameters, with scores as comments.

    Its epochs are the trial's maximum: a training stops early by itself.
    """
    scores = ", ".join(
        f"{name.replace('_', ' ')} {best.mean(name):.4f} ± {best.deviation(name):.4f}"
        for name in OBJECTIVES
    )
    contents = {"labels": list(search.labels), **best.hyperparameters.to_dict()}
    if contents["teacher_share"] == Hyperparameters().teacher_share:
        del contents["teacher_share"]  # without probabilities, train refuses to be told of it
    lines = [
        f"# Trial {best.number}, chosen by its {search.objective.replace('_', ' ')} on "
        f"{search.folds} folds: {scores}.",
        f"# Epoch {best.best_epoch} was its best on average, of at most "
        f"{best.hyperparameters.epochs}.",
        *(f"{name} = {json.dumps(it, ensure_ascii=False)}" for name, it in contents.items()),
    ]
    # Numbers, strings and lists look the same in JSON and TOML, except DEL, which TOML escapes.
    return "\n".join(lines).replace("\x7f", "\\u007f") + "\n"


def write_results(
    folder: Path, trials: list[TrialResult], search: Search, stopped: str | None
) -> None:
    """Write both files into the folder of a search that has ended, and note that it has."""
    end = _asked(search) | {"stopped": stopped}
    board = {"objective": search.objective, **end, "trials": leaderboard_json(trials, search)}
    contents = {
        BEST: best_toml(leaderboard(trials, search.objective)[0], search),
        LEADERBOARD: json.dumps(board, ensure_ascii=False, indent=2) + "\n",
        f"{REFITS}/{_END}": json.dumps(end),
    }
    for name, content in contents.items():
        atomic_write(folder / name, content.encode(), CONTINUE, parents=True)


def end_of(folder: Path, search: Search) -> dict[str, Any] | None:
    """Return how a search ended whose winner has yet to be trained; None: the search goes on.

    It also goes on when it is given other trials or another time budget.
    """
    try:
        end: dict[str, Any] = json.loads((folder / REFITS / _END).read_bytes())
        return end if end == _asked(search) | {"stopped": end["stopped"]} else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _asked(search: Search) -> dict[str, Any]:
    return {"trials": search.trials, "seconds": search.seconds}


class SearchListener(Listener):
    """Is told of a search too; epochs and steps are those of the fold or refit under way."""

    def trial_begins(self, number: int, values: Values) -> None:
        """Hear that a trial begins, or goes on after a resume."""

    def fold_begins(self, number: int, fold: int) -> None:
        """Hear that a fold of a trial begins."""

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Hear the result of a fold; `known`: it was measured earlier, and is only read."""

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Hear how a trial ended (complete, dropped, failed), and the best one so far."""
