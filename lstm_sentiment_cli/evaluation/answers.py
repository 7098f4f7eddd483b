"""What a rule, a threshold or an uncertain band, answers on labelled rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.evaluation.figures import CONFUSION_FIGURES, confusion_figures
from lstm_sentiment_cli.evaluation.metrics import FloatVector, Interval, IntVector, wilson
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.evaluation.resampling import SAMPLES, TAILS
from lstm_sentiment_cli.inference.decision import UNCERTAIN, Decision

OBJECTIVES = ("accuracy", "average-recall", "macro-f1")
_UNANSWERED = -1


@dataclass(frozen=True, slots=True)
class LabelAnswers:
    """How often one label was answered, and how well."""

    answers: int
    precision: Interval
    recall: Interval
    """The share of its examples that were answered by it; those left unanswered are not found."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a rule answers on labelled rows."""

    rows: int
    answered: int
    accuracy: Interval
    """Of the rows that were answered."""
    by_label: dict[str, LabelAnswers]

    @property
    def coverage(self) -> float:
        """The share of the rows that was answered."""
        return self.answered / self.rows

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a figure with an interval is {"value": …, "low": …, "high": …}."""
        return {
            "rows": self.rows,
            "answered": self.answered,
            "coverage": self.coverage,
            "accuracy": self.accuracy.to_json(),
            "by_label": {
                label: {
                    "answers": its.answers,
                    "precision": its.precision.to_json(),
                    "recall": its.recall.to_json(),
                }
                for label, its in self.by_label.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Gain:
    """What a threshold changes on the rows it was chosen on, against that of 0.5."""

    objective: str
    before: float
    after: float
    difference: Interval

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "objective": self.objective,
            "before": self.before,
            "after": self.after,
            "difference": self.difference.to_json(),
        }


def answers_of(predictions: Predictions, decision: Decision) -> Answers:
    """Count what a rule answers, by the very rule that `predict` applies."""
    chosen = _chosen(predictions, decision)
    right = chosen == predictions.gold
    answered = int((chosen != _UNANSWERED).sum())
    by_label = {}
    for number, label in enumerate(predictions.labels):
        answers = int((chosen == number).sum())
        found = int((right & (chosen == number)).sum())
        support = int((predictions.gold == number).sum())
        by_label[label] = LabelAnswers(answers, wilson(found, answers), wilson(found, support))
    return Answers(predictions.rows, answered, wilson(int(right.sum()), answered), by_label)


def gain(predictions: Predictions, decision: Decision, objective: str) -> Gain:
    """Compare a threshold with that of 0.5; the interval is a percentile bootstrap of the rows.

    What a row adds to either figure is told by its label and its two answers: drawing n of these
    eight cells is drawing n rows.
    """
    answers = (_chosen(predictions, each) for each in (Decision(threshold=0.5), decision))
    cells = np.ravel_multi_index((predictions.gold, *answers), (2, 2, 2))
    counts = np.bincount(cells, minlength=8)
    random = np.random.default_rng(0)
    drawn = random.multinomial(predictions.rows, counts / predictions.rows, size=SAMPLES)
    before, after = _both(counts, objective)
    resampled_before, resampled_after = _both(drawn, objective)
    low, high = np.quantile(resampled_after - resampled_before, TAILS)
    difference = float(after - before)
    interval = Interval(difference, min(difference, float(low)), max(difference, float(high)))
    return Gain(objective, float(before), float(after), interval)


def figure_of(confusion: IntVector, objective: str) -> FloatVector:
    """Return one of OBJECTIVES of confusion matrices (…, 2, 2) → (…,)."""
    if objective == "accuracy":
        right = np.trace(confusion, axis1=-2, axis2=-1)
        return np.asarray(right / confusion.sum(axis=(-2, -1)))
    figure = CONFUSION_FIGURES.index(objective.replace("-", "_"))
    return np.asarray(confusion_figures(confusion)[..., figure])


def _both(cells: IntVector, objective: str) -> tuple[FloatVector, FloatVector]:
    """Return the objective of both answers: (…, 8) → (…,), (…,)."""
    cube = cells.reshape(*cells.shape[:-1], 2, 2, 2)  # gold, first answer, second answer
    return figure_of(cube.sum(axis=-1), objective), figure_of(cube.sum(axis=-2), objective)


def _chosen(predictions: Predictions, decision: Decision) -> npt.NDArray[np.int8]:
    """Return the number of the label that each row is answered by, or _UNANSWERED (n,)."""
    numbers = {UNCERTAIN: _UNANSWERED} | {
        label: number for number, label in enumerate(predictions.labels)
    }
    answers = decision.predicted(predictions.probabilities, predictions.labels)
    return np.fromiter((numbers[answer] for answer in answers), np.int8, len(answers))
