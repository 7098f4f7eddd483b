"""A search in several processes, each with its share of the cores.

On its own, Keras Tuner's chief waits forever for a worker that died. Here the worker is started
again under its old name, is handed its trial again, and finds the finished folds in the journal:
only the fold under way is lost.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.training.listener import Interrupt, Listener
from lstm_sentiment_cli.tuning.journal import Entry, Task, TrialFinished, append, read
from lstm_sentiment_cli.tuning.trial import (
    INTERRUPTED,
    OUT_OF_TIME,
    Notifier,
    Scheduler,
    StopConditions,
    TrialRunner,
)

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import Chief

MOST_DEATHS = 3
"""When a worker has died so often at one trial, the trial fails."""
_POLL_SECONDS = 0.2
# Exit codes of a worker: how Python ends after an exception, and a SentimentError, which is then
# the last line of stderr.
_BUG, _USER_ERROR = 1, 3


def search_in_workers(
    scheduler: Scheduler, entries: Sequence[Entry], notifier: Notifier
) -> str | None:
    """Search in worker processes, resuming from a journal; return why it ended early.

    They end with this function, and with this process however that ends.
    """
    # Not at the top: a worker reads its task first, and imports TensorFlow then.
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import resumed_oracle, served

    task = scheduler.task
    with served(resumed_oracle(scheduler, entries)) as (chief, port):
        pool = _WorkerPool(scheduler, chief, port)
        told = len(entries)
        try:
            pool.start()
            at_work = True
            while at_work:
                at_work = pool.at_work()
                new = read(task.folder)[told:]
                for entry in new:
                    notifier.notify(entry)
                told += len(new)
                if scheduler.stop.interrupt.requested:
                    return INTERRUPTED
                time.sleep(_POLL_SECONDS if at_work else 0)
        finally:
            pool.stop()
    unfinished = any(trial.status == "unfinished" for trial in task.trials())
    return scheduler.stopped or (OUT_OF_TIME if unfinished else None)


class _WorkerPool:
    """The workers of a search by name, which is what Keras Tuner calls the tuner id."""

    def __init__(self, scheduler: Scheduler, chief: "Chief", port: int) -> None:
        self._scheduler, self._chief, self._port = scheduler, chief, port
        self._task = pickle.dumps(scheduler.task)
        self._cores = {
            f"worker-{number}": cores
            for number, cores in enumerate(cores_of(scheduler.task.search.workers))
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        # Not in the search's folder: the message may be that its disk is full.
        self._outputs: dict[str, IO[bytes]] = {}
        self._deaths: Counter[int | None] = Counter()

    def start(self) -> None:
        """Start all workers."""
        for name in self._cores:
            self._start(name)

    def at_work(self) -> bool:
        """Restart the workers that died; return whether any is at work."""
        ended = {name: process.poll() for name, process in self._processes.items()}
        # After looking at them: workers end when their chief has failed.
        if self._chief.failure is not None:
            raise self._chief.failure
        for name, code in ended.items():
            if code:
                self._handle_death(name, code)
                self._stop(name)
                self._start(name)
        return any(code != 0 for code in ended.values())

    def stop(self) -> None:
        """Kill all workers: the journal is complete at any moment."""
        for name in list(self._processes):
            self._stop(name)

    def _start(self, name: str) -> None:
        deadline = self._scheduler.stop.deadline
        seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
        output = tempfile.TemporaryFile()  # noqa: SIM115  closed when the worker is stopped
        with _pinned(self._cores[name]):
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lstm_sentiment_cli.tuning.workers"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=_environment(name, self._port),
                # Ctrl-C is for this process alone.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        self._processes[name], self._outputs[name] = process, output
        # If it has died already, the next poll sees that.
        with suppress(BrokenPipeError):
            assert process.stdin is not None
            own = name, len(self._cores[name]), seconds
            process.stdin.write(pickle.dumps(own) + self._task)
            process.stdin.flush()

    def _stop(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        process.wait()
        self._outputs.pop(name).close()
        with suppress(BrokenPipeError):
            assert process.stdin is not None
            process.stdin.close()

    def _handle_death(self, name: str, code: int) -> None:
        """Count a death, which may end the worker's trial or the whole search."""
        self._outputs[name].seek(0)
        output = self._outputs[name].read().decode(errors="replace").strip()
        if code == _USER_ERROR:
            raise SentimentError(output.rpartition("\n")[2])
        if code == _BUG:
            raise RuntimeError(f"a worker failed:\n{output}")
        number = self._chief.trial_of(name)
        self._deaths[number] += 1
        if self._deaths[number] < MOST_DEATHS:
            return
        reason = f"its process ended {MOST_DEATHS} times ({_ending(code)})"
        if number is None:
            raise SentimentError(f"a worker cannot start: {reason}; try fewer --workers", "workers")
        task = self._scheduler.task
        append(task.folder, TrialFinished(number, "failed", reason))
        self._chief.end_for(name, task.trials()[number])


def cores_of(workers: int) -> list[list[int]]:
    """Return the cores of each worker: all of them are distributed, at least one each."""
    own = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    cores = sorted(own)
    return [cores[worker % len(cores) :: workers] for worker in range(workers)]


@contextmanager
def _pinned(cores: Sequence[int]) -> Iterator[None]:
    """Keep to these cores within the block, on systems that can; child processes inherit it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _environment(name: str, port: int) -> dict[str, str]:
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import worker_environment

    return (
        os.environ
        | worker_environment(name, port)
        | {
            # Otherwise the first worker takes all memory of a GPU.
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            # The path of this process, which need not be the folder it was started in.
            "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
        }
    )


def _ending(code: int) -> str:
    """Return in words how a process ended; on POSIX a signal is a negative code."""
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"code {code}"


def main() -> None:
    """Run trials as a worker, until the chief has no more or is gone."""
    # Pickled by the process that started this one: nobody else writes to this pipe.
    name, cores, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301
    deadline = None if seconds is None else time.monotonic() + seconds
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301
    threading.Thread(target=_end_with_the_chief, daemon=True).start()
    try:
        _work(task, name, cores, deadline)
    except SentimentError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_USER_ERROR)


def _work(task: Task, name: str, cores: int, deadline: float | None) -> None:
    require_keras_tuner()
    import tensorflow as tf

    from lstm_sentiment_cli.tuning.fitting import measure_fold
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import client_of_chief, run_trials

    tf.config.threading.set_intra_op_parallelism_threads(cores)
    tf.config.threading.set_inter_op_parallelism_threads(cores)

    interrupt = Interrupt()
    runner = TrialRunner(
        task,
        StopConditions(deadline, interrupt),
        partial(measure_fold, task, listener=Listener(), interrupt=interrupt),
        note=partial(append, task.folder),
    )
    run_trials(client_of_chief(task.search), name, runner.run)


def _end_with_the_chief() -> None:
    # However that process ends, its end of the pipe is closed: nobody else holds it. Not by
    # sys.stdin, whose lock this thread would hold when the interpreter shuts down.
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


if __name__ == "__main__":
    main()
