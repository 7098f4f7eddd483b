"""Models that answer at once: they know one word of praise."""

from dataclasses import replace

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
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


class ToneRuntime(WordRuntime):
    """One that knows a third tone, and takes nothing for negative."""

    def run(self, tokens, lengths):
        """Return logits that favour texts with that word."""
        praised = (tokens == self.praise).any(axis=1)
        return np.where(praised[:, None], [[2.0, 0, 0]], [[0, 0, 2.0]]).astype(np.float32)


def predictor_of_three(name):
    two = predictor_of(name)
    labels = Manifest(("positive", "negative", "very neutral"), {}, 1.0, "fp32", {})
    return replace(two, manifest=labels, runtime=ToneRuntime(two.runtime.praise))


def load(name):
    """Load one of three models, as a session does."""
    if name == "three":
        return predictor_of_three(name)
    if name not in {"default", "other"}:
        raise SentimentError(f"no model {name}; 'models list' shows those there are")
    return predictor_of(name)
