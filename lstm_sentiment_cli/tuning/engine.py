"""Runs a search to its end, from the start or where it was left, here or in workers.

Each worker is a process with its share of the cores. This process proposes the points, and writes
the numbers of trials to the workers' stdin; they answer through the journal. A worker that died is
started again, and finds the finished folds in the journal: only the fold under way is lost.
"""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lstm_sentiment_cli.children import MOST_DEATHS, ChildProcess, ending, inbox
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.training.listener import Interrupt, Listener
from lstm_sentiment_cli.tuning.journal import Journal, TrialFinished
from lstm_sentiment_cli.tuning.plan import folds_of
from lstm_sentiment_cli.tuning.search import Search, SearchListener, TrialResult
from lstm_sentiment_cli.tuning.trial import (
    INTERRUPTED,
    OUT_OF_TIME,
    Propose,
    StopConditions,
    StoppedError,
    Task,
    TrialRunner,
    next_trial,
)

_POLL_SECONDS = 0.1
# Exit codes of a worker: how Python ends after an exception, and a SentimentError, which is then
# the last line of stderr.
_BUG, _USER_ERROR = 1, 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found; at least one trial is complete."""

    trials: list[TrialResult]  # by their numbers
    stopped: str | None  # why it ended before the last trial asked for; None: it did not


def run_search(
    search: Search,
    examples: Sequence[Example],
    folder: Path,
    interrupt: Interrupt,
    listener: SearchListener,
) -> Outcome:
    """Run a search in its folder, which must have been begun; resume what is in its journal.

    The seconds of `search` count from here. SentimentError when no trial is complete.
    """
    # Not at the top: a worker reads its task first, and imports TensorFlow then.
    from lstm_sentiment_cli.tuning.fitting import measure_fold
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import Proposer

    deadline = None if search.seconds is None else time.monotonic() + search.seconds
    listener.stage("splitting into folds")
    task = Task(search, examples, folds_of(examples, search))
    journal, stop = Journal(folder, search, listener), StopConditions(deadline, interrupt)
    journal.trials(known=True)
    propose = Proposer(search).propose
    if search.workers > 1:
        stopped = run_in_workers(task, journal, stop, propose)
    else:
        measure = partial(measure_fold, task, listener=listener, interrupt=interrupt)
        stopped = TrialRunner(journal, stop, measure).run_all(propose)
    trials = journal.trials()
    if all(trial.status != "complete" for trial in trials):
        if trials and all(trial.status == "failed" for trial in trials):
            failed = f"no trial could be trained ({len(trials)} failed), the last one: "
            raise SentimentError(failed + trials[-1].reason)
        raise SentimentError("no trial was measured on all folds yet; continue with --resume")
    return Outcome(trials, stopped)


def run_in_workers(
    task: Task, journal: Journal, stop: StopConditions, propose: Propose
) -> str | None:
    """Run trials in worker processes; return why the search ended early.

    They end with this function, and with this process however that ends.
    """
    stopped: str | None = None
    workers: list[_Worker] = []
    try:
        workers.extend(
            _Worker(task, journal.folder, stop.deadline, cores)
            for cores in cores_of(task.search.workers)
        )
        while workers and not stop.interrupt.requested:
            trials = journal.trials()
            for worker in list(workers):
                number = worker.trial
                if number is None or trials[number].status != "unfinished":
                    running = {each.trial for each in workers}
                    try:
                        number, stopped = next_trial(journal, stop, propose, running), None
                    except StoppedError as error:
                        number, stopped = None, str(error)
                    if number is not None:
                        worker.begin(number)
                if number is None or not worker.still_runs(journal):
                    worker.stop()
                    workers.remove(worker)
            time.sleep(_POLL_SECONDS)
    finally:
        for worker in workers:
            worker.stop()
    if stop.interrupt.requested:
        return INTERRUPTED
    unfinished = any(trial.status == "unfinished" for trial in journal.trials())
    return stopped or (OUT_OF_TIME if unfinished else None)


class _Worker:
    """A process that runs one trial after another."""

    def __init__(self, *task: object) -> None:
        self._task = task
        self.trial: int | None = None  # None: it has not been given one
        self._deaths = 0  # at this trial
        self._start()

    def begin(self, trial: int) -> None:
        """Let it run a trial."""
        self.trial, self._deaths = trial, 0
        self._process.send(trial)

    def still_runs(self, journal: Journal) -> bool:
        """Return whether it has not ended by itself; one that died is started again.

        Its trial fails when it dies too often. An error that is not the trial's alone is raised.
        """
        code = self._process.code
        if not code:
            return code is None
        if code == _USER_ERROR:
            raise SentimentError(self._process.said().rpartition("\n")[2])
        if code == _BUG:
            raise RuntimeError(f"a worker failed:\n{self._process.said()}")
        self._deaths += 1
        if self._deaths == MOST_DEATHS and self.trial is not None:
            reason = f"its process ended {MOST_DEATHS} times ({ending(code)})"
            journal.append(TrialFinished(self.trial, "failed", reason))
        self.stop()
        self._start()
        self._process.send(self.trial)
        return True

    def stop(self) -> None:
        """Kill it: the journal is complete at any moment."""
        self._process.stop()

    def _start(self) -> None:
        self._process = ChildProcess(
            "lstm_sentiment_cli.tuning.engine",
            self._task,
            # Otherwise the first worker takes all memory of a GPU.
            environment={"TF_FORCE_GPU_ALLOW_GROWTH": "true"},
        )


def cores_of(workers: int) -> list[list[int]]:
    """Return the cores of each worker: all of them are distributed, at least one each."""
    own = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    cores = sorted(own)
    return [cores[worker % len(cores) :: workers] for worker in range(workers)]


def main() -> None:
    """Run trials as a worker, until the other process is gone or the time is up."""
    messages = inbox()
    task, folder, deadline, cores = messages.get()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    try:
        require_keras_tuner()
        import tensorflow as tf

        from lstm_sentiment_cli.tuning.fitting import measure_fold

        tf.config.threading.set_intra_op_parallelism_threads(len(cores))
        tf.config.threading.set_inter_op_parallelism_threads(len(cores))
        interrupt = Interrupt()
        measure = partial(measure_fold, task, listener=Listener(), interrupt=interrupt)
        stop = StopConditions(deadline, interrupt)
        runner = TrialRunner(Journal(folder, task.search), stop, measure)
        while True:
            runner.run(messages.get())
    except StoppedError:
        return
    except SentimentError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_USER_ERROR)


if __name__ == "__main__":
    main()
