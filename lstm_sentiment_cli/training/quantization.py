"""A network in int8: a quarter of the size and faster in bulk, checked against the fp32 one.

Weights are int8, and what flows between the layers is quantised by the range of each batch; so
an answer hangs in its third decimal on the texts that are scored beside it.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.predictions import Evaluation
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.training.backend import require_onnx

PRECISION = "int8"
FEWEST_ROWS = 1_000
MOST_FLIPPED = 0.003
MOST_ACCURACY_LOST = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Quantisation:
    """A model in int8, and what that did to the rows it was checked on."""

    artifact: Artifact
    flipped: float
    """Share of the rows that get another answer."""
    largest: float
    """Largest difference of a probability."""
    before: Evaluation
    after: Evaluation


def quantised(artifact: Artifact) -> Artifact:
    """Return the model with its graph in int8, its figures left out: they were another graph's."""
    if artifact.manifest.precision != "fp32":
        raise SentimentError(
            f"the model is in {artifact.manifest.precision} already; "
            "quantise the fp32 model it was made of"
        )
    manifest = replace(artifact.manifest, precision=PRECISION)
    return replace(artifact, manifest=manifest, graph=_int8(artifact.graph), metrics={})


def checked(reduced: Artifact, before: Measurement, after: Measurement) -> Quantisation:
    """Check what `quantised` made against the model in fp32, each measured on the same rows.

    SentimentError when more answers flip than MOST_FLIPPED, or more accuracy is lost than
    MOST_ACCURACY_LOST, or the rows are too few to tell.
    """
    old, new = before.predictions.probabilities, after.predictions.probabilities
    flipped = float((old.argmax(axis=1) != new.argmax(axis=1)).mean())
    largest = float(np.abs(old - new).max())
    _require_little_change(before.evaluation, after.evaluation, flipped)
    facts = after.rows_facts() | {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "flipped": round(flipped, 6),
        "largest_difference": round(largest, 4),
        "accuracy_before": before.evaluation.accuracy.value,
        "accuracy_after": after.evaluation.accuracy.value,
        "parent": before.model,
    }
    provenance = reduced.manifest.provenance | {"quantisation": facts}
    figures = after.evaluation.to_json() | {"evaluations": []}
    return Quantisation(
        replace(
            reduced,
            manifest=replace(reduced.manifest, provenance=provenance),
            metrics={"name": "check of the quantisation"} | after.rows_facts() | figures,
        ),
        flipped,
        largest,
        before.evaluation,
        after.evaluation,
    )


def _require_little_change(before: Evaluation, after: Evaluation, flipped: float) -> None:
    if before.rows < FEWEST_ROWS:
        raise SentimentError(
            f"{before.rows:,} rows are too few to check a quantisation; "
            f"give at least {FEWEST_ROWS:,}"
        )
    lost = before.accuracy.value - after.accuracy.value
    if flipped > MOST_FLIPPED or lost > MOST_ACCURACY_LOST:
        raise SentimentError(
            f"in int8 {flipped:.2%} of the answers flip and accuracy falls by {lost:.4f}; "
            f"at most {MOST_FLIPPED:.1%} and {MOST_ACCURACY_LOST} are taken: keep the fp32 model"
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
    """Keep the quantiser's advice from users: it speaks of graphs of other kinds."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
