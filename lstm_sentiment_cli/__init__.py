"""The tone of tweets: the probability that a short English text is positive or negative.

>>> from lstm_sentiment_cli import SentimentModel
>>> SentimentModel.load().predict(["i love this"])[0].predicted
'positive'
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_sentiment_cli.errors import SentimentError
    from lstm_sentiment_cli.inference.explanation import Contribution, Explanation
    from lstm_sentiment_cli.inference.sentiment_model import Prediction, SentimentModel

__all__ = ["Contribution", "Explanation", "Prediction", "SentimentError", "SentimentModel"]

_HOMES = {
    "Contribution": "lstm_sentiment_cli.inference.explanation",
    "Explanation": "lstm_sentiment_cli.inference.explanation",
    "Prediction": "lstm_sentiment_cli.inference.sentiment_model",
    "SentimentError": "lstm_sentiment_cli.errors",
    "SentimentModel": "lstm_sentiment_cli.inference.sentiment_model",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
