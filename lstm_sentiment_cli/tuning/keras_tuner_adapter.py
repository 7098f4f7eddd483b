"""Everything that depends on Keras Tuner: its oracles, which propose the points to try.

A search resumes from its journal, not from Keras Tuner's state. Its private names are used here
only; tests/tuning/test_keras_tuner_adapter.py lists them, and fails by name when a version lacks
one.
"""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner import oracles

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import Entry, TrialFinished, TrialStarted, trials_of
from lstm_sentiment_cli.tuning.search import Algorithm, TrialResult
from lstm_sentiment_cli.tuning.space import Choices, Space, Values
from lstm_sentiment_cli.tuning.trial import LeftUnfinishedError, Scheduler

# Random points before the first one that the Gaussian process chooses. Keras Tuner takes three per
# dimension, 33 in the default space: more than most searches have. The number must not depend on
# --trials either: a search that is given more of them would go on differently.
INITIAL_POINTS = 6
_ATTEMPTS = 20
# Further apart than the seeds that one proposal may use, one per hyperparameter and attempt.
_SEEDS_APART = 10_000


class _Scheduled(ABC):
    """An oracle that asks the scheduler; precedes Keras Tuner's class among the bases.

    The random numbers of a proposal depend only on the search's seed and the trial's number: a
    fresh oracle goes on as one that made all earlier proposals itself.
    """

    def __init__(self, scheduler: Scheduler, **settings: Any) -> None:
        super().__init__(**settings)
        self.scheduler = scheduler

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the next trial in Keras Tuner's form."""
        values = self.scheduler.values(int(trial_id), self.proposed)
        if values is None:
            return {"status": "STOPPED", "values": None}
        return {"status": "RUNNING", "values": dict(values)}

    @abstractmethod
    def proposed(self, number: int) -> Values | None:
        """Return values for trial `number`, or None when there are no others."""

    def save(self) -> None:  # noqa: B027
        """Write nothing: a search resumes from its journal."""

    def _save_trial(self, trial: Any) -> None:  # noqa: B027
        """Write nothing, as above."""


class _Random(_Scheduled, oracles.RandomSearchOracle):  # type: ignore[misc]  # untyped
    def proposed(self, number: int) -> Values | None:
        return _unlike_others(self, number, None)


class _Grid(_Scheduled, oracles.GridSearchOracle):  # type: ignore[misc]  # untyped
    def proposed(self, _number: int) -> Values | None:
        # The rest of Keras Tuner's method is for spaces that grow during a search; with several
        # processes they would wait for each other's trials.
        last = self.trials[self.start_order[-1]]
        following: Values | None = self._get_next_combination(last.hyperparameters.values)
        return following


class _Bayesian(_Scheduled, oracles.BayesianOptimizationOracle):  # type: ignore[misc]  # untyped
    def proposed(self, number: int) -> Values | None:
        self._random_state = np.random.RandomState([self.seed, number])
        self._seed_state = self.seed + number * _SEEDS_APART
        with warnings.catch_warnings():
            # Scikit-learn warns of length scales at their bounds, as is usual with few points.
            warnings.simplefilter("ignore")
            response = oracles.BayesianOptimizationOracle.populate_space(self, str(number))
        # With few points the process may choose one again whose score it knows.
        return _unlike_others(self, number, response["values"])


def _unlike_others(oracle: Any, number: int, values: Values | None) -> Values | None:
    """Return these values, or random ones when there are none or they were tried already."""
    task = oracle.scheduler.task
    tried = {trial.hyperparameters for trial in task.trials()}
    oracle._seed_state = oracle.seed + number * _SEEDS_APART
    for _ in range(_ATTEMPTS):
        if values is not None and task.search.space.hyperparameters(values) not in tried:
            return values
        values = oracle._random_values()
    return None


def oracle_of(scheduler: Scheduler) -> Any:
    """Return a new oracle of the search's algorithm, a keras_tuner.Oracle."""
    search = scheduler.task.search
    kinds: dict[Algorithm, Any] = {"random": _Random, "grid": _Grid, "bayesian": _Bayesian}
    direction = "min" if search.objective == "log_loss" else "max"
    own = {"num_initial_points": INITIAL_POINTS} if search.algorithm == "bayesian" else {}
    try:
        oracle = kinds[search.algorithm](
            scheduler,
            objective=keras_tuner.Objective(search.objective, direction),
            hyperparameters=_keras_space(search.space),
            max_trials=None,  # the scheduler counts
            seed=search.seed + 1,  # it takes 0 for no seed
            max_consecutive_failed_trials=None,  # failing trials do not end a search
            **own,
        )
    except ImportError:
        raise SentimentError(
            "--algorithm bayesian needs scikit-learn and scipy; install them with: pip install "
            "'lstm-sentiment-cli[train]', or pass --algorithm random",
            "algorithm",
        ) from None
    oracle.verbose = 0
    return oracle


def _keras_space(space: Space) -> Any:
    """Return a space in Keras Tuner's form, with the reference's values as defaults."""
    found = keras_tuner.HyperParameters()
    for name, default in space.reference().items():
        dimension = space.dimensions[name]
        if isinstance(dimension, Choices):
            found.Choice(name, list(dimension.values), default=default)
            continue
        kind = found.Int if isinstance(default, int) else found.Float
        sampling = "log" if dimension.logarithmic else "linear"
        kind(name, dimension.low, dimension.high, sampling=sampling, default=default)
    return found


def resumed_oracle(scheduler: Scheduler, entries: Sequence[Entry]) -> Any:
    """Return an oracle that has seen a journal; trials that were under way come first."""
    oracle = oracle_of(scheduler)
    trials = trials_of(entries, scheduler.task.search)
    scheduler.recorded = {trial.number: trial.values for trial in trials}
    ongoing = oracle.ongoing_trials
    for entry in entries:
        worker = f"recorded-{entry.trial}"
        if isinstance(entry, TrialStarted):
            oracle.create_trial(worker)
        elif isinstance(entry, TrialFinished) and worker in ongoing:
            end_trial(oracle, ongoing[worker], trials[entry.trial])
    # Keras Tuner serves this queue, from its end, before new trials.
    oracle._retry_queue = [trial.trial_id for trial in reversed(ongoing.values())]
    ongoing.clear()
    return oracle


def end_trial(oracle: Any, trial: Any, result: TrialResult) -> None:
    """Tell an oracle how one of its trials ended."""
    trial.status = "FAILED"
    if result.status != "failed":
        trial.status = "COMPLETED"
        name = oracle.objective.name
        oracle.update_trial(trial.trial_id, {name: result.mean(name)})
    oracle.end_trial(trial)


def next_trial(oracle: Any, worker: str) -> Any:
    """Return the next trial for a worker, or None when there are no others."""
    trial = oracle.create_trial(worker)
    return None if trial.status == "STOPPED" else trial


def search_here(
    run: Callable[[int], TrialResult], scheduler: Scheduler, entries: Sequence[Entry]
) -> str | None:
    """Search in this process, resuming from a journal; return why it ended early."""
    oracle = resumed_oracle(scheduler, entries)
    while (trial := next_trial(oracle, "here")) is not None:
        try:
            result = run(int(trial.trial_id))
        except LeftUnfinishedError as error:
            return str(error)
        end_trial(oracle, trial, result)
    return scheduler.stopped
