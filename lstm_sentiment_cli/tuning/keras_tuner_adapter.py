"""Everything that depends on Keras Tuner: its oracles, which propose the points to try.

Only an oracle's proposals are used: each time it is told which trials there are, from the
journal. Its private names are used here only; tests/tuning/test_keras_tuner_adapter.py lists them,
and fails by name when a version lacks one.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner import oracles
from keras_tuner.engine.trial import Trial

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.search import Algorithm, Search, TrialResult
from lstm_sentiment_cli.tuning.space import Choices, Space, Values

# Random points before the first one that the Gaussian process chooses. Keras Tuner takes three per
# dimension, 33 in the default space: more than most searches have. The number must not depend on
# --trials either: a search that is given more of them would go on differently.
INITIAL_POINTS = 6
_ATTEMPTS = 400
# Further apart than the seeds that one proposal may use, one per hyperparameter and attempt.
_SEEDS_APART = 10_000


class Proposer:
    """Proposes points by the search's algorithm.

    The random numbers of a proposal depend only on the search's seed and the trial's number: a
    search that is resumed goes on as one that was never stopped.
    """

    def __init__(self, search: Search) -> None:
        kinds: dict[Algorithm, Any] = {
            "random": oracles.RandomSearchOracle,
            "grid": oracles.GridSearchOracle,
            "bayesian": oracles.BayesianOptimizationOracle,
        }
        direction = "min" if search.objective == "log_loss" else "max"
        own = {"num_initial_points": INITIAL_POINTS} if search.algorithm == "bayesian" else {}
        try:
            self._oracle = kinds[search.algorithm](
                objective=keras_tuner.Objective(search.objective, direction),
                hyperparameters=_keras_space(search.space),
                seed=search.seed + 1,  # it takes 0 for no seed
                **own,
            )
        except ImportError:
            raise SentimentError(
                "--algorithm bayesian needs scikit-learn and scipy; install them with: pip install "
                "'lstm-sentiment-cli[train]', or pass --algorithm random",
                "algorithm",
            ) from None
        self._search = search

    def propose(self, trials: Sequence[TrialResult]) -> Values | None:
        """Return values for the trial after these, or None when there are no others."""
        if self._search.algorithm == "grid":
            # The rest of Keras Tuner's method is for spaces that grow during a search; with several
            # processes they would wait for each other's trials.
            following: Values | None = self._oracle._get_next_combination(dict(trials[-1].values))
            return following
        values: Values | None = None
        self._oracle._seed_state = self._oracle.seed + len(trials) * _SEEDS_APART
        if self._search.algorithm == "bayesian":
            # With few points the process may choose one again whose score it knows.
            values = self._by_gaussian_process(trials)
        tried = {trial.hyperparameters for trial in trials}
        for _ in range(_ATTEMPTS):
            if values is not None and self._search.space.hyperparameters(values) not in tried:
                return values
            values = self._oracle._random_values()
        return None

    def _by_gaussian_process(self, trials: Sequence[TrialResult]) -> Values | None:
        """Return what the process chooses; a random point while there are few trials."""
        oracle = self._oracle
        oracle.trials = {trial.number: self._keras_trial(trial) for trial in trials}
        oracle.ongoing_trials = {
            number: trial for number, trial in oracle.trials.items() if trial.status == "RUNNING"
        }
        oracle._random_state = np.random.RandomState([oracle.seed, len(trials)])
        with warnings.catch_warnings():
            # Scikit-learn warns of length scales at their bounds, as is usual with few points.
            warnings.simplefilter("ignore")
            values: Values | None = oracle.populate_space(str(len(trials)))["values"]
        return values

    def _keras_trial(self, trial: TrialResult) -> Trial:
        hyperparameters = self._oracle.hyperparameters.copy()
        hyperparameters.values = dict(trial.values)
        kinds = {"failed": "FAILED", "unfinished": "RUNNING"}
        found = Trial(hyperparameters, status=kinds.get(trial.status, "COMPLETED"))
        if found.status == "COMPLETED":
            found.score = trial.mean(self._search.objective)
        return found


def _keras_space(space: Space) -> Any:
    """Return a space in Keras Tuner's form, with the reference's values as defaults."""
    found = keras_tuner.HyperParameters()
    for name, default in space.reference().items():
        dimension = space.dimensions[name]
        if isinstance(dimension, Choices):
            found.Choice(name, list(dimension.values), default=default)
            continue
        kind = found.Int if isinstance(default, int) else found.Float
        kind(name, dimension.low, dimension.high, sampling=dimension.scale, default=default)
    return found
