"""Texts to probabilities: tokenise, sort by length, run in batches, restore the order."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
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
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN, Tokenizer

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


Bools = npt.NDArray[np.bool_]


class Scores(NamedTuple):
    """The output of a model for n texts, in their order."""

    probabilities: FloatMatrix  # (n, labels), rows sum to 1
    logits: FloatMatrix  # (n, labels), before the temperature
    truncated: Bools  # (n,): the text is longer than the model reads
    lengths: Ids  # (n,): tokens that were read
    unknown: Bools  # (n,): some of them are unknown words
    wordless: Bools  # (n,): the text has no tokens


BATCH_SIZE = 128
# Large enough that sorting by length leaves little padding, small enough for memory.
WINDOW = 4096


def cores() -> int:
    """Return how many cores this process may use."""
    # In a container these may be fewer than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def bulk_processes() -> int:
    """Return how many processes a long input is worth, beside this one.

    On two cores, threads are nearly as fast, and need two thirds of the memory.
    """
    return cores() if cores() > 2 else 0


@dataclass(frozen=True, repr=False)
class Predictor:
    """A tokeniser, a network and its temperature: everything a prediction needs."""

    name: str
    manifest: Manifest
    tokenizer: Tokenizer
    runtime: Runtime
    threads: int | None = None  # that run the network; None: one per core
    folder: Path | None = None
    children: int = 0  # processes that `stream` starts for a long input

    @classmethod
    def load(cls, folder: Path, threads: int | None = None, children: int = 0) -> "Predictor":
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
        folder = folder.resolve()
        return cls(folder.name, manifest, tokenizer, runtime, threads, folder, children)

    def __repr__(self) -> str:
        return f"Predictor({self.name!r}, labels={self.labels})"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of probabilities."""
        return self.manifest.labels

    def scores(self, texts: Sequence[str]) -> Scores:
        """Return the scores of texts, in their order."""
        return self.submit(texts)()

    def logits(self, rows: Sequence[Sequence[int]], batch_size: int = BATCH_SIZE) -> FloatMatrix:
        """Return the logits of rows of token ids, none of them empty, in order."""
        return self._run(Ragged.of(rows), batch_size)()

    def check(self) -> None:
        """Answer each word of the vocabulary; SentimentError where the network has no answer."""
        known = range(len(self.tokenizer.vocabulary))
        self.logits([known[: self.tokenizer.max_tokens]])
        for start in range(0, len(known), WINDOW):
            self.logits([[word] for word in known[start : start + WINDOW]])

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        # Costs a hundredth of a second, which only bulk scoring should pay.
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(self.threads or cores(), thread_name_prefix="network")

    def submit(self, texts: Sequence[str]) -> Callable[[], Scores]:
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
