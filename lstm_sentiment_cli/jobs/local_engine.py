"""Units scored by child processes of this machine; one that dies is replaced."""

import queue
import signal
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.atomic import remove_unfinished
from lstm_sentiment_cli.children import MOST_DEATHS, ChildProcess, ending, inbox, outbox
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.jobs.job_plan import Options, Unit
from lstm_sentiment_cli.jobs.unit import Event, Failed, Scored, answered

_MODULE = "lstm_sentiment_cli.jobs.local_engine"
_PATIENCE_SECONDS = 2.0  # for a child to remove what it has not finished
_USER_ERROR = 3  # its exit code when no unit could be scored, and why is the last line it printed


@dataclass(slots=True, eq=False)
class _Worker:
    process: ChildProcess
    token: object  # which process an answer is of: one that was replaced may have left some
    unit: Unit | None = None


@dataclass(slots=True)
class LocalEngine:
    """Scores units in `workers` processes, each with one thread that runs the network."""

    model: Path
    options: Options
    output: str
    workers: int
    _answers: "queue.Queue[tuple[object, Any]]" = field(default_factory=queue.Queue)

    def run(self, units: Sequence[Unit]) -> Iterator[Event]:
        """Yield what happens, until all units are done or failed, or the generator is closed."""
        waiting, deaths = deque(units), Counter[str]()
        workers = [_Worker(*self._child()) for _ in range(min(self.workers, len(units)))]
        try:
            while True:
                for worker in workers:
                    if worker.unit is None and waiting:
                        worker.unit = waiting.popleft()
                        worker.process.send(worker.unit)
                if all(worker.unit is None for worker in workers):
                    return
                token, answer = self._answers.get()
                for worker in [each for each in workers if each.token is token]:
                    if answer is None:
                        yield from self._replace(worker, deaths)
                    else:
                        yield answer
                        worker.unit = worker.unit if isinstance(answer, Scored) else None
        finally:
            for worker in workers:
                worker.process.terminate()
            for worker in workers:
                worker.process.stop(_PATIENCE_SECONDS)

    def _child(self) -> tuple[ChildProcess, object]:
        task, token = (self.model, self.options, self.output, sys.getswitchinterval()), object()
        put = self._answers.put
        return ChildProcess(_MODULE, task, on_reply=lambda answer: put((token, answer))), token

    def _replace(self, worker: _Worker, deaths: Counter[str]) -> Iterator[Event]:
        """Start a new process for one that died; its unit fails when it dies too often of it."""
        code, said = worker.process.wait(), worker.process.said()
        worker.process.stop()
        if code == _USER_ERROR:
            raise SentimentError(said.rpartition("\n")[2])
        worker.process, worker.token = self._child()
        if worker.unit is not None:
            deaths[worker.unit.part] += 1
            if deaths[worker.unit.part] == MOST_DEATHS:
                reason = f"its process ended {MOST_DEATHS} times ({ending(code)})"
                yield Failed(worker.unit, reason)
                worker.unit = None
            else:
                worker.process.send(worker.unit)


def main() -> None:
    """Score units as a child, until the other process closes the pipe, or ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    units, answer = inbox(), outbox()
    model, options, output, switch_seconds = units.get()
    sys.setswitchinterval(switch_seconds)
    try:
        predictor = Predictor.load(model, threads=1)
        while True:
            answer(answered(predictor, units.get(), options, output, answer))
    except SentimentError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_USER_ERROR)
    finally:
        remove_unfinished()


if __name__ == "__main__":
    main()
