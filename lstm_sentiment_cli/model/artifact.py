"""A trained model in memory: all that its folder holds."""

from dataclasses import dataclass

from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Artifact:
    """What training makes, saving writes and loading gives back."""

    manifest: Manifest
    tokenizer: Tokenizer
    graph: bytes
    """The network as ONNX, weights included."""
    metrics: dict[str, object]
    """What was measured with the exported network, and on which data."""
    history: list[dict[str, float]]
    """Loss and accuracy, one entry an epoch."""
