"""What the machine could do at most: the network's matrix products alone, on all cores.

    python benchmarks/limit.py [--model NAME] [--tokens N]

For each LSTM layer the products of a batch, one by one as a recurrence needs them, with nothing
between: no gates, no padding, no reading. N is how many tokens a text has on average.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported: one thread a core is ours

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, cores
from lstm_sentiment_cli.model.folder import read_manifest
from lstm_sentiment_cli.model.locations import find_model

_STEPS, _ROUNDS = 2000, 7


def products(units: int, inputs: int) -> None:
    """Multiply a batch of inputs and of states by a layer's kernels, step by step."""
    chance = np.random.default_rng(0)
    x, h, kernel, recurrent = (
        chance.standard_normal(shape, np.float32)
        for shape in (
            (BATCH_SIZE, inputs),
            (BATCH_SIZE, units),
            (inputs, 4 * units),
            (units, 4 * units),
        )
    )
    out = np.empty((BATCH_SIZE, 4 * units), np.float32)
    for _ in range(_STEPS):
        np.matmul(x, kernel, out=out)
        np.matmul(h, recurrent, out=out)


def seconds_of(layers: list[tuple[int, int]]) -> float:
    """Return how long every core takes for all layers' products."""
    started = time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        for _ in range(cores()):
            for units, inputs in layers:
                pool.submit(products, units, inputs)
    return time.perf_counter() - started


def main() -> None:
    """Print the rate of the products, and the texts a second that it allows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="default")
    parser.add_argument("--tokens", type=float, default=14.0)
    options = parser.parse_args()
    knobs = read_manifest(find_model(options.model)).hyperparameters
    widths = [knobs["embedding_units"], *knobs["lstm_units"]]  # type: ignore[misc]
    layers = [(units, inputs) for inputs, units in pairwise(widths)]
    of_a_token = sum(2 * 4 * units * (units + inputs) for units, inputs in layers)
    rates = [
        cores() * _STEPS * BATCH_SIZE * of_a_token / seconds_of(layers) / 1e9
        for _ in range(_ROUNDS)
    ]
    rate = statistics.median(rates)
    print(f"{of_a_token:,} FLOP a token")
    print(f"{rate:.0f} GFLOP/s ({min(rates):.0f} to {max(rates):.0f})")
    print(f"{rate * 1e9 / of_a_token / options.tokens:,.0f} texts/s of {options.tokens:g} tokens")


if __name__ == "__main__":
    main()
