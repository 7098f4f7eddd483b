"""Answers for a person at a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from lstm_sentiment_cli.inference.explanation import Explanation, doubts, explain
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.inference.sentiment_model import Answer, Prediction
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.rendering.answers import answer_table, answered
from lstm_sentiment_cli.rendering.style import Display


def explained_columns(predictor: Predictor, records: Sequence[Record]) -> list[list[object]]:
    """Return the values of our columns by record: [units], of more than two labels [label, units].

    Where there is no text to explain there are no values.
    """
    texts = [record.text for record in records if record.text is not None]
    explanations = iter(explain(predictor, texts))
    several = len(predictor.labels) > 2
    return [
        [] if record.text is None else _values(next(explanations), several=several)
        for record in records
    ]


def _values(explanation: Explanation, *, several: bool) -> list[object]:
    contributions = [each.to_json() for each in explanation.contributions]
    return [explanation.label, contributions] if several else [contributions]


@dataclass(frozen=True, slots=True)
class TableSink:
    """Shows a line each, or bars for the only text there is; with its words, where explained."""

    console: Console
    display: Display
    predictor: Predictor
    bars: bool
    explain: bool

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Show one window."""
        texts = [record.text for record in records if record.text is not None]
        if not texts:
            return
        explanations = iter(explain(self.predictor, texts) if self.explain else ())
        answers = [
            Answer(
                record.text,
                Prediction(label, dict(zip(self.predictor.labels, row, strict=True)), truncated),
                self.predictor,
                doubts(self.predictor, record.text) if self.bars else None,
                next(explanations, None),
            )
            for record, label, row, truncated in zip(
                records,
                predicted,
                scores.probabilities.tolist(),
                scores.truncated.tolist(),
                strict=True,
            )
            if record.text is not None
        ]
        draw = answered if self.bars else answer_table
        self.console.print(draw(answers, self.display), soft_wrap=True)
