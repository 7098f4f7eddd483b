"""What a network learns from: examples as ids, with labels and probabilities as their targets.

G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", 2015: the answer of
a better classifier is a better target than a label, and a small network can learn it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix, Ids, OnnxRuntime, Ragged, softmax
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.synthetic import synthetic_tweets
from lstm_sentiment_cli.text.tokenizer import RESERVED, UNKNOWN, Tokenizer
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

# Batches whose examples are sorted by length together: enough that there is little padding, and few
# enough that the same texts seldom meet again in the next epoch.
_BATCHES_SORTED_TOGETHER = 50


def encoded_texts(texts: Sequence[str], tokenizer: Tokenizer) -> Ragged:
    """Return texts as rows of ids."""
    encoded = tokenizer.encode_all(texts)
    return Ragged.of_bytes(encoded.flat, encoded.sizes)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Examples as ids, their targets, and how much each counts."""

    rows: Ragged
    gold: npt.NDArray[np.int64]  # (examples,)
    weights: npt.NDArray[np.float32]  # (examples,)
    targets: FloatMatrix  # (examples, labels): one-hot, probabilities, or a mixture
    vocabulary_size: int
    """Words that the tokeniser has, which in small data are fewer than the hyperparameter says."""

    @classmethod
    def of(
        cls,
        examples: Sequence[Example],
        tokenizer: Tokenizer,
        labels: Sequence[str],
        teacher_share: float,
    ) -> "Encoded":
        """Tokenise examples; every label must be one of `labels`.

        `teacher_share` is the weight of probabilities beside a label that was given; without one
        they are the target.
        """
        index = {label: position for position, label in enumerate(labels)}
        gold = np.fromiter((index[example.label] for example in examples), np.int64, len(examples))
        targets = np.eye(len(labels), dtype=np.float32)[gold]
        taught = [row for row, example in enumerate(examples) if example.probabilities]
        answers = np.frombuffer(b"".join(examples[row].probabilities for row in taught), "<f4")
        shares = [teacher_share if examples[row].labelled else 1.0 for row in taught]
        share = np.array(shares, np.float32)[:, None]
        targets[taught] = share * answers.reshape(-1, len(labels)) + (1 - share) * targets[taught]
        return cls(
            encoded_texts([example.text for example in examples], tokenizer),
            gold,
            np.fromiter((example.weight for example in examples), np.float32, len(examples)),
            targets,
            len(tokenizer.vocabulary),
        )

    def __len__(self) -> int:
        return len(self.gold)


@dataclass(frozen=True, slots=True)
class Batch:
    """The input of one step."""

    tokens: Ids  # (batch, longest), right-padded with 0
    targets: FloatMatrix  # (batch, labels), each row sums to 1
    weights: npt.NDArray[np.float32]  # (batch,)


def training_batches(
    encoded: Encoded, size: int, seed: tuple[int, int], word_dropout: float = 0.0
) -> Iterator[Batch]:
    """Yield an epoch's batches of similar lengths, in an order drawn from (seed, epoch).

    `word_dropout` is the share of words that become unknown in this epoch (Iyyer et al. 2015): they
    teach what an unknown word means, and not to depend on a single one.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(encoded))
    together = size * _BATCHES_SORTED_TOGETHER
    batches: list[npt.NDArray[np.intp]] = []
    for start in range(0, len(order), together):
        chunk = order[start : start + together]
        chunk = chunk[np.argsort(encoded.rows.lengths[chunk], kind="stable")]
        batches += [chunk[first : first + size] for first in range(0, len(chunk), size)]
    starts = encoded.rows.starts
    for number in random.permutation(len(batches)):
        rows = batches[number]
        tokens = encoded.rows.padded(rows, starts)[0]
        if word_dropout:
            dropped = (random.random(tokens.shape) < word_dropout) & (tokens >= len(RESERVED))
            tokens[dropped] = UNKNOWN
        yield Batch(tokens, encoded.targets[rows], encoded.weights[rows])


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model that a training starts from."""

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


def rehearsed(parent: NamedModel, hyperparameters: Hyperparameters) -> list[Example]:
    """Return made-up texts as a model answers them: who learns them too forgets less of it.

    A. Robins, "Catastrophic forgetting, rehearsal and pseudorehearsal", Connection Science 7
    (1995). Their words are drawn as often as in tweets, so no text that it learnt is needed.
    """
    words = parent.artifact.tokenizer.vocabulary[len(RESERVED) :]
    if not hyperparameters.rehearsal or not words:
        return []
    texts = synthetic_tweets(words, hyperparameters.rehearsal, seed=hyperparameters.seed)
    predictor = predictor_of(parent.name, parent.artifact)
    # Without the temperature, which the network that learns them does not have.
    answers = softmax(predictor.scores(texts).logits)
    labels = [predictor.labels[place] for place in answers.argmax(axis=1).tolist()]
    packed = (row.astype("<f4").tobytes() for row in answers)
    return [
        Example(text, label, 1.0, probabilities, labelled=False)
        for text, label, probabilities in zip(texts, labels, packed, strict=True)
    ]


def predictor_of(name: str, artifact: Artifact) -> Predictor:
    """Return a predictor of a model in memory."""
    return Predictor(name, artifact.manifest, artifact.tokenizer, OnnxRuntime(artifact.graph))
