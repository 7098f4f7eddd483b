"""Examples as arrays, and the batches of an epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.runtime import Ids
from lstm_sentiment_cli.records.examples import Example
from lstm_sentiment_cli.text.tokenizer import RESERVED, UNKNOWN, Tokenizer

# Batches whose examples are sorted by length together: enough that little is padded, and few
# enough that the same texts seldom meet again in the next epoch.
_BATCHES_SORTED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Encoded:
    """Examples as ids, what is to be learnt of them, and how much each counts."""

    rows: Ragged
    gold: npt.NDArray[np.int64]  # (examples,)
    weights: npt.NDArray[np.float32]  # (examples,)
    targets: FloatMatrix  # (examples, labels): one-hot, or what teachers make of it

    @classmethod
    def of(
        cls, examples: Sequence[Example], tokenizer: Tokenizer, labels: Sequence[str]
    ) -> "Encoded":
        """Tokenise examples; every label must be one of `labels`."""
        index = {label: position for position, label in enumerate(labels)}
        gold = np.fromiter((index[example.label] for example in examples), np.int64, len(examples))
        return cls(
            Ragged.of([tokenizer.encode(example.text).ids for example in examples]),
            gold,
            np.fromiter((example.weight for example in examples), np.float32, len(examples)),
            np.eye(len(labels), dtype=np.float32)[gold],
        )

    def __len__(self) -> int:
        return len(self.gold)


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's input."""

    tokens: Ids  # (batch, longest), right-padded with 0
    targets: FloatMatrix  # (batch, labels), each row's sum is 1
    weights: npt.NDArray[np.float32]  # (batch,)


def training_batches(
    encoded: Encoded, size: int, seed: tuple[int, int], word_dropout: float = 0.0
) -> Iterator[Batch]:
    """Yield an epoch's batches of similar lengths, in an order drawn from (seed, epoch).

    `word_dropout` is the share of words that are unknown in it (Iyyer et al. 2015): they teach
    what an unknown word means, and not to hang on a single one.
    """
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(encoded))
    together = size * _BATCHES_SORTED_TOGETHER
    batches: list[npt.NDArray[np.intp]] = []
    for start in range(0, len(order), together):
        chunk = order[start : start + together]
        chunk = chunk[np.argsort(encoded.rows.lengths[chunk], kind="stable")]
        batches += [chunk[first : first + size] for first in range(0, len(chunk), size)]
    starts = encoded.rows.starts
    for number in chance.permutation(len(batches)):
        rows = batches[number]
        tokens = encoded.rows.padded(rows, starts)[0]
        if word_dropout:
            dropped = (chance.random(tokens.shape) < word_dropout) & (tokens >= len(RESERVED))
            tokens[dropped] = UNKNOWN
        yield Batch(tokens, encoded.targets[rows], encoded.weights[rows])
