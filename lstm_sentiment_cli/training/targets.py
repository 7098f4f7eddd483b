"""Models that a network learns from, beside the labels or where there are none.

G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", 2015: what several
networks say on average is a better target than a label, and one network can learn it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix, Ids, OnnxRuntime, Ragged
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.records.labelled import Example
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


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model that a training begins from or learns from."""

    name: str
    artifact: Artifact

    def digest(self) -> str:
        """Return the sha256 of its graph: whether it is the same network."""
        return hashlib.sha256(self.artifact.graph).hexdigest()

    def facts(self) -> dict[str, object]:
        """Return what the provenance of another model says of this one."""
        manifest = self.artifact.manifest
        return {
            "name": self.name,
            "labels": list(manifest.labels),
            "fingerprint": manifest.provenance.get("fingerprint"),
        }


@dataclass(frozen=True, slots=True)
class Texts:
    """What teachers are asked, and how the network to be taught reads it."""

    labelled: Sequence[str]
    unlabelled: Sequence[str]
    tokenizer: Tokenizer


def require_fp32(parent: Artifact) -> None:
    """Raise SentimentError for a model that cannot be gone on from."""
    if parent.manifest.precision != "fp32":
        raise SentimentError(
            f"--from needs a model in fp32, this one is in {parent.manifest.precision}; "
            "go on from the fp32 model it was made of",
            "from",
        )


def check_teachers(teachers: Sequence[NamedModel], labels: Sequence[str]) -> None:
    """Raise SentimentError for a teacher that knows other labels than are to be learnt."""
    for teacher in teachers:
        its = teacher.artifact.manifest.labels
        if set(its) != set(labels):
            raise SentimentError(
                f"the teacher {teacher.name} answers {', '.join(its)}, to be learnt are "
                f"{', '.join(labels)}; choose a teacher of the same labels",
                "teacher",
            )


def distilled(
    encoded: Encoded,
    texts: Texts,
    teachers: Sequence[NamedModel],
    labels: Sequence[str],
    share: float,
) -> Encoded:
    """Give examples the targets that their labels and the teachers agree on, by `share`.

    The labelled texts are those of `encoded`; the others come behind them, and have of each label
    what the teachers say.
    """
    said = _mean(teachers, labels, [*texts.labelled, *texts.unlabelled])
    count = len(texts.labelled)
    mixed = (1 - share) * encoded.targets + share * said[:count]
    more = Ragged.of([texts.tokenizer.encode(text).ids for text in texts.unlabelled])
    targets = np.concatenate([mixed, said[count:]]).astype(np.float32)
    return Encoded(
        Ragged(
            np.concatenate([encoded.rows.flat, more.flat]),
            np.concatenate([encoded.rows.lengths, more.lengths]),
        ),
        np.concatenate([encoded.gold, targets[count:].argmax(axis=1)]),
        np.concatenate([encoded.weights, np.ones(len(more.lengths), np.float32)]),
        targets,
    )


def _mean(
    teachers: Sequence[NamedModel], labels: Sequence[str], texts: Sequence[str]
) -> FloatMatrix:
    """Return the mean of the teachers' probabilities (texts, labels), columns as in `labels`."""
    total = np.zeros((len(texts), len(labels)), np.float32)
    for name, artifact in ((each.name, each.artifact) for each in teachers):
        runtime = OnnxRuntime(artifact.graph)
        predictor = Predictor(name, artifact.manifest, artifact.tokenizer, runtime)
        columns = [predictor.labels.index(label) for label in labels]
        total += predictor.scores(texts).probabilities[:, columns]
    total /= len(teachers)
    return total
