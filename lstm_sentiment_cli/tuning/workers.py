"""A search in several processes, each with its share of the cores.

This process asks the oracle, and writes the numbers of trials to the workers' stdin; they answer
through the journal. A worker that died is started again with its trial, whose finished folds are
in the journal: only the fold under way is lost.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.training.listener import Interrupt, Listener
from lstm_sentiment_cli.tuning.journal import Entry, Task, TrialFinished, append, read
from lstm_sentiment_cli.tuning.trial import (
    INTERRUPTED,
    OUT_OF_TIME,
    LeftUnfinishedError,
    Notifier,
    Scheduler,
    StopConditions,
    TrialRunner,
)

MOST_DEATHS = 3  # when workers have died so often at one trial, it fails
_POLL_SECONDS = 0.1
# Exit codes of a worker: how Python ends after an exception, and a SentimentError, which is then
# the last line of stderr.
_BUG, _USER_ERROR = 1, 3
_LENGTH_BYTES = 8


def search_in_workers(
    scheduler: Scheduler, entries: Sequence[Entry], notifier: Notifier
) -> str | None:
    """Search in worker processes, resuming from a journal; return why it ended early.

    They end with this function, and with this process however that ends.
    """
    # Not at the top: a worker reads its task first, and imports TensorFlow then.
    from lstm_sentiment_cli.tuning.keras_tuner_adapter import resumed_oracle

    task, known = scheduler.task, len(entries)
    pool = _WorkerPool(scheduler, resumed_oracle(scheduler, entries))
    try:
        at_work = True
        while at_work:
            new = read(task.folder)[known:]
            known += len(new)
            for entry in new:
                notifier.notify(entry)
                if isinstance(entry, TrialFinished):
                    pool.end_trial(entry.trial)
            at_work = pool.keep_at_work()
            if scheduler.stop.interrupt.requested:
                return INTERRUPTED
            time.sleep(_POLL_SECONDS if at_work else 0)
    finally:
        pool.stop()
    unfinished = any(trial.status == "unfinished" for trial in task.trials())
    return scheduler.stopped or (OUT_OF_TIME if unfinished else None)


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    trial: Any = None  # keras Tuner's; None: it waits for one
    finished: bool = False  # whether there are no more trials for it

    def send(self, message: bytes) -> None:
        # If it has died already, the next look at it sees that.
        with suppress(BrokenPipeError):
            assert self.process.stdin is not None
            self.process.stdin.write(len(message).to_bytes(_LENGTH_BYTES, "little") + message)
            self.process.stdin.flush()

    def run(self, trial: Any) -> None:
        """Let it run a trial; None: it ends, for there are no more."""
        self.trial = trial
        if trial is not None:
            self.send(trial.trial_id.encode())
        elif self.process.stdin is not None:
            self.finished = True
            self.process.stdin.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.output.close()
        with suppress(BrokenPipeError):
            assert self.process.stdin is not None
            self.process.stdin.close()


class _WorkerPool:
    def __init__(self, scheduler: Scheduler, oracle: Any) -> None:
        self._scheduler, self._oracle = scheduler, oracle
        self._task = pickle.dumps(scheduler.task)
        self._deaths: Counter[int | None] = Counter()
        self._cores = cores_of(scheduler.task.search.workers)
        self._workers: dict[int, _Worker] = {}
        for number in range(len(self._cores)):
            self._start(number)

    def end_trial(self, number: int) -> None:
        """Tell the oracle how a trial ended, and free its worker."""
        from lstm_sentiment_cli.tuning.keras_tuner_adapter import end_trial

        for worker in self._workers.values():
            if worker.trial is not None and int(worker.trial.trial_id) == number:
                end_trial(self._oracle, worker.trial, self._scheduler.task.trials()[number])
                worker.trial = None

    def keep_at_work(self) -> bool:
        """Restart the workers that died, give trials to those that wait; return if any works."""
        from lstm_sentiment_cli.tuning.keras_tuner_adapter import next_trial

        for number, worker in list(self._workers.items()):
            code = worker.process.poll()
            if code == 0:
                worker.finished = True
            elif code is not None:
                self._handle_death(worker, code)
                worker.stop()
                self._start(number, worker.trial)
            elif worker.trial is None and not worker.finished:
                worker.run(next_trial(self._oracle, f"worker-{number}"))
        return any(not worker.finished for worker in self._workers.values())

    def stop(self) -> None:
        """Kill all workers: the journal is complete at any moment."""
        for worker in self._workers.values():
            worker.stop()

    def _start(self, number: int, trial: Any = None) -> None:
        deadline = self._scheduler.stop.deadline
        seconds = None if deadline is None else max(0.0, deadline - time.monotonic())
        # Not in the search's folder: the message may be that its disk is full.
        output = tempfile.TemporaryFile()  # noqa: SIM115  closed when the worker is stopped
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lstm_sentiment_cli.tuning.workers"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=_environment(),
            # Ctrl-C is for this process alone.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        worker = self._workers[number] = _Worker(process, output)
        worker.send(pickle.dumps((self._cores[number], seconds)))
        worker.send(self._task)
        if trial is not None:
            worker.run(trial)

    def _handle_death(self, worker: _Worker, code: int) -> None:
        """Count a death, which may end the worker's trial or the whole search."""
        worker.output.seek(0)
        output = worker.output.read().decode(errors="replace").strip()
        if code == _USER_ERROR:
            raise SentimentError(output.rpartition("\n")[2])
        if code == _BUG:
            raise RuntimeError(f"a worker failed:\n{output}")
        number = None if worker.trial is None else int(worker.trial.trial_id)
        self._deaths[number] += 1
        if self._deaths[number] < MOST_DEATHS:
            return
        reason = f"its process ended {MOST_DEATHS} times ({_ending(code)})"
        if number is None:
            raise SentimentError(f"a worker cannot start: {reason}; try fewer --workers", "workers")
        append(self._scheduler.task.folder, TrialFinished(number, "failed", reason))
        self.end_trial(number)


def cores_of(workers: int) -> list[list[int]]:
    """Return the cores of each worker: all of them are distributed, at least one each."""
    own = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    cores = sorted(own)
    return [cores[worker % len(cores) :: workers] for worker in range(workers)]


def _environment() -> dict[str, str]:
    return os.environ | {
        # Otherwise the first worker takes all memory of a GPU.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        # The path of this process, which need not be the folder it was started in.
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
    }


def _ending(code: int) -> str:
    """Return in words how a process ended; on POSIX a signal is a negative code."""
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"code {code}"


def main() -> None:
    """Run trials as a worker, until there are no more or the other process is gone."""
    # Pickled by the process that started this one: nobody else writes to this pipe.
    cores, seconds = pickle.loads(_message())  # noqa: S301
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    task: Task = pickle.loads(_message())  # noqa: S301
    deadline = None if seconds is None else time.monotonic() + seconds
    numbers: queue.Queue[int] = queue.Queue()
    threading.Thread(target=_receive, args=[numbers], daemon=True).start()
    try:
        _work(task, numbers, len(cores), deadline)
    except LeftUnfinishedError:
        return
    except SentimentError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_USER_ERROR)


def _work(task: Task, numbers: "queue.Queue[int]", cores: int, deadline: float | None) -> None:
    require_keras_tuner()
    import tensorflow as tf

    from lstm_sentiment_cli.tuning.fitting import measure_fold

    tf.config.threading.set_intra_op_parallelism_threads(cores)
    tf.config.threading.set_inter_op_parallelism_threads(cores)

    interrupt = Interrupt()
    runner = TrialRunner(
        task,
        StopConditions(deadline, interrupt),
        partial(measure_fold, task, listener=Listener(), interrupt=interrupt),
        note=partial(append, task.folder),
    )
    while True:
        runner.run(numbers.get())


def _receive(numbers: "queue.Queue[int]") -> None:
    while True:
        numbers.put(int(_message()))


def _message() -> bytes:
    """Read the next message from the other process."""
    return _bytes(int.from_bytes(_bytes(_LENGTH_BYTES), "little"))


def _bytes(count: int) -> bytes:
    """Read so many bytes; end this process when the other closes the pipe, or ends."""
    found = bytearray()
    while len(found) < count:
        # Not by sys.stdin, whose lock would be held when the interpreter shuts down.
        part = os.read(sys.stdin.fileno(), count - len(found))
        if not part:
            os._exit(0)
        found += part
    return bytes(found)


if __name__ == "__main__":
    main()
