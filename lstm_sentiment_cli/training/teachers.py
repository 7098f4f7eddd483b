"""Models that a network learns from, beside the labels or where there are none.

G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", 2015: what several
networks say on average is a better target than a label, and one network can learn it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import OnnxRuntime
from lstm_sentiment_cli.model.artifact import Artifact
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.encoded import Encoded


@dataclass(frozen=True, slots=True)
class Named:
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
            "go on from the fp32 model it was made of"
        )


def check_teachers(teachers: Sequence[Named], labels: Sequence[str]) -> None:
    """Raise SentimentError for a teacher that knows other labels than are to be learnt."""
    for teacher in teachers:
        its = teacher.artifact.manifest.labels
        if set(its) != set(labels):
            raise SentimentError(
                f"the teacher {teacher.name} answers {', '.join(its)}, to be learnt are "
                f"{', '.join(labels)}; choose a teacher of the same labels"
            )


def taught(
    encoded: Encoded,
    texts: Texts,
    teachers: Sequence[Named],
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


def _mean(teachers: Sequence[Named], labels: Sequence[str], texts: Sequence[str]) -> FloatMatrix:
    """Return the mean of the teachers' probabilities (texts, labels), columns as in `labels`."""
    total = np.zeros((len(texts), len(labels)), np.float32)
    for name, artifact in ((each.name, each.artifact) for each in teachers):
        runtime = OnnxRuntime(artifact.graph)
        predictor = Predictor(name, artifact.manifest, artifact.tokenizer, runtime)
        columns = [predictor.labels.index(label) for label in labels]
        total += predictor.scores(texts).probabilities[:, columns]
    total /= len(teachers)
    return total
