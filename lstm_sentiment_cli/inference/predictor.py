"""Texts to probabilities: tokenise, sort by length, run in batches, restore the order."""

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.runtime import (
    LARGEST_LOGIT,
    FloatMatrix,
    Ids,
    OnnxRuntime,
    Ragged,
    Runtime,
    softmax,
)
from lstm_sentiment_cli.model.folder import load_for_inference
from lstm_sentiment_cli.model.manifest import REMEDY, Manifest
from lstm_sentiment_cli.records.record import Record, texts_of
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN, Tokenizer

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from lstm_sentiment_cli.records.reader import RecordReader

Bools = npt.NDArray[np.bool_]


class Scores(NamedTuple):
    """The output of a model for n texts, in their order."""

    probabilities: FloatMatrix  # (n, labels), rows sum to 1
    logits: FloatMatrix  # (n, labels), before the temperature
    truncated: Bools  # (n,): the text is longer than the model reads
    lengths: Ids  # (n,): tokens that were read
    unknown: Bools  # (n,): some of them are unknown words
    wordless: Bools  # (n,): the text has no tokens


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


BATCH_SIZE = 128
# Windows that are read and tokenised ahead of the one being written.
_AHEAD = 3


def cores() -> int:
    """Return how many cores this process may use."""
    # In a container these may be fewer than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, repr=False)
class Predictor:
    """A tokeniser, a network and its temperature: everything a prediction needs."""

    name: str
    manifest: Manifest
    tokenizer: Tokenizer
    runtime: Runtime
    threads: int | None = None  # that run the network; None: one per core

    @classmethod
    def load(cls, folder: Path, threads: int | None = None) -> "Predictor":
        """Load a model folder; SentimentError if it is missing, damaged or not a model of ours."""
        manifest, tokenizer, graph = load_for_inference(folder)
        try:
            runtime = OnnxRuntime(graph)
        except SentimentError as error:
            raise SentimentError(f"model {folder}: {error}; {REMEDY}", "model") from None
        if runtime.width != len(manifest.labels):
            raise SentimentError(
                f"model {folder}: model.onnx has {runtime.width} labels, manifest.json has "
                f"{len(manifest.labels)}; train the model again",
                "model",
            )
        return cls(folder.resolve().name, manifest, tokenizer, runtime, threads)

    def __repr__(self) -> str:
        return f"Predictor({self.name!r}, labels={self.labels})"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of probabilities."""
        return self.manifest.labels

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the scores of texts, in their order."""
        return self._submit(texts)()

    def logits(self, rows: Sequence[Sequence[int]], batch_size: int = BATCH_SIZE) -> FloatMatrix:
        """Return the logits of rows of token ids, none of them empty, in order."""
        return self._run(Ragged.of(rows), batch_size)()

    def check(self) -> None:
        """Answer each word of the vocabulary; SentimentError where the network has no answer."""
        known = range(len(self.tokenizer.vocabulary))
        self.logits([known[: self.tokenizer.max_tokens]])
        for start in range(0, len(known), WINDOW):
            self.logits([[word] for word in known[start : start + WINDOW]])

    def stream(
        self,
        windows: Iterable[Sequence[T]],
        texts_in: Callable[[Sequence[T]], Sequence[str | None]],
    ) -> Iterator[tuple[Sequence[T], Scores]]:
        """Yield each window with its scores, in order, holding few windows in memory.

        A thread reads and tokenises the next windows while this one is scored. `texts_in` gives
        the texts of a window; where one is None there is nothing to score: probabilities and
        logits are NaN.
        """

        def prepare(window: Sequence[T]) -> tuple[Sequence[T], list[int], Callable[[], Scores]]:
            texts = texts_in(window)
            missing = [row for row, text in enumerate(texts) if text is None]
            return window, missing, self._submit([text or "" for text in texts])

        for window, missing, wait in ahead(windows, prepare, _AHEAD):
            scores = wait()
            if missing:
                scores.probabilities[missing] = np.nan
                scores.logits[missing] = np.nan
            yield window, scores

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        # Costs a hundredth of a second, which only bulk scoring should pay.
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self.threads or cores(), thread_name_prefix="network")

    def _submit(self, texts: Sequence[str]) -> Callable[[], Scores]:
        """Begin to score texts, and return a function that waits for their scores."""
        # Equal texts, such as retweets, are scored once in a window.
        once, places = dict.fromkeys(texts), None
        if len(once) < len(texts):
            numbers = {text: number for number, text in enumerate(once)}
            places = np.array([numbers[text] for text in texts], np.intp)
            texts = list(once)
        encoded = self.tokenizer.encode_all(texts)
        truncated = np.array(encoded.truncated, np.bool_)
        ragged = Ragged.of_bytes(encoded.flat, encoded.sizes)
        starts, unknown = ragged.starts, truncated
        if texts:
            unknown = np.logical_or.reduceat(ragged.flat == UNKNOWN, starts)
        wordless = ragged.flat[starts] == EMPTY
        wait = self._run(ragged, BATCH_SIZE)

        def scores() -> Scores:
            logits = wait()
            probabilities = softmax(logits, self.manifest.temperature) if len(logits) else logits
            found = Scores(probabilities, logits, truncated, ragged.lengths, unknown, wordless)
            return found if places is None else Scores._make(each[places] for each in found)

        return scores

    def _run(self, ragged: Ragged, batch_size: int) -> Callable[[], FloatMatrix]:
        """Begin to run rows of ids, and return a function that waits for their logits."""
        starts, batches = ragged.starts, list(ragged.batches(batch_size))

        def answer(rows: npt.NDArray[np.intp]) -> FloatMatrix:
            try:
                return self.runtime.run(*ragged.padded(rows, starts))
            except SentimentError as error:
                raise SentimentError(f"model {self.name}: {error}; {REMEDY}", "model") from None

        answers: list[Callable[[], FloatMatrix]]
        if len(batches) > 1:
            answers = [self._pool.submit(answer, rows).result for rows in batches]
        else:  # too few to be worth another thread
            answers = [partial(answer, rows) for rows in batches]

        def logits() -> FloatMatrix:
            found = np.empty((len(ragged.lengths), len(self.labels)), np.float32)
            for rows, wait in zip(batches, answers, strict=True):
                found[rows] = wait()
            if not np.abs(found).max(initial=0) < LARGEST_LOGIT:  # of NaN nothing is true
                raise SentimentError(
                    f"model {self.name}: the network answers NaN or infinity; {REMEDY}", "model"
                )
            return found

        return logits


# Large enough that sorting by length leaves little padding, small enough for memory.
WINDOW = 4096


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
    for records, scores in predictor.stream(source.windows(WINDOW), texts_of):
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
