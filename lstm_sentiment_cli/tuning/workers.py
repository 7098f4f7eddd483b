"""A search in several processes, each with its share of the cores.

Left alone, Keras Tuner's chief waits for ever for a worker that died. Here it is started again
under its old name, is handed its trial again, and reads the folds it had finished from the record:
what is lost is the fold it was at.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from keras_tuner.engine.base_tuner import BaseTuner

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import Entry, TrialFinished, append, read, trials_of
from lstm_sentiment_cli.tuning.keras_tuner_adapter import (
    ADDRESS,
    Chief,
    Scheduler,
    keras_tuner_writes,
    lead,
    oracle_of,
    served,
)
from lstm_sentiment_cli.tuning.search_folder import KERAS_TUNER
from lstm_sentiment_cli.tuning.trial import INTERRUPTED, OUT_OF_TIME, Notifier
from lstm_sentiment_cli.tuning.worker import MENDABLE, Share

MOST_DEATHS = 3
"""So often may a worker die at one trial before the trial fails."""
_POLL_SECONDS = 0.2
_BUG = 1  # how Python ends after an exception


def search_in_workers(guide: Scheduler, entries: Sequence[Entry], telling: Notifier) -> str | None:
    """Search in processes, on from what is recorded; return why it ended early.

    They end with this function, and with this process however that ends.
    """
    task = guide.task
    with keras_tuner_writes(task.folder):
        oracle = oracle_of(guide)
        # Gives the oracle its folder.
        BaseTuner(oracle, directory=str(task.folder), project_name=KERAS_TUNER, overwrite=True)
        lead(oracle, entries, trials_of(entries, task.search))
    with served(oracle) as (chief, port):
        crew = _Crew(guide, chief, port)
        told = len(entries)
        try:
            crew.start()
            at_work = True
            while at_work:
                at_work = crew.at_work()
                told += _tell(read(task.folder)[told:], telling)
                if guide.limits.interrupt.requested:
                    return INTERRUPTED
                time.sleep(_POLL_SECONDS if at_work else 0)
        finally:
            crew.stop()
    unfinished = any(trial.status == "unfinished" for trial in task.trials())
    return guide.stopped or (OUT_OF_TIME if unfinished else None)


def _tell(entries: Sequence[Entry], telling: Notifier) -> int:
    for entry in entries:
        telling.tell(entry)
    return len(entries)


class _Crew:
    """The workers of a search, each by its name, which is Keras Tuner's tuner id."""

    def __init__(self, guide: Scheduler, chief: Chief, port: int) -> None:
        self._guide, self._chief, self._port = guide, chief, port
        self._task = pickle.dumps(guide.task)
        self._shares = {
            f"worker-{number}": cores
            for number, cores in enumerate(shares(guide.task.search.workers))
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        # Not in the search's folder: what is to be said may be that its disk is full.
        self._said: dict[str, IO[bytes]] = {}
        self._deaths: Counter[int | None] = Counter()

    def start(self) -> None:
        """Start them all."""
        for name in self._shares:
            self._start(name)

    def at_work(self) -> bool:
        """Start again who died; return whether any is at work."""
        ended = {name: process.poll() for name, process in self._processes.items()}
        # Looked at after them: a worker ends when its chief has failed.
        if self._chief.failure is not None:
            with keras_tuner_writes(self._guide.task.folder):
                raise self._chief.failure
        for name, code in ended.items():
            if code:
                self._take_in_death(name, code)
                self._stop(name)
                self._start(name)
        return any(code != 0 for code in ended.values())

    def stop(self) -> None:
        """End them all, at once: the record is whole at any moment."""
        for name in list(self._processes):
            self._stop(name)

    def _start(self, name: str) -> None:
        """Start a worker, which is given the task and what it has of its own."""
        deadline = self._guide.limits.deadline
        seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
        said = tempfile.TemporaryFile()  # noqa: SIM115  closed when the worker is stopped
        with _pinned(self._shares[name]):
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "lstm_sentiment_cli.tuning.worker"],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                env=_environment(name, self._port),
                # Ctrl-C is for this process alone.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        self._processes[name], self._said[name] = process, said
        # One that has died already is seen when it is polled.
        with suppress(BrokenPipeError):
            assert process.stdin is not None
            process.stdin.write(pickle.dumps(Share(len(self._shares[name]), seconds)) + self._task)
            process.stdin.flush()

    def _stop(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        process.wait()
        self._said.pop(name).close()
        with suppress(BrokenPipeError):
            assert process.stdin is not None
            process.stdin.close()

    def _take_in_death(self, name: str, code: int) -> None:
        """Count a death, which may end the trial that the worker was at, or the search."""
        self._said[name].seek(0)
        said = self._said[name].read().decode(errors="replace").strip()
        if code == MENDABLE:
            raise SentimentError(said.rpartition("\n")[2])
        if code == _BUG:
            raise RuntimeError(f"a worker failed:\n{said}")
        number = self._chief.trial_of(name)
        self._deaths[number] += 1
        if self._deaths[number] < MOST_DEATHS:
            return
        reason = f"its process ended {MOST_DEATHS} times ({_how(code)})"
        if number is None:
            raise SentimentError(f"a worker cannot start: {reason}; try fewer --workers", "workers")
        task = self._guide.task
        append(task.folder, TrialFinished(number, "failed", reason))
        self._chief.end_for(name, task.trials()[number])


def shares(workers: int) -> list[list[int]]:
    """Return the cores of each worker: all of them dealt out, at least one each."""
    own = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    cores = sorted(own)
    return [cores[worker % len(cores) :: workers] for worker in range(workers)]


@contextmanager
def _pinned(cores: Sequence[int]) -> Iterator[None]:
    """Keep to these cores within the block, where a system can: a process started there does."""
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
    return os.environ | {
        "KERASTUNER_TUNER_ID": name,
        "KERASTUNER_ORACLE_IP": ADDRESS,
        "KERASTUNER_ORACLE_PORT": str(port),
        # gRPC would ask a proxy even for this address.
        "no_grpc_proxy": ADDRESS,
        # Else the first of them takes all memory of a GPU.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        # What this process imports from, and not the folder where it stands.
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
    }


def _how(code: int) -> str:
    """Return in words how a process ended; on POSIX a signal is a negative code."""
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"code {code}"
