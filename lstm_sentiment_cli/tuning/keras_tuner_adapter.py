"""Keras Tuner's search in this process."""

import threading
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import keras_tuner
import numpy as np
import tensorflow as tf
from keras_tuner import oracles
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.errors import FailedTrialError, FatalError
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_chief import OracleServicer

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import Entry, TrialFinished, TrialStarted, trials_of
from lstm_sentiment_cli.tuning.search import Algorithm, Search, Task, TrialResult
from lstm_sentiment_cli.tuning.search_folder import KERAS_TUNER
from lstm_sentiment_cli.tuning.space import Choices, Space, Value
from lstm_sentiment_cli.tuning.trial import (
    EXHAUSTED,
    OUT_OF_TIME,
    LeftUnfinishedError,
    StopConditions,
    expected_seconds,
)

Values = Mapping[str, Value]

# Points drawn by chance before the first one that the Gaussian process chooses. Keras Tuner takes
# three a dimension, 33 in the default space: longer than most searches last. The number must not
# hang on --trials either: given more of them, a search would go on otherwise.
INITIAL_POINTS = 6
_ATTEMPTS = 20
# Further apart than the seeds that one proposal may use up, one a knob and attempt.
_SEEDS_APART = 10_000


@dataclass(slots=True)
class Scheduler:
    """What an oracle is led by: the record, the reference, the limits of the search."""

    task: Task
    limits: StopConditions
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
            self.note(TrialStarted(number, values))
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

    def __init__(self, guide: Scheduler, **settings: Any) -> None:
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


def oracle_of(guide: Scheduler) -> Any:
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
            "'lstm-sentiment-cli[train]', or pass --algorithm random",
            "algorithm",
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
    oracle.guide.recorded = {
        each.trial: each.values for each in entries if isinstance(each, TrialStarted)
    }
    ongoing = oracle.ongoing_trials
    for entry in entries:
        tuner_id = f"recorded-{entry.trial}"
        if isinstance(entry, TrialStarted):
            oracle.create_trial(tuner_id)
        elif isinstance(entry, TrialFinished) and tuner_id in ongoing:
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


ADDRESS = "127.0.0.1"


class Chief(OracleServicer):  # type: ignore[misc]  # untyped
    """Answers workers; its first failure is kept, for the search to end with."""

    def __init__(self, oracle: Any) -> None:
        super().__init__(oracle)
        self.failure: Exception | None = None
        # Keras Tuner's lock stays locked after an exception: then nobody may call the oracle.
        self._lock = threading.Lock()

    def CreateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer with the trial that a worker has, or a new one."""
        with self._keeping_failure(context):
            return super().CreateTrial(request, context)

    def UpdateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take in a score."""
        with self._keeping_failure(context):
            return super().UpdateTrial(request, context)

    def EndTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take in how a trial ended."""
        with self._keeping_failure(context):
            return super().EndTrial(request, context)

    def trial_of(self, worker: str) -> int | None:
        """Return the number of the trial that a worker is at."""
        trial = self.oracle.ongoing_trials.get(worker)
        return None if trial is None else int(trial.trial_id)

    def end_for(self, worker: str, result: TrialResult) -> None:
        """Tell the oracle, in a worker's place, how its trial ended."""
        with self._lock:
            if self.failure is None:
                end(self.oracle, self.oracle.ongoing_trials[worker], result)

    @contextmanager
    def _keeping_failure(self, context: Any) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except Exception as error:
                self.failure = self.failure or error
                # gRPC logs every other exception on stderr.
                context.abort(grpc.StatusCode.ABORTED, "the chief failed")


@contextmanager
def served(oracle: Any) -> Iterator[tuple[Chief, int]]:
    """Serve an oracle while the block runs, which is given the chief and its port."""
    chief = Chief(oracle)
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    protos.get_service_grpc().add_OracleServicer_to_server(chief, server)
    try:
        port = server.add_insecure_port(f"{ADDRESS}:0")
    except RuntimeError as error:
        raise SentimentError(
            f"no port on {ADDRESS} ({error}); search with --workers 1", "workers"
        ) from None
    server.start()
    try:
        yield chief, port
    finally:
        server.stop(None).wait()


class FoldTuner(BaseTuner):  # type: ignore[misc]  # untyped
    """Runs what an oracle proposes, by `measure`, which is given a trial's number.

    Its folder is scratch: what a search resumes from is its record.
    """

    def __init__(
        self, oracle: Any, folder: Path, measure: Callable[[int], TrialResult], *, overwrite: bool
    ) -> None:
        super().__init__(
            oracle, directory=str(folder), project_name=KERAS_TUNER, overwrite=overwrite
        )
        self._measure = measure

    def run_trial(self, trial: Any, *_arguments: Any, **_options: Any) -> float:
        """Return the mean score of a trial's folds; FailedTrialError when it has none."""
        try:
            result = self._measure(int(trial.trial_id))
        except Exception as error:
            # All others Keras Tuner takes for a failure of the trial, and goes on.
            raise FatalError(str(error)) from error
        if result.status == "failed":
            raise FailedTrialError(result.reason)
        return result.mean(self.oracle.objective.name)

    def save(self) -> None:
        """Keep nothing: with what it would keep, Keras Tuner reloads itself and prints so."""


def search_here(
    measure: Callable[[int], TrialResult], guide: Scheduler, entries: Sequence[Entry]
) -> str | None:
    """Search in this process, on from what is recorded; return why it ended early."""
    task = guide.task
    with keras_tuner_writes(task.folder):
        oracle = oracle_of(guide)
        tuner = FoldTuner(oracle, task.folder, measure, overwrite=True)
        lead(oracle, entries, trials_of(entries, task.search))
    return run(tuner) or guide.stopped


def run(tuner: FoldTuner) -> str | None:
    """Let a tuner run its trials; return why it left one unfinished, or None.

    A trial's own failure ends the trial; anything else is raised.
    """
    try:
        with keras_tuner_writes(Path(tuner.directory)):
            tuner.search()
    except FatalError as fatal:
        cause = fatal.__cause__ or fatal
        if isinstance(cause, LeftUnfinishedError):
            return str(cause)
        raise cause from None
    return None


@contextmanager
def keras_tuner_writes(folder: Path) -> Iterator[None]:
    """Turn a full disk under Keras Tuner's own files into a SentimentError."""
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        # TensorFlow, which writes them, says "PATH; No space left on device".
        said = str(error.strerror if isinstance(error, OSError) else error.message)
        reason = said.rpartition("; ")[2]
        raise SentimentError(
            f"cannot write in {folder / KERAS_TUNER}: {reason}; free some space, "
            "then go on with --resume"
        ) from None
