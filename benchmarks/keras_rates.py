"""The other side of the throughput benchmark: keras.predict, fed with ready ids.

    python benchmarks/keras_rates.py MODEL.keras IDS.npz

Prints seconds as JSON: of the usual way, all rows padded to the longest, at most 40 tokens, and of
rows sorted by length, each group padded to its own longest. What is padded is ready before.
"""

import json
import sys
import time
from collections.abc import Sequence

import keras
import numpy as np
from keras_load import load

MOST_TOKENS = 40
BATCH = 512


def seconds(model: keras.Model, inputs: Sequence[np.ndarray]) -> float:
    """Return how long arrays of ids take, one after another; the first pass of each compiles."""
    for array in inputs:
        model.predict(array[:BATCH], batch_size=BATCH, verbose=0)
    started = time.perf_counter()
    for array in inputs:
        model.predict(array, batch_size=BATCH, verbose=0)
    return time.perf_counter() - started


def main() -> None:
    """Measure both ways and print the seconds."""
    model = load(sys.argv[1])
    with np.load(sys.argv[2]) as kept:
        rows = np.split(kept["flat"], np.cumsum(kept["lengths"])[:-1])
    padded = keras.utils.pad_sequences(
        rows, maxlen=min(MOST_TOKENS, max(map(len, rows))), padding="post", truncating="post"
    )
    rows.sort(key=len)
    groups = [rows[first : first + 4 * BATCH] for first in range(0, len(rows), 4 * BATCH)]
    grouped = [keras.utils.pad_sequences(group, padding="post") for group in groups]
    print(json.dumps({"padded": seconds(model, [padded]), "sorted": seconds(model, grouped)}))


if __name__ == "__main__":
    main()
