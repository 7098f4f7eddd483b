"""One text's answer and, where it is explained, why."""

from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.bars import answer
from lstm_sentiment_cli.rendering.explanation import coloured, strongest

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.doubts import Doubts
    from lstm_sentiment_cli.inference.explanation import Explanation
    from lstm_sentiment_cli.inference.prediction import Prediction


def explained_answer(
    text: str,
    prediction: "Prediction",
    doubts: "Doubts",
    explanation: "Explanation | None",
    width: int,
    *,
    max_tokens: int,
    unicode: bool = True,
    colours: int = 256,
) -> Text:
    """Return bars and doubts, and below them the text in colours and its strongest words."""
    shown = answer(prediction, width, unicode=unicode, max_tokens=max_tokens, doubts=doubts)
    if explanation is None:
        return shown
    labels = list(prediction.probabilities)
    parts = [
        shown,
        coloured(text, explanation, width, labels=labels, unicode=unicode, colours=colours),
        strongest(explanation, width, labels=labels, unicode=unicode, colours=colours),
    ]
    return Text("\n").join(part for part in parts if part.plain)
