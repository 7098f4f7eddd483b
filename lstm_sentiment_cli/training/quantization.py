"""A network in int8: a quarter of the size, faster in bulk, and checked against the fp32 one.

The weights are int8, and the activations are quantised by the range of each batch: in its third
decimal an answer depends on the texts that are scored with it.
"""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lstm_sentiment_cli.atomic import temporary_files
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.training.backend import require_onnx

FEWEST_ROWS = 1_000
MOST_CHANGED = 0.003
MOST_ACCURACY_LOST = 0.001


def quantised(artifact: Artifact) -> Artifact:
    """Return the model with its graph in int8, without the metrics of the original."""
    if artifact.manifest.precision != "fp32":
        raise SentimentError(
            f"the model is already in {artifact.manifest.precision}; "
            "quantise the fp32 model it was made from"
        )
    manifest = replace(artifact.manifest, precision="int8")
    return replace(artifact, manifest=manifest, graph=_int8(artifact.graph), metrics={})


def checked(reduced: Artifact, measured: Measurement, original: Sequence[FloatMatrix]) -> Artifact:
    """Check what `quantised` made, and return it with the figures of the check.

    It was `measured` with the original as its peer, which gave these probabilities. SentimentError
    when more answers change than MOST_CHANGED, or more accuracy is lost than MOST_ACCURACY_LOST, or
    the rows are too few to tell.
    """
    assert measured.comparison is not None
    before, after = measured.comparison.result, measured.evaluation
    if before.rows < FEWEST_ROWS:
        raise SentimentError(
            f"too few rows to check a quantisation: {before.rows:,}; give at least {FEWEST_ROWS:,}"
        )
    old, new = np.concatenate(original), measured.predictions.probabilities
    changed = float((old.argmax(axis=1) != new.argmax(axis=1)).mean())
    lost = before.metrics["accuracy"].value - after.metrics["accuracy"].value
    if changed > MOST_CHANGED or lost > MOST_ACCURACY_LOST:
        raise SentimentError(
            f"in int8 {changed:.2%} of the answers change and accuracy falls by {lost:.4f}; "
            f"at most {MOST_CHANGED:.1%} and {MOST_ACCURACY_LOST} are allowed: keep the fp32 model"
        )
    rows = measured.rows_facts()
    facts = rows | {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "flipped": round(changed, 6),
        "largest_difference": round(float(np.abs(old - new).max()), 4),
        "accuracy_before": before.metrics["accuracy"].value,
        "accuracy_after": after.metrics["accuracy"].value,
        "parent": measured.comparison.peer,
    }
    provenance = reduced.manifest.provenance | {"quantisation": facts}
    name = {"name": "check of the quantisation"}
    return replace(
        reduced,
        manifest=replace(reduced.manifest, provenance=provenance),
        metrics=name | rows | after.to_json() | {"evaluations": []},
    )


def _int8(graph: bytes) -> bytes:
    require_onnx()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # The quantiser's advice is about other kinds of graphs.
    logging.disable(logging.WARNING)
    try:
        with temporary_files(), tempfile.TemporaryDirectory() as name:
            given, made = Path(name) / "fp32.onnx", Path(name) / "int8.onnx"
            given.write_bytes(graph)
            quantize_dynamic(given, made, weight_type=QuantType.QInt8)
            return made.read_bytes()
    finally:
        logging.disable(logging.NOTSET)
