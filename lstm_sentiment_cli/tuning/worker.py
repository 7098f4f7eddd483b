"""A process that runs trials for another, which starts it and writes to its stdin."""

import os
import pickle
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.training.listener import Interrupt, SilentListener
from lstm_sentiment_cli.tuning.journal import append
from lstm_sentiment_cli.tuning.search import Task
from lstm_sentiment_cli.tuning.trial import StopConditions, Trials

MENDABLE = 3
"""The exit code of a SentimentError, which is then the last line of stderr; 1 is a bug's."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a worker has of its own."""

    threads: int
    seconds: float | None
    """Left of the search's time."""


def main() -> None:
    """Run trials until the chief has no more, or is no more; stdin has a Share and the Task."""
    # Pickled by the process that started this one: nobody else writes to this pipe.
    share: Share = pickle.load(sys.stdin.buffer)  # noqa: S301
    deadline = None if share.seconds is None else time.monotonic() + share.seconds
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301
    threading.Thread(target=_end_with_the_chief, daemon=True).start()
    try:
        _work(task, deadline, share.threads)
    except SentimentError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(MENDABLE)


def _work(task: Task, deadline: float | None, threads: int) -> None:
    require_keras_tuner()
    import tensorflow as tf

    from lstm_sentiment_cli.tuning.fitting import measure_fold
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import FoldTuner, run, stand_in

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)

    interrupt = Interrupt()
    trials = Trials(
        task,
        StopConditions(deadline, interrupt),
        partial(measure_fold, task, listener=SilentListener(), interrupt=interrupt),
        note=partial(append, task.folder),
        fold_begins=lambda _trial, _fold: None,
    )
    run(FoldTuner(stand_in(task.search), task.folder, trials.run, overwrite=False))


def _end_with_the_chief() -> None:
    # Whatever ends that process closes the pipe: nobody else holds its other end. Not by
    # sys.stdin, whose lock this thread would hold when the interpreter shuts down.
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


if __name__ == "__main__":
    main()
