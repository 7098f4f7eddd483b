"""A network in int8: a quarter of the size, faster in bulk, and checked against the fp32 one.

The weights are int8, and the activations are quantised by the range of each batch: in its third
decimal an answer depends on the texts that are scored with it.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.comparison import Peer
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.predictions import Evaluation
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.training.backend import require_onnx

PRECISION = "int8"
FEWEST_ROWS = 1_000
MOST_CHANGED = 0.003
MOST_ACCURACY_LOST = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Quantisation:
    """A model in int8, and how its answers changed on the rows it was checked on."""

    artifact: Artifact
    changed: float  # share of the rows with another answer
    largest: float  # the largest difference of a probability
    before: Evaluation
    after: Evaluation


def quantised(artifact: Artifact) -> Artifact:
    """Return the model with its graph in int8, without the metrics of the original."""
    if artifact.manifest.precision != "fp32":
        raise SentimentError(
            f"the model is in {artifact.manifest.precision} already; "
            "quantise the fp32 model it was made from"
        )
    manifest = replace(artifact.manifest, precision=PRECISION)
    return replace(artifact, manifest=manifest, graph=_int8(artifact.graph), metrics={})


class Original:
    """The model in fp32, as a peer of the one in int8 that keeps its probabilities."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._windows: list[FloatMatrix] = []

    def as_peer(self) -> Peer:
        """Return what is measured on the same rows."""
        return Peer(self._predictor.name, self._answered)

    def probabilities(self) -> FloatMatrix:
        """Return all probabilities so far, (rows, labels)."""
        return np.concatenate(self._windows)

    def _answered(self, texts: Sequence[str]) -> FloatMatrix:
        self._windows.append(self._predictor.scores(texts).probabilities)
        return self._windows[-1]


def checked(reduced: Artifact, measured: Measurement, original: Original) -> Quantisation:
    """Check what `quantised` made: `measured`, with the original as its peer.

    SentimentError when more answers change than MOST_CHANGED, or more accuracy is lost than
    MOST_ACCURACY_LOST, or the rows are too few to tell.
    """
    assert measured.comparison is not None
    before, after = measured.comparison.result, measured.evaluation
    old, new = original.probabilities(), measured.predictions.probabilities
    changed = float((old.argmax(axis=1) != new.argmax(axis=1)).mean())
    largest = float(np.abs(old - new).max())
    _require_little_change(before, after, changed)
    facts = measured.rows_facts() | {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "flipped": round(changed, 6),
        "largest_difference": round(largest, 4),
        "accuracy_before": before.accuracy.value,
        "accuracy_after": after.accuracy.value,
        "parent": measured.comparison.peer,
    }
    provenance = reduced.manifest.provenance | {"quantisation": facts}
    return Quantisation(
        replace(
            reduced,
            manifest=replace(reduced.manifest, provenance=provenance),
            metrics={"name": "check of the quantisation"}
            | measured.rows_facts()
            | after.to_json()
            | {"evaluations": []},
        ),
        changed,
        largest,
        before,
        after,
    )


def _require_little_change(before: Evaluation, after: Evaluation, changed: float) -> None:
    if before.rows < FEWEST_ROWS:
        raise SentimentError(
            f"{before.rows:,} rows are too few to check a quantisation; "
            f"give at least {FEWEST_ROWS:,}"
        )
    lost = before.accuracy.value - after.accuracy.value
    if changed > MOST_CHANGED or lost > MOST_ACCURACY_LOST:
        raise SentimentError(
            f"in int8 {changed:.2%} of the answers change and accuracy falls by {lost:.4f}; "
            f"at most {MOST_CHANGED:.1%} and {MOST_ACCURACY_LOST} are allowed: keep the fp32 model"
        )


def _int8(graph: bytes) -> bytes:
    require_onnx()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as name, _quiet():
        given, made = Path(name) / "fp32.onnx", Path(name) / "int8.onnx"
        given.write_bytes(graph)
        quantize_dynamic(given, made, weight_type=QuantType.QInt8)
        return made.read_bytes()


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide the quantiser's advice, which is about other kinds of graphs."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
