"""The network alone: ready token ids to logits, in the batches and on the cores of the program."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, Predictor, cores
from lstm_sentiment_cli.inference.runtime import Ids
from lstm_sentiment_cli.inference.score import WINDOW

Batches = Sequence[tuple[Ids, Ids]]
"""Ids, padded, and lengths, of each batch."""


def ready_batches(predictor: Predictor, texts: Iterable[str]) -> Batches:
    """Return the batches that the program makes of the texts."""
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
        # What is left is cancelled when an interrupt ends the loop.
        for _ in pool.map(lambda batch: predictor.runtime.run(*batch), batches):
            pass
        return time.perf_counter() - started
