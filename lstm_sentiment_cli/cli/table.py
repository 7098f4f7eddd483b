"""Answers for a person at a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from lstm_sentiment_cli.inference.explanation import Contribution, Explanation, doubts, explain
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.inference.sentiment_model import Prediction
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.rendering.answers import answer_table, explained_answer
from lstm_sentiment_cli.rendering.style import Display

_DECIMALS = 4


def explained_columns(predictor: Predictor, records: Sequence[Record]) -> list[list[object]]:
    """Return the values of our columns by record: [units], of more than two labels [label, units].

    A unit is {"start": 2, "end": 6, "text": "love", "contribution": 1.2204}. Where there is no
    text to explain there are no values.
    """
    texts = [record.text for record in records if record.text is not None]
    explanations = iter(explain(predictor, texts))
    several = len(predictor.labels) > 2
    return [
        [] if record.text is None else _values(next(explanations), several=several)
        for record in records
    ]


def _values(explanation: Explanation, *, several: bool) -> list[object]:
    contributions = list(map(_unit, explanation.contributions))
    return [explanation.label, contributions] if several else [contributions]


def _unit(contribution: Contribution) -> dict[str, object]:
    # A zero added to a zero is positive: no one is told of "-0.0".
    rounded = round(contribution.contribution, _DECIMALS) + 0.0
    return contribution._replace(contribution=rounded)._asdict()


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
        readable = [row for row, record in enumerate(records) if record.text is not None]
        if not readable:
            return
        predictions = [
            Prediction(
                predicted[row],
                dict(zip(self.predictor.labels, scores.probabilities[row].tolist(), strict=True)),
                bool(scores.truncated[row]),
            )
            for row in readable
        ]
        texts = [records[row].text or "" for row in readable]
        explanations = explain(self.predictor, texts) if self.explain else []
        draw = self._bars if self.bars else self._table
        self.console.print(draw(texts, predictions, explanations), soft_wrap=True)

    def _bars(
        self,
        texts: Sequence[str],
        predictions: Sequence[Prediction],
        explanations: Sequence[Explanation],
    ) -> Text:
        return explained_answer(
            texts[0],
            predictions[0],
            doubts(self.predictor, texts[0]),
            next(iter(explanations), None),
            self.display,
            max_tokens=self.predictor.tokenizer.max_tokens,
        )

    def _table(
        self,
        texts: Sequence[str],
        predictions: Sequence[Prediction],
        explanations: Sequence[Explanation],
    ) -> Text:
        return answer_table(
            texts,
            predictions,
            self.display,
            max_tokens=self.predictor.tokenizer.max_tokens,
            explanations=explanations,
        )
