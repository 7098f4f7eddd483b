"""Answers shown to a person at a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from lstm_sentiment_cli.inference.explanation import doubts, explain
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.inference.sentiment_model import Answer, predictions
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.rendering.answers import answer_table, answered, doubts_of
from lstm_sentiment_cli.rendering.cells import fitted
from lstm_sentiment_cli.rendering.style import Display


@dataclass(frozen=True, slots=True)
class TableSink:
    """Shows a line for each text, or bars for a single one, explained or doubted if asked."""

    console: Console
    display: Display
    predictor: Predictor
    bars: bool
    explain: bool
    doubts: bool

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Show one window."""
        texts = [record.text for record in records if record.text is not None]
        if not texts:
            return
        explanations = iter(explain(self.predictor, texts) if self.explain else ())
        answers = [
            Answer(
                record.text,
                prediction,
                self.predictor,
                doubts(self.predictor, record.text) if self.bars or self.doubts else None,
                next(explanations, None),
            )
            for record, prediction in zip(
                records, predictions(scores, self.predictor.labels, predicted), strict=True
            )
            if record.text is not None
        ]
        draw = answered if self.bars else answer_table
        self.console.print(draw(answers, self.display), soft_wrap=True)
        if self.doubts and not self.bars:
            for answer in answers:
                self._show_doubts(answer)

    def _show_doubts(self, answer: Answer) -> None:
        """Show a line if there is something to doubt: "plainly not English: c'est la vie"."""
        if answer.doubts and (reasons := doubts_of(answer.doubts)):
            line = fitted(
                f"{', '.join(reasons)}: {answer.text}", self.display.width, self.display.ellipsis
            )
            self.console.print(Text(line, style="dim"), soft_wrap=True)
