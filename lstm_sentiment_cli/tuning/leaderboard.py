"""The results of a search, written beside its journal: best.toml and leaderboard.json."""

import json
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.atomic import atomic_write
from lstm_sentiment_cli.tuning.journal import BEST, CONTINUE, LEADERBOARD, REFITS
from lstm_sentiment_cli.tuning.search import Objective, Search, TrialResult, leaderboard

_END = "end.json"
_OBJECTIVES: tuple[Objective, ...] = ("log_loss", "accuracy")


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
            **{objective: spread(trial, objective) for objective in _OBJECTIVES if trial.folds},
            "hyperparameters": trial.hyperparameters.to_dict(),
        }
        for rank, trial in enumerate([*ranked, *others], start=1)
    ]


def spread(trial: TrialResult, objective: Objective) -> dict[str, Any]:
    """Return mean and standard deviation over the folds, and each fold's figure."""
    return {
        "mean": trial.mean(objective),
        "deviation": trial.deviation(objective),
        "folds": [fold.score(objective) for fold in trial.folds],
    }


def best_toml(best: TrialResult, search: Search) -> str:
    """Return a recipe for `train --config`: labels and hyperparameters, with scores as comments.

    Its epochs are the trial's maximum: a training stops early by itself.
    """
    scores = ", ".join(
        f"{name.replace('_', ' ')} {best.mean(name):.4f} ± {best.deviation(name):.4f}"
        for name in _OBJECTIVES
    )
    lines = [
        f"# Trial {best.number}, chosen by its {search.objective.replace('_', ' ')} on "
        f"{search.folds} folds: {scores}.",
        f"# Epoch {best.best_epoch} was its best on average, of at most "
        f"{best.hyperparameters.epochs}.",
        f"labels = {_toml(list(search.labels))}",
        *(f"{name} = {_toml(value)}" for name, value in best.hyperparameters.to_dict().items()),
    ]
    return "\n".join(lines) + "\n"


def write_results(
    folder: Path, trials: list[TrialResult], search: Search, stopped: str | None
) -> None:
    """Write both files into the folder of a search that has ended, and note that it has."""
    end = _asked(search) | {"stopped": stopped}
    board = {"objective": search.objective, **end, "trials": leaderboard_json(trials, search)}
    _write(folder / BEST, best_toml(leaderboard(trials, search.objective)[0], search))
    _write(folder / LEADERBOARD, _json(board))
    _write(folder / REFITS / _END, _json(end))


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


def _write(path: Path, content: str) -> None:
    atomic_write(path, content.encode(), CONTINUE, parents=True)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _toml(value: object) -> str:
    # Numbers, strings and lists look the same in JSON and TOML, except DEL, which TOML escapes.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
