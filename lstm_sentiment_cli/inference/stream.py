"""Windows of texts scored in order and ahead of time: by threads, a long input by processes."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from lstm_sentiment_cli.children import ChildProcess, inbox, outbox
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.predictor import WINDOW, Predictor, Scores
from lstm_sentiment_cli.records.record import Record, texts_of

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.reader import RecordReader

T = TypeVar("T")
R = TypeVar("R")

_WAIT_SECONDS = 0.2


def ahead(items: Iterable[T], prepare: Callable[[T], R], depth: int) -> Iterator[R]:
    """Yield prepare(item) in order, prepared by a thread at most `depth` items ahead.

    An exception in `items` or `prepare` is raised here, after the results before it.
    The thread is a daemon: it may wait for input for ever when its results are no longer wanted.
    """
    ready: queue.Queue[list[R]] = queue.Queue(depth)  # one result each; the last has none
    errors: list[BaseException] = []
    abandoned = threading.Event()

    def put(result: list[R]) -> bool:
        while not abandoned.is_set():
            try:
                ready.put(result, timeout=_WAIT_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in items:
                if not put([prepare(item)]):
                    return
        except BaseException as error:
            errors.append(error)
        put([])

    threading.Thread(target=work, daemon=True, name="ahead").start()
    try:
        while result := ready.get():
            yield from result
        if errors:
            raise errors[0]
    finally:
        abandoned.set()


# Windows that are read ahead of the one being written.
_AHEAD = 3
# After so many texts an input is long: processes take over, which cost half a second to start.
_LONG = 2 * WINDOW
# Reading and writing keep one core busy when so many score.
_MOST_CHILDREN = 16
_MODULE = "lstm_sentiment_cli.inference.stream"
_READY = "ready"


def stream(
    predictor: Predictor,
    windows: Iterable[Sequence[T]],
    texts_in: Callable[[Sequence[T]], Sequence[str | None]],
) -> Iterator[tuple[Sequence[T], Scores]]:
    """Yield each window with its scores, in order, holding few windows in memory.

    A thread reads the next windows while this one is scored. `texts_in` gives the texts of a
    window; where one is None there is nothing to score: probabilities and logits are NaN.
    """
    children = _Children(predictor)

    def prepare(window: Sequence[T]) -> tuple[Sequence[T], list[int], Callable[[], Scores]]:
        texts = texts_in(window)
        missing = [row for row, text in enumerate(texts) if text is None]
        return window, missing, children.submit([text or "" for text in texts])

    try:
        for window, missing, wait in ahead(windows, prepare, max(_AHEAD, 2 * children.most)):
            scores = wait()
            if missing:
                scores.probabilities[missing] = np.nan
                scores.logits[missing] = np.nan
            yield window, scores
    finally:
        children.stop()


class _Children:
    """Processes that score windows, once there were many texts.

    Threads of one process cannot keep the cores busy: all of them wait for the interpreter's lock.
    """

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self.most = min(predictor.children, _MOST_CHILDREN)
        self._texts = 0  # submitted so far
        self._all: list[_Child] = []

    def submit(self, texts: Sequence[str]) -> Callable[[], Scores]:
        """Begin to score texts, and return a function that waits for their scores."""
        if self._texts < _LONG <= self._texts + len(texts):
            self._all = [_Child(self._predictor) for _ in range(self.most)]
        self._texts += len(texts)
        ready = [child for child in self._all if child.ready]
        if not ready:
            return self._predictor.submit(texts)
        wait = min(ready, key=lambda child: child.waiting).submit(texts)

        def scores() -> Scores:
            # One that died, or cannot score them, leaves them to this process, which says why.
            return wait() or self._predictor.scores(texts)

        return scores

    def stop(self) -> None:
        """End all of them."""
        for child in self._all:
            child.process.stop()


class _Child:
    """A process, and the answers that it owes."""

    def __init__(self, predictor: Predictor) -> None:
        self.ready = False
        self._sent = self._answered = 0  # each counted by one thread
        self._answers: queue.SimpleQueue[Scores | None] = queue.SimpleQueue()
        task = (predictor.folder, predictor.manifest)
        self.process = ChildProcess(_MODULE, task, on_reply=self._take)

    def _take(self, reply: Scores | str | None) -> None:
        self.ready = reply is not None  # the last: it has ended
        if not isinstance(reply, str):
            self._answers.put(reply)

    @property
    def waiting(self) -> int:
        """How many windows it has not answered yet."""
        return self._sent - self._answered

    def submit(self, texts: Sequence[str]) -> Callable[[], Scores | None]:
        """Send texts, and return a function that waits for their scores, None if it has died."""
        self._sent += 1
        self.process.send(texts)
        return self._answer

    def _answer(self) -> Scores | None:
        answer = self._answers.get()  # they come in the order of the texts
        self._answered += 1
        if answer is None:
            self._answers.put(None)  # for those behind
        return answer


class Sink(Protocol):
    """Takes records in order, with their predictions and scores."""

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Write or show one window."""


@dataclass(slots=True)
class Counts:
    """What is reported after scoring."""

    records: int = 0
    unreadable: int = 0
    truncated: int = 0
    wordless: int = 0
    first_unreadable: Record | None = None


def score(
    predictor: Predictor,
    source: "RecordReader",
    sink: Sink,
    decision: Decision,
    on_progress: Callable[[int], None] = lambda _records: None,
) -> Counts:
    """Score every record of the source into the sink, in order."""
    counts = Counts()
    for records, scores in stream(predictor, source.windows(WINDOW), texts_of):
        sink.take(records, decision.predicted(scores.probabilities, predictor.labels), scores)
        counts.records += len(records)
        texts = texts_of(records)
        if unreadable := texts.count(None):
            counts.unreadable += unreadable
            counts.first_unreadable = counts.first_unreadable or records[texts.index(None)]
        counts.truncated += int(scores.truncated.sum())
        # Unreadable records were scored as if they were empty.
        counts.wordless += int(scores.wordless.sum()) - unreadable
        on_progress(counts.records)
    return counts


def main() -> None:
    """Score windows as a child, until the other process closes the pipe, or ends."""
    windows, answer = inbox(), outbox()
    folder, manifest = windows.get()
    predictor = Predictor.load(folder, threads=1)
    if predictor.manifest == manifest:  # else it was replaced meanwhile
        answer(_READY)
        while True:
            answer(predictor.scores(windows.get()))


if __name__ == "__main__":
    main()
