"""Temperature scaling: one number that makes a model's probabilities honest."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.metrics import ROW_METRICS, IntVector, log_losses
from lstm_sentiment_cli.evaluation.predictions import Evaluation, Predictions, evaluate_predictions
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix, softmax
from lstm_sentiment_cli.model.card import objects_in
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.records.labelled import Example

FEWEST_FOR_TEMPERATURE = 200
"""With fewer rows it would be noise: two correct ones would make the network infinitely sure."""
COLDEST, HOTTEST = 0.05, 20.0


def fit_temperature(logits: FloatMatrix, gold: IntVector) -> float:
    """Return the T that minimises the log loss of softmax(logits / T): overconfident → above 1.

    Temperature scaling (Guo et al. 2017). The log loss is convex in 1 / T, so its slope changes
    sign once; bisection finds where, always in the same number of steps.
    """
    wide = logits.astype(np.float64)
    of_gold = wide[np.arange(len(gold)), gold]
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(26):  # halves the logarithm of the range of 400 until T is known to 1 in 10^7
        middle = (low + high) / 2
        # The slope is the mean of (expected logit - logit of the true label).
        expected = (softmax(logits, math.exp(middle)) * wide).sum(axis=1)
        if (expected - of_gold).sum() < 0:
            high = middle
        else:
            low = middle
    fitted = math.exp((low + high) / 2)
    # Rounding must not make an exact 1.0 worse than leaving it alone.
    after, before = (log_losses(gold, softmax(logits, each)).sum() for each in (fitted, 1.0))
    return fitted if after < before else 1.0


def temperature_for(
    logits: FloatMatrix, gold: IntVector, examples: Sequence[Example], unfitted: float
) -> float:
    """Return the temperature fitted to logits (n, labels) and their gold labels (n,).

    It is left unfitted on few rows, because of two that are answered correctly the fit would learn
    that the network is never wrong; and where no example has a label, because it would learn to be
    surer than the teacher.
    """
    enough = len(gold) >= FEWEST_FOR_TEMPERATURE and any(each.labelled for each in examples)
    return fit_temperature(logits, gold) if enough else unfitted


CALIBRATION = "calibration (the temperature was fitted on it)"
"""The name of a recalibrated model's metrics on the rows it was fitted on."""


@dataclass(frozen=True, slots=True, eq=False)
class Recalibration:
    """A model with a new temperature, and its effect on the rows it was fitted on."""

    artifact: Artifact
    temperature_before: float
    before: Evaluation
    after: Evaluation

    @property
    def temperature_after(self) -> float:
        """The model's new temperature."""
        return self.artifact.manifest.temperature


def uncalibrated(predictor: Predictor) -> Predictor:
    """Return the model with temperature 1, so that its probabilities determine its logits."""
    return replace(predictor, manifest=replace(predictor.manifest, temperature=1.0))


def recalibrated(artifact: Artifact, measured: Measurement) -> Recalibration:
    """Fit a temperature to what the uncalibrated model predicts on labelled rows.

    The metrics of these rows become the model's first; of older ones, those that do not depend on
    the temperature are kept. SentimentError if the rows cannot determine a temperature.
    """
    manifest, predictions = artifact.manifest, measured.predictions
    _require_enough(predictions)
    # The logits, up to a constant for each row, which cancels out.
    logits = np.log(predictions.probabilities.clip(np.finfo(np.float32).tiny))
    temperature = fit_temperature(logits, predictions.gold)
    if math.isclose(temperature, HOTTEST, rel_tol=0.01):
        raise SentimentError(
            "on these rows the model is no better than chance; are their labels right?"
        )
    before, after = (
        evaluate_predictions(predictions.labels, predictions.gold, softmax(logits, each))
        for each in (manifest.temperature, temperature)
    )
    rows, provenance = measured.rows_facts(), manifest.provenance
    step = rows | {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "temperature_before": manifest.temperature,
        "temperature_after": temperature,
        "parent": {"name": measured.model, "fingerprint": provenance.get("fingerprint")},
    }
    steps = [*objects_in(provenance.get("calibrations")), step]
    changed = replace(
        manifest, temperature=temperature, provenance=provenance | {"calibrations": steps}
    )
    older = _independent_of_temperature(artifact)
    metrics = {"name": CALIBRATION, **rows, **after.to_json(), "evaluations": older}
    return Recalibration(
        replace(artifact, manifest=changed, metrics=metrics), manifest.temperature, before, after
    )


def _require_enough(predictions: Predictions) -> None:
    """Raise SentimentError for rows that cannot determine a temperature."""
    if predictions.rows < FEWEST_FOR_TEMPERATURE:
        raise SentimentError(
            f"too few rows to fit a temperature: {predictions.rows:,}; "
            f"give at least {FEWEST_FOR_TEMPERATURE} with a label of the model"
        )
    for label, rows in predictions.support().items():
        if not rows:
            raise SentimentError(
                f"no row is {label}; a temperature needs rows of every label of the model"
            )
    if predictions.right.all():
        raise SentimentError(
            "every prediction is correct, so nothing shows how confident the model should be; "
            "give more rows, or harder ones"
        )


def _independent_of_temperature(artifact: Artifact) -> list[dict[str, object]]:
    """Return the older sets of metrics without those that depended on the old temperature.

    What follows from the predicted labels stays: no temperature changes them.
    """
    dropped = {*ROW_METRICS, "evaluations"}
    if len(artifact.manifest.labels) == 2:
        # They depend on the order of the rows only, which no temperature changes.
        dropped -= {"roc_auc", "pr_auc"}
    return [
        {name: value for name, value in metrics.items() if name not in dropped}
        for metrics in [artifact.metrics, *objects_in(artifact.metrics.get("evaluations"))]
        if "accuracy" in metrics and metrics.get("name") != CALIBRATION
    ]
