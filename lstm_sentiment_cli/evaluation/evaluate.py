"""From right labels and probabilities to everything that is reported of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import (
    BoolVector,
    ConfusionMatrix,
    Interval,
    IntVector,
    brier_scores,
    calibration_error,
    log_losses,
)
from lstm_sentiment_cli.inference.prediction import FloatMatrix


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How well one label is told from the others."""

    precision: Interval
    recall: Interval
    f1: float
    support: int
    """Examples that have this label."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What was measured of a model on labelled examples."""

    labels: tuple[str, ...]
    rows: int
    confusion: ConfusionMatrix
    accuracy: Interval
    by_label: dict[str, LabelFigures]
    macro_precision: float
    macro_f1: float
    average_recall: float
    log_loss: float
    brier: float
    ece: float
    """Expected calibration error: how far confidence is from accuracy on average."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a figure with an interval is {"value": …, "low": …, "high": …}."""
        return {
            "rows": self.rows,
            "labels": list(self.labels),
            "accuracy": self.accuracy._asdict(),
            "average_recall": self.average_recall,
            "macro_precision": self.macro_precision,
            "macro_f1": self.macro_f1,
            "log_loss": self.log_loss,
            "brier": self.brier,
            "ece": self.ece,
            "by_label": {
                label: {
                    "precision": figures.precision._asdict(),
                    "recall": figures.recall._asdict(),
                    "f1": figures.f1,
                    "support": figures.support,
                }
                for label, figures in self.by_label.items()
            },
            "confusion": self.confusion.counts.tolist(),
        }


class Evaluator:
    """Measures window by window; of a row it keeps five bytes, for the calibration error."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._confusion = ConfusionMatrix(np.zeros((len(labels), len(labels)), np.int64))
        self._log_loss = 0.0
        self._brier = 0.0
        self._confidence: list[npt.NDArray[np.float32]] = []
        self._right: list[BoolVector] = []

    @property
    def rows(self) -> int:
        """How many examples were added so far."""
        return self._confusion.rows

    def add(self, gold: IntVector, probabilities: FloatMatrix) -> None:
        """Count n examples: gold (n,) are numbers of labels, probabilities (n, labels)."""
        if not np.isfinite(probabilities).all():
            raise SentimentError(
                "the model gives probabilities that are no numbers; "
                "its weights are broken: train it again"
            )
        predicted = probabilities.argmax(axis=1)
        self._confusion += ConfusionMatrix.of(gold, predicted, len(self._labels))
        self._log_loss += float(log_losses(gold, probabilities).sum())
        self._brier += float(brier_scores(gold, probabilities).sum())
        self._confidence.append(probabilities.max(axis=1).astype(np.float32))
        self._right.append(predicted == gold)

    def result(self) -> Evaluation:
        """Return the figures of everything added; without any row there are none to give."""
        if self.rows == 0:
            raise SentimentError(
                f"nothing to measure: no row has a label of the model ({', '.join(self._labels)})"
            )
        confusion = self._confusion
        figures = [
            LabelFigures(*row)
            for row in zip(
                confusion.precision(),
                confusion.recall(),
                confusion.f1(),
                confusion.support.tolist(),
                strict=True,
            )
        ]
        return Evaluation(
            labels=self._labels,
            rows=self.rows,
            confusion=confusion,
            accuracy=confusion.accuracy(),
            by_label=dict(zip(self._labels, figures, strict=True)),
            macro_precision=_mean([each.precision.value for each in figures]),
            macro_f1=_mean([each.f1 for each in figures]),
            average_recall=_mean([each.recall.value for each in figures]),
            log_loss=self._log_loss / self.rows,
            brier=self._brier / self.rows,
            ece=calibration_error(np.concatenate(self._confidence), np.concatenate(self._right)),
        )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def evaluate_predictions(
    labels: Sequence[str], gold: IntVector, probabilities: FloatMatrix
) -> Evaluation:
    """Measure n predictions at once: gold (n,) numbers of labels, probabilities (n, labels)."""
    evaluator = Evaluator(labels)
    evaluator.add(gold, probabilities)
    return evaluator.result()
