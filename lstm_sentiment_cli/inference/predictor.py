"""Texts to probabilities: tokenise, sort by length, run in batches, put back in order."""

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.runtime import FloatMatrix, OnnxRuntime, Ragged, Runtime, softmax
from lstm_sentiment_cli.model.folder import load_for_inference
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN, Tokenizer

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from lstm_sentiment_cli.records.reader import RecordReader


class Scores(NamedTuple):
    """What a model says of n texts, in their order."""

    probabilities: FloatMatrix  # (n, labels), rows sum to 1
    logits: FloatMatrix  # (n, labels), before the temperature
    truncated: npt.NDArray[np.bool_]  # (n,): text was longer than the model reads
    lengths: npt.NDArray[np.int32]  # (n,): tokens that were read
    unknown: npt.NDArray[np.bool_]  # (n,): some of them were unknown words
    wordless: npt.NDArray[np.bool_]  # (n,): there was nothing to read


T = TypeVar("T")
R = TypeVar("R")

_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def ahead(items: Iterable[T], prepare: Callable[[T], R], depth: int) -> Iterator[R]:
    """Yield prepare(item) in order, prepared by a thread at most `depth` items ahead.

    An exception of `items` or `prepare` is raised here after what came before it.
    The thread is a daemon: it may hang in a read that never ends when nobody listens any more.
    """
    ready: queue.Queue[R | _End] = queue.Queue(depth)
    abandoned = threading.Event()

    def put(value: R | _End) -> bool:
        while not abandoned.is_set():
            try:
                ready.put(value, timeout=_WAIT_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in items:
                if not put(prepare(item)):
                    return
        except BaseException as error:
            put(_End(error))
        else:
            put(_End(None))

    threading.Thread(target=work, daemon=True, name="ahead").start()
    try:
        while True:
            value = ready.get()
            if isinstance(value, _End):
                if value.error is not None:
                    raise value.error
                return
            yield value
    finally:
        abandoned.set()


BATCH_SIZE = 128
# Windows read and tokenised ahead of the one that is being written.
_AHEAD = 3


def cores() -> int:
    """Return how many cores this process may use."""
    # Where the system tells which cores this process may use, that is what counts (containers).
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Predictor:
    """A tokeniser, a network and its temperature: all that an answer needs."""

    name: str
    manifest: Manifest
    tokenizer: Tokenizer
    runtime: Runtime

    @classmethod
    def load(cls, folder: Path) -> "Predictor":
        """Load a model folder; SentimentError when it is missing, damaged or not of ours."""
        manifest, tokenizer, graph = load_for_inference(folder)
        try:
            runtime = OnnxRuntime(graph)
        except SentimentError as error:
            raise SentimentError(f"model {folder}: {error}", "model") from None
        if runtime.width != len(manifest.labels):
            raise SentimentError(
                f"model {folder}: model.onnx answers {runtime.width} labels, "
                f"manifest.json names {len(manifest.labels)}; train it again",
                "model",
            )
        return cls(folder.resolve().name, manifest, tokenizer, runtime)

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in the order of the columns of probabilities."""
        return self.manifest.labels

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return what the model says of each text, in order."""
        return self._collect(self._submit(texts))

    def logits(self, rows: Sequence[Sequence[int]], batch_size: int = BATCH_SIZE) -> FloatMatrix:
        """Return what the network says of rows of token ids, none of them empty, in order."""
        return self._gather(self._run(Ragged.of(rows), batch_size), len(rows))

    def stream(
        self, windows: Iterable[Sequence[T]], text_of: Callable[[T], str | None]
    ) -> Iterator[tuple[Sequence[T], Scores]]:
        """Yield each window with its scores, in order, holding few windows in memory.

        A thread reads and tokenises the next windows while this one is answered.
        Where `text_of` gives None there is nothing to score: probabilities and logits are NaN.
        """

        def prepare(window: Sequence[T]) -> tuple[Sequence[T], list[int], _Pending]:
            texts = list(map(text_of, window))
            missing = [row for row, text in enumerate(texts) if text is None]
            return window, missing, self._submit([text or "" for text in texts])

        for window, missing, pending in ahead(windows, prepare, _AHEAD):
            scores = self._collect(pending)
            if missing:
                scores.probabilities[missing] = np.nan
                scores.logits[missing] = np.nan
            yield window, scores

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        # A hundredth of a second that only those who score in bulk should pay.
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(cores(), thread_name_prefix="network")

    def _submit(self, texts: Sequence[str]) -> "_Pending":
        once = dict.fromkeys(texts)
        if len(once) == len(texts):
            return self._submit_all(texts)
        # The same texts, as retweets are, are scored once in a window.
        numbers = {text: number for number, text in enumerate(once)}
        pending = self._submit_all(list(once))
        return replace(pending, places=np.array([numbers[text] for text in texts], np.intp))

    def _submit_all(self, texts: Sequence[str]) -> "_Pending":
        encoded = self.tokenizer.encode_all(texts)
        truncated = np.array(encoded.truncated, np.bool_)
        ragged = Ragged.of_bytes(encoded.flat, encoded.sizes)
        unknown = truncated
        if texts:
            unknown = np.logical_or.reduceat(ragged.flat == UNKNOWN, ragged.starts)
        wordless = ragged.flat[ragged.starts] == EMPTY
        return _Pending(self._run(ragged, BATCH_SIZE), truncated, ragged.lengths, unknown, wordless)

    def _run(self, ragged: Ragged, batch_size: int) -> list["_Batch"]:
        starts = ragged.starts

        def answer(rows: npt.NDArray[np.intp]) -> FloatMatrix:
            return self.runtime.run(*ragged.padded(rows, starts))

        batches = ragged.batches(batch_size)
        if len(ragged.lengths) <= batch_size:  # too little to be worth another thread
            return [(rows, partial(answer, rows)) for rows in batches]
        return [(rows, self._pool.submit(answer, rows).result) for rows in batches]

    def _gather(self, batches: Iterable["_Batch"], rows: int) -> FloatMatrix:
        logits = np.empty((rows, len(self.labels)), np.float32)
        for numbers, answer in batches:
            logits[numbers] = answer()
        return logits

    def _collect(self, pending: "_Pending") -> Scores:
        logits = self._gather(pending.batches, len(pending.truncated))
        probabilities = softmax(logits, self.manifest.temperature) if len(logits) else logits
        scores = Scores(
            probabilities,
            logits,
            pending.truncated,
            pending.lengths,
            pending.unknown,
            pending.wordless,
        )
        if pending.places is None:
            return scores
        return Scores._make(each[pending.places] for each in scores)


_Batch = tuple[npt.NDArray[np.intp], Callable[[], FloatMatrix]]
"""Numbers of rows, and what waits for what the network says of them."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """Batches of one window that are being run."""

    batches: list[_Batch]
    truncated: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.int32]
    unknown: npt.NDArray[np.bool_]
    wordless: npt.NDArray[np.bool_]
    places: npt.NDArray[np.intp] | None = None
    """Of each text asked for, which of these it is; None: they are the texts themselves."""


# Enough that sorting by length within it leaves little padding; few enough for memory.
WINDOW = 4096


class Sink(Protocol):
    """Takes records in order with what is answered and the scores it follows from."""

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Write or show one window."""


@dataclass(slots=True)
class Counts:
    """What there is to say after scoring."""

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
    """Score every record of the source into the sink, one out for each in, in order."""
    counts = Counts()
    for records, scores in predictor.stream(source.windows(WINDOW), attrgetter("text")):
        sink.take(records, decision.predicted(scores.probabilities, predictor.labels), scores)
        counts.records += len(records)
        unreadable = [record for record in records if record.text is None]
        counts.unreadable += len(unreadable)
        counts.first_unreadable = counts.first_unreadable or next(iter(unreadable), None)
        counts.truncated += int(scores.truncated.sum())
        # What could not be read has been scored as if it were empty.
        counts.wordless += int(scores.wordless.sum()) - len(unreadable)
        on_progress(counts.records)
    return counts
