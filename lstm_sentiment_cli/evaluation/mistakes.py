"""The wrong answers that the model was surest of."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.records.examples import Located

MOST_MISTAKES = 20


class Mistake(NamedTuple):
    """A text that was answered wrongly, and where it stands."""

    text: str
    label: str
    """The right one."""
    predicted: str
    probability: float
    """Of the label that was predicted."""
    file: str
    line: int
    """Where its record begins, from 1 (in parquet: which row)."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return self._asdict()


def surest_mistakes(
    before: Sequence[Mistake], window: Sequence[Located], predictions: Predictions
) -> list[Mistake]:
    """Return the surest of the mistakes found before and of those in a window, surest first."""
    confidence = predictions.probabilities.max(axis=1)
    predicted = predictions.predicted
    wrong = np.flatnonzero(predicted != predictions.gold)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")[:MOST_MISTAKES]]
    found = [
        Mistake(
            text=window[row].example.text,
            label=window[row].example.label,
            predicted=predictions.labels[predicted[row]],
            probability=float(confidence[row]),
            file=window[row].file,
            line=window[row].line,
        )
        for row in surest.tolist()
    ]
    return sorted([*before, *found], key=lambda mistake: -mistake.probability)[:MOST_MISTAKES]
