"""Keras Tuner's oracles, which propose what to try, led by the record of what was tried."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner import oracles

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.limits import (
    EXHAUSTED,
    OUT_OF_TIME,
    Limits,
    expected_seconds,
)
from lstm_sentiment_cli.tuning.record import Began, Ended, Entry
from lstm_sentiment_cli.tuning.search import Algorithm, Search, TrialResult
from lstm_sentiment_cli.tuning.space import Choices, Space, Value
from lstm_sentiment_cli.tuning.task import Task

Values = Mapping[str, Value]

# Points drawn by chance before the first one that the Gaussian process chooses. Keras Tuner takes
# three a dimension, 33 in the default space: longer than most searches last. The number must not
# hang on --trials either: given more of them, a search would go on otherwise.
INITIAL_POINTS = 6
_ATTEMPTS = 20
# Further apart than the seeds that one proposal may use up, one a knob and attempt.
_SEEDS_APART = 10_000


@dataclass(slots=True)
class Guide:
    """What an oracle is led by: the record, the reference, the limits of the search."""

    task: Task
    limits: Limits
    note: Callable[[Entry], None]
    """Puts the beginning of a new trial into the record."""
    recorded: Mapping[int, Values] = field(default_factory=dict)
    """Trials of an earlier run: number → values."""
    stopped: str | None = None
    """Why no other trial began; None: there are as many as were asked for."""

    def values(self, number: int, proposed: Callable[[int], Values | None]) -> Values | None:
        """Return the values of trial `number`, as recorded or as proposed; None ends the search.

        The first is the reference, which begins whatever the clock says. Any other begins only
        when it is expected to end in time.
        """
        if number in self.recorded:
            return self.recorded[number]
        search = self.task.search
        if search.trials is not None and number >= search.trials:
            return None
        values, self.stopped = self._new(number, proposed)
        if values is not None:
            self.note(Began(number, values))
        return values

    def _new(
        self, number: int, proposed: Callable[[int], Values | None]
    ) -> tuple[Values | None, str | None]:
        """Return a new trial's values, or why there is none."""
        search = self.task.search
        if reason := self.limits.reached(number):
            return None, reason
        if number == 0:
            return search.space.reference(), None
        values = proposed(number)
        if values is None:
            return None, EXHAUSTED
        knobs = search.space.hyperparameters(values)
        if not self.limits.allow(expected_seconds(knobs, search.folds, self.task.trials())):
            return None, OUT_OF_TIME
        return values, None


class _Guided(ABC):
    """An oracle that asks its guide; stands before Keras Tuner's class in the bases.

    All chance in a proposal comes from the search's seed and the trial's number: a fresh oracle
    goes on as one would that had made all proposals itself.
    """

    def __init__(self, guide: Guide, **settings: Any) -> None:
        super().__init__(**settings)
        self.guide = guide

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the next trial in Keras Tuner's words."""
        values = self.guide.values(int(trial_id), self.proposed)
        if values is None:
            return {"status": "STOPPED", "values": None}
        return {"status": "RUNNING", "values": dict(values)}

    @abstractmethod
    def proposed(self, number: int) -> Values | None:
        """Return values for trial `number`, or None when there are no others."""


class _Random(_Guided, oracles.RandomSearchOracle):  # type: ignore[misc]  # untyped
    def proposed(self, number: int) -> Values | None:
        return _unlike_others(self, number, None)


class _Grid(_Guided, oracles.GridSearchOracle):  # type: ignore[misc]  # untyped
    def proposed(self, _number: int) -> Values | None:
        # What Keras Tuner does beyond this is for spaces that grow during a search; several
        # processes would wait for each other's trials.
        last = self.trials[self.start_order[-1]]
        following: Values | None = self._get_next_combination(last.hyperparameters.values)
        return following


class _Bayesian(_Guided, oracles.BayesianOptimizationOracle):  # type: ignore[misc]  # untyped
    def proposed(self, number: int) -> Values | None:
        self._random_state = np.random.RandomState([self.seed, number])
        self._seed_state = self.seed + number * _SEEDS_APART
        with warnings.catch_warnings():
            # Scikit-learn's about lengths at their bounds: few points tell little of them.
            warnings.simplefilter("ignore")
            response = oracles.BayesianOptimizationOracle.populate_space(self, str(number))
        # Where points are few, the process may want one again whose score it knows.
        return _unlike_others(self, number, response["values"])


def oracle_of(guide: Guide) -> Any:
    """Return the oracle of a search's algorithm, a keras_tuner.Oracle."""
    search = guide.task.search
    kinds: dict[Algorithm, Any] = {"random": _Random, "grid": _Grid, "bayesian": _Bayesian}
    own = {"num_initial_points": INITIAL_POINTS} if search.algorithm == "bayesian" else {}
    try:
        oracle = kinds[search.algorithm](
            guide,
            max_trials=None,  # the guide counts
            seed=search.seed + 1,  # 0 would be no seed to it
            max_consecutive_failed_trials=None,  # no failing trial ends a search
            **_settings(search),
            **own,
        )
    except ImportError:
        raise SentimentError(
            "--algorithm bayesian needs scikit-learn and scipy; install them with: pip install "
            "'lstm-sentiment-cli[train]', or pass --algorithm random"
        ) from None
    oracle.verbose = 0
    return oracle


def stand_in(search: Search) -> Any:
    """Return an oracle for a worker's tuner, which asks the chief's in its place."""
    return keras_tuner.Oracle(**_settings(search))


def _settings(search: Search) -> dict[str, Any]:
    direction = "min" if search.objective == "log_loss" else "max"
    return {
        "objective": keras_tuner.Objective(search.objective, direction),
        "hyperparameters": keras_hyperparameters(search.space),
    }


def keras_hyperparameters(space: Space) -> Any:
    """Return a space as Keras Tuner has it, with the reference's values as defaults."""
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


def lead(oracle: Any, entries: Sequence[Entry], trials: Sequence[TrialResult]) -> None:
    """Take an oracle through a record, event by event; what was under way is handed out first."""
    oracle.guide.recorded = {each.trial: each.values for each in entries if isinstance(each, Began)}
    ongoing = oracle.ongoing_trials
    for entry in entries:
        tuner_id = f"recorded-{entry.trial}"
        if isinstance(entry, Began):
            oracle.create_trial(tuner_id)
        elif isinstance(entry, Ended) and tuner_id in ongoing:
            end(oracle, ongoing[tuner_id], trials[entry.trial])
    # As Keras Tuner does when it reloads: this queue is served, from its end, before new trials.
    oracle._retry_queue = [trial.trial_id for trial in reversed(ongoing.values())]
    ongoing.clear()


def end(oracle: Any, trial: Any, result: TrialResult) -> None:
    """Tell an oracle how a trial of its own ended, as a tuner would."""
    trial.status = "FAILED"
    if result.status != "failed":
        trial.status = "COMPLETED"
        name = oracle.objective.name
        oracle.update_trial(trial.trial_id, {name: result.mean(name)})
    oracle.end_trial(trial)


def _unlike_others(oracle: Any, number: int, values: Values | None) -> Values | None:
    """Return these values, or random ones when there are none or their networks were tried."""
    space = oracle.guide.task.search.space
    tried = {trial.hyperparameters for trial in oracle.guide.task.trials()}
    oracle._seed_state = oracle.seed + number * _SEEDS_APART
    for _ in range(_ATTEMPTS):
        if values is not None and space.hyperparameters(values) not in tried:
            return values
        values = oracle._random_values()
    return None
