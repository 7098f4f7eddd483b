"""The network alone: ready token ids to logits, in the batches and on the threads of Predictor."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

from lstm_sentiment_cli.benchmarking.machine import cores
from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, Predictor
from lstm_sentiment_cli.inference.runtime import Ids, Runtime
from lstm_sentiment_cli.inference.score import WINDOW

Batches = Sequence[tuple[Ids, Ids]]
"""Ids, padded, and lengths, of each."""


def ready_batches(predictor: Predictor, texts: Iterable[str]) -> Batches:
    """Make the batches that the program makes of texts, which is not measured."""
    given = iter(texts)
    found = []
    while window := list(islice(given, WINDOW)):
        ragged = Ragged.of([predictor.tokenizer.encode(text).ids for text in window])
        starts = ragged.starts
        found += [ragged.padded(rows, starts) for rows in ragged.batches(BATCH_SIZE)]
    return found


def seconds_of_network(predictor: Predictor, batches: Batches) -> float:
    """Return how long the network takes for all of them on all cores."""
    with ThreadPoolExecutor(cores()) as pool:
        started = time.perf_counter()
        for _ in pool.map(lambda batch: predictor.runtime.run(*batch), batches):
            pass
        return time.perf_counter() - started


class _Counting:
    """A runtime that counts the rows it is given."""

    def __init__(self, runtime: Runtime) -> None:
        self.rows = 0
        self._runtime = runtime

    def run(self, tokens: Ids, lengths: Ids) -> FloatMatrix:
        """Count, and run."""
        self.rows += len(lengths)
        return self._runtime.run(tokens, lengths)


def scores_once(predictor: Predictor, text: str) -> bool:
    """Return whether texts that are the same go through the network once."""
    counting = _Counting(predictor.runtime)
    replace(predictor, runtime=counting).scores([text] * BATCH_SIZE)
    return counting.rows < BATCH_SIZE
