"""Answers for a person at a terminal."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from lstm_sentiment_cli.inference.doubts import doubts
from lstm_sentiment_cli.inference.explanation import Explanation, explain
from lstm_sentiment_cli.inference.prediction import Prediction, Scores
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.rendering.blocks import draws_blocks
from lstm_sentiment_cli.rendering.explained import explained_answer
from lstm_sentiment_cli.rendering.palette import colours_of
from lstm_sentiment_cli.rendering.tables import answer_table


@dataclass(frozen=True, slots=True)
class TableSink:
    """Shows a line each, or bars for the only text there is; with its words, where explained."""

    console: Console
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
            self.console.width,
            max_tokens=self.predictor.tokenizer.max_tokens,
            unicode=self._unicode,
            colours=self._colours,
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
            self.console.width,
            max_tokens=self.predictor.tokenizer.max_tokens,
            explanations=explanations,
            unicode=self._unicode,
            colours=self._colours,
        )

    @property
    def _unicode(self) -> bool:
        return draws_blocks(self.console.encoding, os.environ.get("TERM"))

    @property
    def _colours(self) -> int:
        return colours_of(self.console.color_system)
