"""What model.onnx may hold, checked before ONNX Runtime sees it.

A graph of a stranger could loop for ever, take files of its choice or fill the memory. Ours are
built of few operators, joined in few ways; any other is refused. The base install has no `onnx`,
but little of it is needed: the numbers of fields are those of onnx.proto3
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
"""

from collections.abc import Iterator
from math import prod

from lstm_sentiment_cli.model.protobuf import (
    BYTES,
    FIXED32,
    VARINT,
    Fields,
    Message,
    Span,
    read_fields,
    unpacked,
)

# Each operator of our graphs (training/export.py, and what onnxruntime.quantization made of them)
# and what each of its inputs may be: an input of the graph, a constant, or another operator.
_STEPS = "Squeeze Reshape"
_READ = f"{_STEPS} Concat"
_WAYS = f"{_STEPS} ReduceMax ReduceSum Div"
_OPERATORS: dict[str, tuple[str, ...]] = {
    "Transpose": ("tokens LSTM DynamicQuantizeLSTM",),
    "Gather": ("weights", "Transpose"),
    "LSTM": (f"Gather {_STEPS}", "weights", "weights", "weights", "lengths"),
    "Squeeze": ("LSTM DynamicQuantizeLSTM Shape", "constant"),
    "Reshape": ("Transpose", "constant"),
    "Gemm": (_READ, "weights", "weights"),
    # Of pooling:
    "Shape": ("tokens",),
    "Range": ("zero", "width", "one"),
    "Unsqueeze": ("Range Cast", "constant"),
    "Cast": ("lengths Unsqueeze MatMulInteger",),
    "Less": ("Unsqueeze", "Unsqueeze"),
    "Where": ("Less", f"{_STEPS} Tanh", "constant"),
    "ReduceMax": ("Where",),
    "ReduceSum": ("Where Mul", "constant"),
    "Div": ("ReduceSum", "Cast"),
    "MatMul": (_STEPS, "weights"),
    "Add": ("MatMul Mul", "constant"),
    "Tanh": ("Add",),
    "Softmax": ("Where",),
    "Mul": ("Softmax Cast DynamicQuantizeLinear", f"{_STEPS} Mul constant"),
    "Concat": (_WAYS, _WAYS, _WAYS, _WAYS),
    # Of int8, which earlier versions wrote:
    "DequantizeLinear": ("Gather", "constant", "constant"),
    "DynamicQuantizeLinear": (_READ,),
    "MatMulInteger": ("DynamicQuantizeLinear", "weights", "DynamicQuantizeLinear", "constant"),
    "DynamicQuantizeLSTM": (
        *(f"DequantizeLinear {_STEPS}", "weights", "weights", "weights", "lengths"),
        *("nothing", "nothing", "nothing", "constant", "constant", "constant", "constant"),
    ),
}
_DOMAINS = {"DynamicQuantizeLSTM": "com.microsoft"}  # the others are of ONNX itself
# A constant of more numbers is one of the weights, which arithmetic does not read: a sum of two
# huge ones, one a row and the other a column, would fill the memory.
_SMALL = 1024

_MODEL = Message(
    "a model",
    once=[(1, VARINT), (2, BYTES), (3, BYTES), (4, BYTES), (5, VARINT), (6, BYTES), (7, BYTES)],
    repeated=[(8, BYTES), (14, BYTES)],  # versions of the operators; remarks
)
_GRAPH = Message(
    "a graph",
    once=[(2, BYTES), (10, BYTES)],
    repeated=[(1, BYTES), (5, BYTES), (11, BYTES), (12, BYTES), (13, BYTES)],
)
_NODE = Message(
    "a node",
    once=[(3, BYTES), (4, BYTES), (6, BYTES), (7, BYTES)],
    repeated=[(1, BYTES), (2, BYTES), (5, BYTES)],
)
_ATTRIBUTE = Message(
    "an attribute",
    once=[(1, BYTES), (2, FIXED32), (3, VARINT), (4, BYTES), (20, VARINT)],
    repeated=[(7, FIXED32), (7, BYTES), (8, VARINT), (8, BYTES)],
)
_TENSOR = Message(
    "a tensor",
    once=[(2, VARINT), (4, BYTES), (5, BYTES), (8, BYTES), (9, BYTES), (14, VARINT)],
    repeated=[(1, VARINT), (1, BYTES), (13, BYTES)],
)
_FLOAT, _INT64 = 1, 7  # of TensorProto.DataType
_ZERO, _ONE = bytes(8), (1).to_bytes(8, "little")


def embedding_rows(graph: bytes) -> int:
    """Return for how many words a graph has a vector; ValueError says what no graph of ours has.

    The weights themselves are skipped: this takes less than a millisecond.
    """
    spans = read_fields(graph, (0, len(graph)), _MODEL).spans
    fields = read_fields(graph, spans.get(7, [(0, 0)])[0], _GRAPH).spans
    sources = {b"": "nothing", b"tokens": "tokens", b"lengths": "lengths"}
    rows: dict[bytes, int] = {}
    for span in fields.get(5, ()):
        name, kind, rows[name] = _constant(graph, span)
        _add(sources, name, kind)
    nodes = [_operator(graph, span, sources) for span in fields.get(1, ())]
    embeddings = [inputs[0] for operator, inputs in nodes if operator == "Gather"]
    if len(embeddings) != 1:
        raise ValueError(f"{len(embeddings)} embeddings")
    return rows[embeddings[0]]


def float_weights(graph: bytes) -> Iterator[Span]:
    """Yield where a graph that `embedding_rows` lets pass holds float32, but for single numbers."""
    [span] = read_fields(graph, (0, len(graph)), _MODEL).spans[7]
    for constant in read_fields(graph, span, _GRAPH).spans[5]:
        tensor = read_fields(graph, constant, _TENSOR)
        if tensor.numbers.get(2) == [_FLOAT]:
            spans = tensor.spans.get(4, [])  # the scales of int8
            if unpacked(graph, tensor, 1):  # pooling has a single -inf
                spans = spans + tensor.spans.get(9, [])
            # ONNX Runtime refuses what is no whole number of them.
            yield from ((begin, end - (end - begin) % 4) for begin, end in spans)


def _constant(graph: bytes, span: Span) -> tuple[bytes, str, int]:
    """Return a constant's name, its kind in _OPERATORS, and its number of rows."""
    tensor = read_fields(graph, span, _TENSOR)
    if 13 in tensor.spans or tensor.numbers.get(14, [0]) != [0]:
        raise ValueError("data outside of the folder")
    dims = unpacked(graph, tensor, 1)
    kind = "constant" if prod(dims) <= _SMALL else "weights"
    if not dims and tensor.numbers.get(2) == [_INT64]:
        kind = {_ZERO: "zero", _ONE: "one"}.get(_content(graph, tensor, 9), kind)
    return _content(graph, tensor, 8), kind, dims[0] if dims else 0


def _operator(graph: bytes, span: Span, sources: dict[bytes, str]) -> tuple[str, list[bytes]]:
    """Return a node's operator and the names of its inputs; add its outputs to the sources."""
    node = read_fields(graph, span, _NODE)
    operator, domain = (_content(graph, node, field).decode(errors="replace") for field in (4, 7))
    if operator not in _OPERATORS or domain != _DOMAINS.get(operator, ""):
        raise ValueError(f"the operator {f'{domain} {operator}'.strip()[:60]!r}")
    for attribute in node.spans.get(5, ()):
        read_fields(graph, attribute, _ATTRIBUTE)
    inputs = [graph[begin:end] for begin, end in node.spans.get(1, ())]
    kinds = [sources.get(name, "an unknown value") for name in inputs]
    _check_inputs(operator, kinds)
    for name in inputs:
        if sources[name] == "weights":
            sources[name] = "weights that were used"
    kind = "width" if kinds[:1] == ["Shape"] else operator
    for begin, end in node.spans.get(2, ()):
        if begin < end:
            _add(sources, graph[begin:end], kind)
    return operator, inputs


def _check_inputs(operator: str, kinds: list[str]) -> None:
    allowed = _OPERATORS[operator]
    if not kinds or len(kinds) > len(allowed):
        raise ValueError(f"{len(kinds)} inputs of {operator}")
    for kind, its in zip(kinds, allowed, strict=False):
        # Small weights are constants.
        if kind not in its.split() and not (kind == "constant" and its == "weights"):
            raise ValueError(f"{kind} as an input of {operator}")


def _add(sources: dict[bytes, str], name: bytes, kind: str) -> None:
    if name in sources:
        raise ValueError(f"two values named {name.decode(errors='replace')[:60]!r}")
    sources[name] = kind


def _content(graph: bytes, fields: Fields, number: int) -> bytes:
    return b"".join(graph[begin:end] for begin, end in fields.spans.get(number, ()))
