"""Keras Tuner's search in this process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tensorflow as tf
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.errors import FailedTrialError, FatalError

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.folder import KERAS_TUNER
from lstm_sentiment_cli.tuning.oracle import Guide, lead, oracle_of
from lstm_sentiment_cli.tuning.record import Entry, trials_of
from lstm_sentiment_cli.tuning.search import TrialResult
from lstm_sentiment_cli.tuning.trial import LeftUnfinishedError


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
    measure: Callable[[int], TrialResult], guide: Guide, entries: Sequence[Entry]
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
