"""Reasons not to trust an answer."""

from dataclasses import dataclass

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.language import plainly_not_english
from lstm_sentiment_cli.text.tokenizer import CHARACTERS_PER_TOKEN, UNKNOWN
from lstm_sentiment_cli.text.units import units


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a reader of an answer should know of its text."""

    words: int
    """Units that the model read: words, runs of emoji, marks; 0 for a text without any."""
    known: int
    """How many of them stand in its vocabulary, with all their parts."""
    truncated: bool
    """The text was longer than the model reads."""
    english: bool
    """False when the text is plainly in another language."""


def doubts(predictor: Predictor, text: str) -> Doubts:
    """Return what there is to doubt of the answer to a text."""
    tokenizer = predictor.tokenizer
    words = units(tokenizer, text)
    known = sum(UNKNOWN not in word.ids for word in words)
    # Of a text without end no more is looked at than the model could read.
    read = text[: tokenizer.max_tokens * CHARACTERS_PER_TOKEN]
    truncated = tokenizer.encode(text).truncated
    return Doubts(len(words), known, truncated, english=not plainly_not_english(read))
