"""ONNX files for tests, written without `onnx`: field numbers of onnx.proto3 and their values."""

from collections.abc import Iterator, Sequence

import numpy as np

FLOAT, INT32, INT64, BOOL = 1, 6, 7, 9  # of TensorProto.DataType

Field = tuple[int, "int | str | bytes | list"]


def message(fields: Sequence[Field]) -> bytes:
    """Encode fields: a list is a message of its own."""
    return b"".join(map(_field, *zip(*fields, strict=True))) if fields else b""


def _field(number: int, value: int | str | bytes | list) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    content = message(content) if isinstance(content, list) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """Encode a number of at most 64 bits."""
    low = value & 0x7F
    return bytes([low]) if value < 0x80 else bytes([low | 0x80]) + varint(value >> 7)


def node(operator: str, inputs: str, outputs: str, domain: str = "", **attributes: object) -> Field:
    """Return a node; names are parted by spaces, and "-" is none."""
    names = [(1, name.strip("-")) for name in inputs.split()]
    names += [(2, name.strip("-")) for name in outputs.split()]
    given = [(5, list(_attribute(name, value))) for name, value in attributes.items()]
    return 1, [*names, (4, operator), *given, *([(7, domain)] if domain else [])]


def _attribute(name: str, value: object) -> Iterator[Field]:
    yield 1, name
    if isinstance(value, list):
        yield from ((8, each) for each in value)
        yield 20, 7
    else:
        yield from [(3, value), (20, 2)] if isinstance(value, int) else [(4, value), (20, 3)]


def tensor(name: str, values: np.ndarray) -> Field:
    """Return a constant."""
    kind = {"float32": FLOAT, "int32": INT32, "int64": INT64}[str(values.dtype)]
    return 5, [*((1, size) for size in values.shape), (2, kind), (8, name), (9, values.tobytes())]


def value(field: int, name: str, kind: int, shape: Sequence[str | int]) -> Field:
    """Return an input of a graph (field 11) or its output (field 12)."""
    sizes = [(1, [(1 if isinstance(size, int) else 2, size)]) for size in shape]
    return field, [(1, name), (2, [(1, [(1, kind), (2, sizes)])])]


def ends(labels: int) -> list[Field]:
    """Return the inputs and the output that every graph of ours has."""
    return [
        value(11, "tokens", INT32, ["batch", "time"]),
        value(11, "lengths", INT32, ["batch"]),
        value(12, "logits", FLOAT, ["batch", labels]),
    ]


def model(graph: Sequence[Field], *more: Field, opset: int = 17) -> bytes:
    """Return a file of this graph; `more` are fields of the whole."""
    return message([(1, 8), *more, (7, [(2, "test"), *graph]), (8, [(1, ""), (2, opset)])])


def last_state(
    embedding: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, dense: np.ndarray
) -> list[Field]:
    """Return the smallest graph of ours, without biases.

    Shapes: (words, E), (1, 4H, E), (1, 4H, H), (H, labels).
    """
    units, given = recurrent.shape[2], "hidden_0 kernel_0 recurrent_0 bias_0 lengths"
    return [
        node("Transpose", "tokens", "steps", perm=[1, 0]),
        node("Gather", "embedding steps", "hidden_0"),
        node("LSTM", given, "- state_0", hidden_size=units),
        node("Squeeze", "state_0 first", "hidden_1"),
        node("Gemm", "hidden_1 dense_kernel dense_bias", "logits"),
        tensor("embedding", embedding),
        tensor("kernel_0", kernel),
        tensor("recurrent_0", recurrent),
        tensor("bias_0", np.zeros((1, 8 * units), np.float32)),
        tensor("first", np.array([0], np.int64)),
        tensor("dense_kernel", dense),
        tensor("dense_bias", np.zeros(dense.shape[1], np.float32)),
        *ends(dense.shape[1]),
    ]
