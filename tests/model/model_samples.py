"""Small artifacts that are made in no time and say by their graph which one they are."""

import numpy as np

from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.onnx_bytes import last_state, model

MANIFEST = Manifest(
    labels=("positive", "negative"),
    hyperparameters={
        "lstm_units": [96, 48, 48],
        "vocabulary_size": 18000,
        "dropout": 0.3,
        "preset": None,
    },
    temperature=1.25,
    precision="fp32",
    provenance={
        "created": "2026-01-02T03:04:05+00:00",
        "package_version": "0.1.0",
        "versions": {"python": "3.11.9", "keras": "3.15.1"},
        "command": ["lstm-sentiment", "train", "my tweets.csv", "--output", "mine"],
        "data": [
            {
                "name": "my tweets.csv",
                "rows": 12000,
                "by_label": {"positive": 7000, "negative": 5000},
                "weight": 2.0,
                "strip_emoticons": True,
                "sha256": "0123456789abcdef" * 4,
            }
        ],
        "fingerprint": "feedc0de",
        "split": {"training_rows": 10800, "validation_rows": 1200},
        "seed": 1234,
        "epochs": 4,
        "best_epoch": 3,
        "seconds": 90.0,
        "parent": None,
    },
)
METRICS: dict[str, object] = {
    "rows": 1200,
    "accuracy": {"value": 0.82, "low": 0.797, "high": 0.841},
    "macro_f1": 0.8195,
    "average_recall": 0.8213,
    "log_loss": 0.4012,
    "evaluations": [
        {
            "name": "held_out.csv",
            "rows": 359,
            "accuracy": {"value": 0.8468, "low": 0.806, "high": 0.88},
            "macro_f1": 0.8466,
        }
    ],
}


def graph_of(name: bytes, words: int = 7, labels: int = 2) -> bytes:
    """Return a graph that has the form of ours, and bears this name."""
    shapes = ((words, 1), (1, 4, 1), (1, 4, 1), (1, labels))
    weights = [np.zeros(shape, np.float32) for shape in shapes]
    return model(last_state(*weights), (2, name))


def sample(name: bytes = b"a graph", **changes: object) -> Artifact:
    """Return an artifact whose graph bears this name; `changes` replace other parts."""
    parts: dict[str, object] = {
        "manifest": MANIFEST,
        "tokenizer": Tokenizer(["good", "film", "naïve", "☺"], max_tokens=64),
        "metrics": METRICS,
        "history": [{"epoch": 1, "loss": 0.6931}, {"epoch": 2, "loss": 0.5}],
    }
    return Artifact(**({"graph": graph_of(name)} | parts | changes))  # type: ignore[arg-type]
