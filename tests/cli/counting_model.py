"""A real model folder made without TensorFlow or onnx: each word adds to the logits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lstm_sentiment_cli.model.folder import Artifact, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.onnx_bytes import ends, model, node, tensor

_OPEN = 40.0  # of a sigmoid: 1


def save_counting_model(
    folder: Path, words: dict[str, Sequence[float]], labels: Sequence[str]
) -> Path:
    """Save a model whose logits are sums: {"good": [2, 0]} answers 0.88, 0.12 to "good"."""
    rows = [[0.0] * len(labels)] * 3 + [list(logits) for logits in words.values()]
    artifact = Artifact(
        manifest=Manifest(tuple(labels), {}, 1.0, "fp32", {}),
        tokenizer=Tokenizer(list(words), 40),
        graph=_graph(np.array(rows)),
        metrics={},
        history=[],
    )
    return save_artifact(artifact, folder)


def _graph(added: np.ndarray) -> bytes:
    """Write a graph of the parts that ours have, whose LSTM passes each step on and keeps nothing.

    The gates i and o are open and f is shut, so that a step is tanh(tanh(x)).
    """
    labels = added.shape[1]
    scale = 0.5 / max(np.abs(added).max(), 1)
    embedding = np.arctanh(np.arctanh(added * scale)).astype(np.float32)
    gates = np.repeat([_OPEN, _OPEN, -_OPEN, 0], labels)  # i o f c
    nothing = np.zeros((labels, labels))
    kernel = np.concatenate([nothing, nothing, nothing, np.eye(labels)])
    return model([
        node("Transpose", "tokens", "steps", perm=[1, 0]),
        node("Gather", "embedding steps", "hidden_0"),
        node("LSTM", "hidden_0 kernel recurrent bias lengths", "all", hidden_size=labels),
        node("Squeeze", "all first_axis", "hidden_1"),
        node("Shape", "tokens", "shape", start=1),
        node("Squeeze", "shape", "time"),
        node("Range", "zero time one", "numbers"),
        node("Unsqueeze", "numbers after_time", "step_numbers"),
        node("Cast", "lengths", "whole_lengths", to=7),
        node("Unsqueeze", "whole_lengths after_batch", "text_lengths"),
        node("Less", "step_numbers text_lengths", "real"),
        node("Where", "real hidden_1 nothing", "or_nothing"),
        node("ReduceSum", "or_nothing over_time", "total", keepdims=0),
        node("Concat", "total", "pooled", axis=1),
        node("Gemm", "pooled dense_kernel dense_bias", "logits"),
        tensor("embedding", embedding),
        tensor("kernel", kernel.astype(np.float32)[None]),
        tensor("recurrent", np.zeros((1, 4 * labels, labels), np.float32)),
        tensor("bias", np.concatenate([gates, 0 * gates]).astype(np.float32)[None]),
        tensor("first_axis", np.array([1])),
        tensor("zero", np.array(0)),
        tensor("one", np.array(1)),
        tensor("after_time", np.array([1, 2])),
        tensor("after_batch", np.array([1])),
        tensor("nothing", np.array(0, np.float32)),
        tensor("over_time", np.array([0])),
        tensor("dense_kernel", (np.eye(labels) / scale).astype(np.float32)),
        tensor("dense_bias", np.zeros(labels, np.float32)),
        *ends(labels),
    ])  # fmt: skip
