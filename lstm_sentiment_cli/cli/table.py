"""Answers for a person at a terminal."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from lstm_sentiment_cli.inference.prediction import Prediction, Scores
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.rendering.bars import answer
from lstm_sentiment_cli.rendering.blocks import draws_blocks
from lstm_sentiment_cli.rendering.tables import answer_table


@dataclass(frozen=True, slots=True)
class TableSink:
    """Shows a line each, or bars for the only text there is."""

    console: Console
    predictor: Predictor
    bars: bool

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
        width = self.console.width
        unicode = draws_blocks(self.console.encoding, os.environ.get("TERM"))
        limit = self.predictor.tokenizer.max_tokens
        if self.bars:
            shown = answer(predictions[0], width, unicode=unicode, max_tokens=limit)
        else:
            texts = [records[row].text or "" for row in readable]
            shown = answer_table(texts, predictions, width, unicode=unicode, max_tokens=limit)
        self.console.print(shown, soft_wrap=True)
