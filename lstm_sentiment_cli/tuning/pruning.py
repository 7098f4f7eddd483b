"""When a trial is hopeless; no TensorFlow here."""

from collections.abc import Sequence
from statistics import fmean, median

from lstm_sentiment_cli.tuning.search import Objective, TrialResult, better

FEWEST_OTHERS = 4


def hopeless(trial: TrialResult, trials: Sequence[TrialResult], objective: Objective) -> str | None:
    """Return why a trial need not go on, or None: the median rule of Golovin et al. (2017).

    Its mean over the folds so far, at least one, is worse than the median of the others' means
    over the same folds. Others are all that got as far, dropped or not: a median of survivors
    alone would rise with each trial. The reference always goes on, and so does every trial before
    there are FEWEST_OTHERS.
    """
    count = len(trial.folds)
    others = [
        fmean(fold.score(objective) for fold in other.folds[:count])
        for other in trials
        if other.number != trial.number and len(other.folds) >= count
    ]
    if trial.number == 0 or len(others) < FEWEST_OTHERS:
        return None
    middle, mean = median(others), trial.mean(objective)
    if not better(middle, mean, objective):
        return None
    return (
        f"{objective.replace('_', ' ')} {mean:.4f} after fold {count}, "
        f"the median of {len(others)} others there is {middle:.4f}"
    )
