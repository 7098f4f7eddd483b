"""Training in one process: our input and loop beside what a notebook does, with the same network.

    python benchmarks/keras_training.py speed FILE [--rounds N] [--usual-rows N]
    python benchmarks/keras_training.py prepare FILE

FILE has columns label and text. `speed` prints as JSON what each round took; `prepare` makes all
that training needs in memory, and ends. Both are measured by speed_training.py.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.training.backend import require_tensorflow

require_tensorflow()

import keras  # noqa: E402
import numpy as np  # noqa: E402

from lstm_sentiment_cli.records.labelled import DataFile, read_examples  # noqa: E402
from lstm_sentiment_cli.text.tokenizer import Tokenizer  # noqa: E402
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, preset  # noqa: E402
from lstm_sentiment_cli.training.network import build, compile_for_training  # noqa: E402
from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS as LABELS  # noqa: E402
from lstm_sentiment_cli.training.targets import Encoded, training_batches  # noqa: E402

KNOBS = preset("seed").replaced({"vocabulary_size": 30_000, "batch_size": 2048})
USUAL_TOKENS, USUAL_BATCH = 40, 512


@dataclass(frozen=True, slots=True)
class Prepared:
    """What training is made of."""

    encoded: Encoded
    vocabulary: int
    seconds: float
    """How long the words took to be read and the texts to become ids."""


def prepared(file: Path) -> Prepared:
    """Read, fit the vocabulary and encode, as `train` does."""
    examples = read_examples([DataFile(file)], LABELS).examples
    started = time.perf_counter()
    tokenizer = Tokenizer.fit(
        (each.text for each in examples),
        vocabulary_size=KNOBS.vocabulary_size,
        min_count=KNOBS.min_count,
        max_tokens=KNOBS.max_tokens,
    )
    encoded = Encoded.of(examples, tokenizer, LABELS, 0.0)
    return Prepared(encoded, len(tokenizer.vocabulary), time.perf_counter() - started)


def network(knobs: Hyperparameters, vocabulary: int) -> keras.Model:
    """Return the reference network, compiled."""
    model = build(knobs, vocabulary, len(LABELS))
    compile_for_training(model, knobs)
    return model


def our_epoch(model: keras.Model, encoded: Encoded, epoch: int) -> float:
    """Learn an epoch as `train` does; return its seconds."""
    started = time.perf_counter()
    for batch in training_batches(encoded, KNOBS.batch_size, (1, epoch)):
        model.train_on_batch(batch.tokens, batch.targets, batch.weights)
    return time.perf_counter() - started


def input_alone(encoded: Encoded, epoch: int) -> float:
    """Make an epoch's batches and do nothing with them; return the seconds."""
    started = time.perf_counter()
    for _ in training_batches(encoded, KNOBS.batch_size, (1, epoch)):
        pass
    return time.perf_counter() - started


def usual_input(encoded: Encoded, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Pad the first rows to 40 tokens, as Keras' own function does unless told otherwise."""
    ids = np.split(encoded.rows.flat, np.cumsum(encoded.rows.lengths)[:-1])[:rows]
    return keras.utils.pad_sequences(ids, maxlen=USUAL_TOKENS), encoded.targets[:rows]


def usual_epoch(model: keras.Model, inputs: Sequence[np.ndarray]) -> float:
    """Learn an epoch with `fit`; return its seconds."""
    started = time.perf_counter()
    model.fit(*inputs, batch_size=USUAL_BATCH, epochs=1, verbose=0)
    return time.perf_counter() - started


def speed(file: Path, rounds: int, usual_rows: int) -> dict[str, Any]:
    """Return the seconds of each round of both ways, in turns; the first round warms up."""
    made = prepared(file)
    ours, usual = (network(KNOBS, made.vocabulary) for _ in range(2))
    inputs = usual_input(made.encoded, usual_rows)
    found = []
    for epoch in range(rounds + 1):
        seconds = {
            "ours": our_epoch(ours, made.encoded, epoch),
            "usual": usual_epoch(usual, inputs),
            "input": input_alone(made.encoded, epoch),
        }
        found.append(seconds)
    return {
        "prepared": made.seconds,
        "rows": len(made.encoded),
        "usual_rows": len(inputs[0]),
        "vocabulary": made.vocabulary,
        "batch": KNOBS.batch_size,
        "usual_batch": USUAL_BATCH,
        "usual_tokens": USUAL_TOKENS,
        "seconds": {name: [each[name] for each in found[1:]] for name in found[0]},
    }


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("speed", "prepare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--usual-rows", type=int, default=20_000)
    options = parser.parse_args()
    if options.command == "prepare":
        prepared(options.file)
    else:
        print(json.dumps(speed(options.file, options.rounds, options.usual_rows)))


if __name__ == "__main__":
    main()
