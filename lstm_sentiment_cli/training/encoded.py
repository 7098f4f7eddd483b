"""Examples as arrays, and the batches of an epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.runtime import Ids
from lstm_sentiment_cli.records.examples import Example
from lstm_sentiment_cli.text.tokenizer import Tokenizer

# Batches whose examples are sorted by length together: enough that little is padded, and few
# enough that the same texts seldom meet again in the next epoch.
_BATCHES_SORTED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Encoded:
    """Examples as ids, one-hot targets and weights."""

    rows: Ragged
    gold: npt.NDArray[np.int64]  # (examples,)
    weights: npt.NDArray[np.float32]  # (examples,)

    @classmethod
    def of(
        cls, examples: Sequence[Example], tokenizer: Tokenizer, labels: Sequence[str]
    ) -> "Encoded":
        """Tokenise examples; every label must be one of `labels`."""
        index = {label: position for position, label in enumerate(labels)}
        return cls(
            Ragged.of([tokenizer.encode(example.text).ids for example in examples]),
            np.fromiter((index[example.label] for example in examples), np.int64, len(examples)),
            np.fromiter((example.weight for example in examples), np.float32, len(examples)),
        )

    def __len__(self) -> int:
        return len(self.gold)


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's input."""

    tokens: Ids  # (batch, longest), right-padded with 0
    targets: FloatMatrix  # (batch, labels), one-hot
    weights: npt.NDArray[np.float32]  # (batch,)


def training_batches(
    encoded: Encoded, labels: int, size: int, seed: tuple[int, int]
) -> Iterator[Batch]:
    """Yield an epoch's batches of similar lengths, in an order drawn from (seed, epoch)."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(encoded))
    together = size * _BATCHES_SORTED_TOGETHER
    batches: list[npt.NDArray[np.intp]] = []
    for start in range(0, len(order), together):
        chunk = order[start : start + together]
        chunk = chunk[np.argsort(encoded.rows.lengths[chunk], kind="stable")]
        batches += [chunk[first : first + size] for first in range(0, len(chunk), size)]
    starts = encoded.rows.starts
    identity = np.eye(labels, dtype=np.float32)
    for number in chance.permutation(len(batches)):
        rows = batches[number]
        yield Batch(
            encoded.rows.padded(rows, starts)[0],
            identity[encoded.gold[rows]],
            encoded.weights[rows],
        )
