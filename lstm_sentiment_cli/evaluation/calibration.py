"""One number that makes a trained network's probabilities honest."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.metrics import ROW_METRICS, IntVector, log_losses
from lstm_sentiment_cli.evaluation.predictions import Evaluation, evaluate_predictions
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix, softmax
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.model.manifest import Manifest

FEWEST_FOR_TEMPERATURE = 200
"""Fewer rows tell nothing: two that are answered rightly would make the network endlessly sure."""
COLDEST, HOTTEST = 0.05, 20.0
# Each halves the logarithmic range of 400: afterwards the temperature is known to 1 in 10^7.
_HALVINGS = 26


def fit_temperature(logits: FloatMatrix, gold: IntVector) -> float:
    """Return the T that gives softmax(logits / T) the least log loss: overconfident → above 1.

    Temperature scaling (Guo et al. 2017). The log loss is convex in 1 / T, so its slope has one
    change of sign; halving the range finds it, always with the same steps.
    """
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _gains_from_colder(logits, gold, math.exp(middle)):
            high = middle
        else:
            low = middle
    fitted = math.exp((low + high) / 2)
    # What rounding makes of an exact 1.0 must not be worse than leaving it alone.
    return fitted if _log_loss(logits, gold, fitted) < _log_loss(logits, gold, 1.0) else 1.0


def _gains_from_colder(logits: FloatMatrix, gold: IntVector, temperature: float) -> bool:
    # The slope of the log loss in 1 / T is the mean of (expected logit - logit of the right label).
    wide = logits.astype(np.float64)
    expected = (softmax(logits, temperature) * wide).sum(axis=1)
    return bool((expected - wide[np.arange(len(gold)), gold]).sum() < 0)


def _log_loss(logits: FloatMatrix, gold: IntVector, temperature: float) -> float:
    return float(log_losses(gold, softmax(logits, temperature)).sum())


CALIBRATION = "calibration (the temperature was fitted on it)"
"""The name of the figures that a recalibrated model has of the rows it was fitted on."""
# They follow from the order of the rows, which with two labels no temperature changes.
_OF_THE_ORDER = {"roc_auc", "pr_auc"}


@dataclass(frozen=True, slots=True, eq=False)
class Recalibration:
    """A model with a new temperature, and what it did to the rows it was fitted on."""

    artifact: Artifact
    temperature_before: float
    before: Evaluation
    after: Evaluation

    @property
    def temperature_after(self) -> float:
        """The model's new temperature."""
        return self.artifact.manifest.temperature


def uncalibrated(predictor: Predictor) -> Predictor:
    """Return the model with temperature 1: its probabilities tell its logits, however sure."""
    return replace(predictor, manifest=replace(predictor.manifest, temperature=1.0))


def recalibrated(artifact: Artifact, measured: Measurement) -> Recalibration:
    """Fit a temperature; `measured` is what the uncalibrated model does on labelled rows.

    The figures of these rows become the model's first; of older ones those are kept that hold with
    any temperature. SentimentError when the rows cannot tell a temperature.
    """
    _require_rows_that_tell(measured.evaluation)
    manifest, labels, gold = (
        artifact.manifest,
        measured.predictions.labels,
        measured.predictions.gold,
    )
    # The logits, but for what is the same for all labels of a row and cancels out.
    logits = np.log(measured.predictions.probabilities.clip(np.finfo(np.float32).tiny))
    temperature = fit_temperature(logits, gold)
    if math.isclose(temperature, HOTTEST, rel_tol=0.01):
        raise SentimentError(
            "on these rows the model answers no better than chance; are their labels right?"
        )
    before, after = (
        evaluate_predictions(labels, gold, softmax(logits, each))
        for each in (manifest.temperature, temperature)
    )
    rows = measured.rows_facts()
    changed = replace(
        manifest,
        temperature=temperature,
        provenance=_with_step(manifest, rows, measured.model, temperature),
    )
    metrics = {"name": CALIBRATION, **rows, **after.to_json(), "evaluations": _lasting(artifact)}
    return Recalibration(
        replace(artifact, manifest=changed, metrics=metrics),
        manifest.temperature,
        before,
        after,
    )


def _with_step(
    manifest: Manifest, rows: dict[str, object], parent: str, temperature: float
) -> dict[str, object]:
    """Return the provenance, and last in it what is being done now."""
    earlier = manifest.provenance.get("calibrations")
    step = rows | {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "temperature_before": manifest.temperature,
        "temperature_after": temperature,
        "parent": {"name": parent, "fingerprint": manifest.provenance.get("fingerprint")},
    }
    steps = [*(earlier if isinstance(earlier, list) else []), step]
    return manifest.provenance | {"calibrations": steps}


def _require_rows_that_tell(evaluation: Evaluation) -> None:
    if evaluation.rows < FEWEST_FOR_TEMPERATURE:
        raise SentimentError(
            f"{evaluation.rows:,} rows are too few to fit a temperature; "
            f"give at least {FEWEST_FOR_TEMPERATURE} with a label of the model"
        )
    for label, figures in evaluation.by_label.items():
        if not figures.support:
            raise SentimentError(
                f"no row is {label}; a temperature needs rows of every label of the model"
            )
    if evaluation.accuracy.value == 1:
        raise SentimentError(
            "every row is answered rightly, which does not tell how sure the model may be; "
            "give more rows, or harder ones"
        )


def _lasting(artifact: Artifact) -> list[dict[str, object]]:
    """Return the older sets of figures, without those that hung on the old temperature.

    What follows from the answers stays: each row keeps its most probable label.
    """
    older = artifact.metrics.get("evaluations")
    dropped = {*ROW_METRICS, "evaluations"}
    if len(artifact.manifest.labels) == 2:
        dropped -= _OF_THE_ORDER
    return [
        {name: value for name, value in figures.items() if name not in dropped}
        for figures in [artifact.metrics, *(older if isinstance(older, list) else [])]
        if isinstance(figures, Mapping)
        and "accuracy" in figures
        and figures.get("name") != CALIBRATION
    ]
