import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.repl.session import Session
from lstm_sentiment_cli.text.tokenizer import Tokenizer


class WordRuntime:
    """A network that knows one word of praise."""

    def __init__(self, praise):
        self.praise = praise

    def run(self, tokens, lengths):
        """Return logits that favour texts with that word."""
        praised = (tokens == self.praise).any(axis=1)
        return np.where(praised[:, None], [[2.0, -2.0]], [[-1.0, 1.0]]).astype(np.float32)


def predictor_of(name):
    tokenizer = Tokenizer.fit(["good", "bad day"], vocabulary_size=100, max_tokens=8)
    manifest = Manifest(("positive", "negative"), {}, 1.0, "fp32", {})
    return Predictor(name, manifest, tokenizer, WordRuntime(tokenizer.encode("good").ids[0]))


def load(name):
    """Load one of two models, as a session does."""
    if name not in {"default", "other"}:
        raise SentimentError(f"no model {name}; 'models list' shows those there are")
    return predictor_of(name)


@pytest.fixture
def session():
    return Session("default", load)
