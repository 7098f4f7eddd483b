"""The same network in Keras, as the other side of the start and throughput benchmarks.

    python benchmarks/keras_side.py save MODEL_FOLDER OUTPUT.keras
    python benchmarks/keras_side.py predict MODEL.keras ID [ID ...]
    python benchmarks/keras_side.py rates MODEL.keras IDS.npz

`save` writes a model folder's network as Keras does. `predict` loads and asks it, as a process to
be timed. `rates` feeds keras.predict with ids and prints seconds as JSON: of the usual way, all
rows padded to the longest, at most 40 tokens, and of rows sorted by length, each group padded to
its own longest; padding is done before.
"""

import json
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MOST_TOKENS = 40
BATCH = 512


def save(folder: str, output: str) -> None:
    """Save the network of a model folder as Keras does."""
    from lstm_sentiment_cli.training.backend import require_tensorflow

    require_tensorflow()
    from lstm_sentiment_cli.model.folder import load_artifact
    from lstm_sentiment_cli.training.export import from_graph
    from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
    from lstm_sentiment_cli.training.network import build, write_weights

    artifact = load_artifact(Path(folder))
    knobs = Hyperparameters().replaced(artifact.manifest.hyperparameters)
    model = build(knobs, len(artifact.tokenizer.vocabulary), len(artifact.manifest.labels))
    write_weights(model, from_graph(artifact.graph))
    model.save(output)


def predict(path: str, *ids: str) -> None:
    """Print the probabilities of one text."""
    import numpy as np

    print(_load(path).predict(np.array([ids], np.int32), verbose=0)[0])


def rates(path: str, ids: str) -> None:
    """Measure both ways and print the seconds."""
    import keras
    import numpy as np

    model = _load(path)
    with np.load(ids) as kept:
        rows = np.split(kept["flat"], np.cumsum(kept["lengths"])[:-1])
    longest = min(MOST_TOKENS, max(map(len, rows)))
    padded = keras.utils.pad_sequences(rows, maxlen=longest, padding="post", truncating="post")
    rows.sort(key=len)
    groups = [rows[first : first + 4 * BATCH] for first in range(0, len(rows), 4 * BATCH)]
    grouped = [keras.utils.pad_sequences(group, padding="post") for group in groups]
    print(json.dumps({"padded": _seconds(model, [padded]), "sorted": _seconds(model, grouped)}))


def _seconds(model: Any, inputs: Sequence[Any]) -> float:
    """Return how long arrays of ids take, one after another; the first pass of each compiles."""
    for array in inputs:
        model.predict(array[:BATCH], batch_size=BATCH, verbose=0)
    started = time.perf_counter()
    for array in inputs:
        model.predict(array, batch_size=BATCH, verbose=0)
    return time.perf_counter() - started


def _load(path: str) -> Any:
    """Load a saved network; only one with a layer of ours imports the package."""
    import keras

    with zipfile.ZipFile(path) as file:
        has_pooling = b'"Pooling"' in file.read("config.json")
    custom = {"Pooling": _pooling()} if has_pooling else None
    return keras.saving.load_model(path, compile=False, custom_objects=custom)


def _pooling() -> type[Any]:
    from lstm_sentiment_cli.training import network

    # Of the same name: Keras finds a layer's weights by that of its class.
    class Pooling(network.Pooling):
        """The layer, which also takes what Keras saves of every layer."""

        def __init__(self, ways: list[str], **_of_every_layer: Any) -> None:
            super().__init__(ways)

    return Pooling


if __name__ == "__main__":
    {"save": save, "predict": predict, "rates": rates}[sys.argv[1]](*sys.argv[2:])
