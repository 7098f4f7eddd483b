"""What a winner is worth: on its folds, and on rows that no trial saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstm_sentiment_cli.evaluation.calibration import FEWEST_FOR_TEMPERATURE, fit_temperature
from lstm_sentiment_cli.evaluation.comparison import Paired, difference_of_means, paired
from lstm_sentiment_cli.evaluation.evaluate import Evaluation, evaluate_predictions
from lstm_sentiment_cli.evaluation.metrics import Interval, IntVector, log_losses
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import OnnxRuntime
from lstm_sentiment_cli.inference.softmax import softmax
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.examples import Example, fingerprint
from lstm_sentiment_cli.tuning.folder import out_of_fold
from lstm_sentiment_cli.tuning.refit import Refit
from lstm_sentiment_cli.tuning.search import TrialResult
from lstm_sentiment_cli.tuning.standings import spread


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """The winner, and the reference beside it, on rows that no trial saw."""

    fingerprint: str
    winner: Evaluation
    reference: Evaluation | None = None
    """None: the reference is the winner, or was not measured on all folds."""
    comparison: Paired | None = None
    """The winner is the first; there is one when there is a reference."""
    log_loss_difference: Interval | None = None
    """The winner's less the reference's, row by row."""

    def figures_json(self) -> dict[str, Any]:
        """Return the winner's figures as metrics.json has them."""
        return {"name": "hold-out", "fingerprint": self.fingerprint, **self.winner.to_json()}

    def to_json(self) -> dict[str, Any]:
        """Return what came of it as the provenance of a model has it."""
        facts = {
            "rows": self.winner.rows,
            "accuracy": self.winner.accuracy.to_json(),
            "log_loss": self.winner.log_loss.to_json(),
        }
        if self.reference is None or self.comparison is None or self.log_loss_difference is None:
            return facts
        others = {
            "reference_accuracy": self.reference.accuracy.to_json(),
            "reference_log_loss": self.reference.log_loss.to_json(),
            "log_loss_difference": self.log_loss_difference.to_json(),
        }
        return facts | others | self.comparison.to_json()


def pooled_temperature(folder: Path, trial: TrialResult) -> float:
    """Fit the temperature on what each row was answered by the fold that had not learnt it."""
    logits, gold = out_of_fold(folder, trial.number)
    return fit_temperature(logits, gold) if len(gold) >= FEWEST_FOR_TEMPERATURE else 1.0


def cross_validated(
    folder: Path, trial: TrialResult, labels: Sequence[str], temperature: float
) -> dict[str, Any]:
    """Return a trial's figures as metrics.json has them, of all folds' predictions together."""
    logits, gold = out_of_fold(folder, trial.number)
    figures = evaluate_predictions(labels, gold, softmax(logits, temperature))
    return {
        "name": "cross-validation",
        "used_for_choosing": True,
        "folds": {
            "count": len(trial.folds),
            "log_loss": spread(trial, "log_loss"),
            "accuracy": spread(trial, "accuracy"),
        },
        **figures.to_json(),
    }


def on_held_out(
    examples: Sequence[Example],
    labels: Sequence[str],
    winner: FloatMatrix,
    reference: FloatMatrix | None,
) -> HeldOut:
    """Measure the winner's probabilities (n, labels), and compare them with the reference's."""
    gold = np.array([labels.index(example.label) for example in examples], np.int64)
    figures = evaluate_predictions(labels, gold, winner)
    if reference is None:
        return HeldOut(fingerprint(examples), figures)
    return HeldOut(
        fingerprint(examples),
        figures,
        evaluate_predictions(labels, gold, reference),
        paired(_right(winner, gold), _right(reference, gold)),
        difference_of_means(log_losses(gold, winner), log_losses(gold, reference)),
    )


def probabilities(
    network: Refit, labels: Sequence[str], temperature: float, examples: Sequence[Example]
) -> FloatMatrix:
    """Return what an exported network says of these examples, (n, labels)."""
    knobs = network.fit.hyperparameters.to_dict()
    manifest = Manifest(tuple(labels), knobs, temperature, "fp32", {})
    predictor = Predictor("tuned", manifest, network.tokenizer, OnnxRuntime(network.graph))
    return predictor.scores([example.text for example in examples]).probabilities


def _right(answers: FloatMatrix, gold: IntVector) -> Any:
    return answers.argmax(axis=1) == gold
