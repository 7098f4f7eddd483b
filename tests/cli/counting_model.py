"""A real model folder made without TensorFlow or onnx: each word adds to the logits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lstm_sentiment_cli.model.folder import Artifact, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

_FLOAT, _INT32, _INT, _INTS = 1, 6, 2, 7  # numbers of types in onnx.proto


def save_counting_model(
    folder: Path, words: dict[str, Sequence[float]], labels: Sequence[str]
) -> Path:
    """Save a model whose logits are sums: {"good": [2, 0]} answers 0.88, 0.12 to "good"."""
    rows = [[0.0] * len(labels)] * 3 + [list(logits) for logits in words.values()]
    artifact = Artifact(
        manifest=Manifest(tuple(labels), {}, 1.0, "fp32", {}),
        tokenizer=Tokenizer(list(words), 40),
        graph=_graph(np.array(rows, "<f4")),
        metrics={},
        history=[],
    )
    return save_artifact(artifact, folder)


def _graph(weights: np.ndarray) -> bytes:
    """Write Gather and ReduceSum as onnx.proto lays them out: field numbers and their values."""
    axis = [(1, "axis"), (3, 0), (20, _INT)]
    axes = [(1, "axes"), (8, 1), (20, _INTS)]
    flat = [(1, "keepdims"), (3, 0), (20, _INT)]
    gather = [(1, "weights"), (1, "tokens"), (2, "words"), (4, "Gather"), (5, axis)]
    total = [(1, "words"), (2, "logits"), (4, "ReduceSum"), (5, axes), (5, flat)]
    shape = [(1, size) for size in weights.shape]
    tensor = [*shape, (2, _FLOAT), (8, "weights"), (9, weights.tobytes())]
    graph = [
        *[(1, gather), (1, total), (2, "counting"), (5, tensor)],
        (11, _value("tokens", _INT32, ["batch", "time"])),
        (11, _value("lengths", _INT32, ["batch"])),
        (12, _value("logits", _FLOAT, ["batch", weights.shape[1]])),
    ]
    return _message([(1, 6), (8, [(1, ""), (2, 11)]), (7, graph)])


def _value(name: str, kind: int, shape: Sequence[str | int]) -> list:
    sizes = [(1, [(1 if isinstance(size, int) else 2, size)]) for size in shape]
    return [(1, name), (2, [(1, [(1, kind), (2, sizes)])])]


def _message(fields: Sequence[tuple[int, int | str | bytes | list]]) -> bytes:
    encoded = b""
    for number, value in fields:
        if isinstance(value, int):
            encoded += _varint(number << 3) + _varint(value)
            continue
        content = value.encode() if isinstance(value, str) else value
        content = _message(content) if isinstance(content, list) else content
        encoded += _varint(number << 3 | 2) + _varint(len(content)) + content
    return encoded


def _varint(value: int) -> bytes:
    low = value & 0x7F
    return bytes([low]) if value < 0x80 else bytes([low | 0x80]) + _varint(value >> 7)
