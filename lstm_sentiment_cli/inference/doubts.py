"""Reasons not to trust an answer."""

from dataclasses import dataclass

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a reader of an answer should know of its text."""

    words: int
    """Tokens that the model read; 0 for a text without any."""
    known: int
    """How many of them stand in its vocabulary."""
    truncated: bool
    """The text was longer than the model reads."""
    english: bool
    """False when the text is plainly in another language."""


def doubts(predictor: Predictor, text: str) -> Doubts:
    """Return what there is to doubt of the answer to a text."""
    encoded = predictor.tokenizer.encode(text)
    words = [token for token in encoded.ids if token != EMPTY]
    known = sum(token != UNKNOWN for token in words)
    return Doubts(len(words), known, encoded.truncated, english=True)
