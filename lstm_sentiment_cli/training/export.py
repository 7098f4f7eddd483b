"""The network as an ONNX graph, and back.

The graph is written node by node: Keras' own exporter depends on a bridge without a maintainer,
and writes loops that run three times slower.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import FloatMatrix, Ids, OnnxRuntime, Ragged, softmax
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN
from lstm_sentiment_cli.training.network import (
    LAST,
    LstmWeights,
    NetworkWeights,
    Weights,
    read_weights,
)

# Opset 17 and IR 8 are what ONNX Runtime 1.14 and everything since reads.
_OPSET = 17
_IR_VERSION = 8
LARGEST_DIFFERENCE = 1e-5

# Keras stores the gates as i f c o, ONNX as i o f c.
_KERAS_TO_ONNX = (0, 3, 1, 2)
_ONNX_TO_KERAS = (0, 2, 3, 1)
_ATTENTION = ("attention_kernel", "attention_bias")
# Shapes, then what the pooling nodes need: ends of a range, axes, and values after a text's end.
_CONSTANTS: Mapping[str, npt.NDArray[Any]] = {
    "first": np.array([0], np.int64),
    "steps_joined": np.array([0, 0, -1], np.int64),
    "state_joined": np.array([0, -1], np.int64),
    "zero": np.array(0, np.int64),
    "one": np.array(1, np.int64),
    "after_time": np.array([1, 2], np.int64),
    "after_batch": np.array([1], np.int64),
    "over_time": np.array([0], np.int64),
    "never": np.array(-np.inf, np.float32),
    "nothing": np.array(0, np.float32),
}


def to_graph(weights: NetworkWeights) -> bytes:
    """Write tokens int32 (batch, time), lengths int32 (batch,) → logits (batch, labels)."""
    nodes = list(_nodes(weights))
    array = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "lstm_sentiment",
        [
            array("tokens", TensorProto.INT32, ["batch", "time"]),
            array("lengths", TensorProto.INT32, ["batch"]),
        ],
        [array("logits", TensorProto.FLOAT, ["batch", len(weights.dense_bias)])],
        [numpy_helper.from_array(value, name) for name, value in _constants(weights, nodes)],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    onnx.checker.check_model(model)
    written: bytes = model.SerializeToString()
    return written


def from_graph(graph: bytes) -> NetworkWeights:
    """Read the weights, the inverse of `to_graph`."""
    try:
        model = onnx.load_from_string(graph)
        constants = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
        layers = sum(node.op_type == "LSTM" for node in model.graph.node)
        joined = [tuple(node.input) for node in model.graph.node if node.op_type == "Concat"]
        pooling = joined[0] if joined else LAST
        return NetworkWeights(
            embedding=_float32(constants["embedding"]),
            lstm=tuple(_lstm_weights(constants, index) for index in range(layers)),
            pooling=pooling,
            attention=tuple(
                _float32(constants[name]) for name in _ATTENTION if "attention" in pooling
            ),
            dense_kernel=_float32(constants["dense_kernel"]),
            dense_bias=_float32(constants["dense_bias"]),
        )
    except KeyError as error:
        raise SentimentError(
            f"model.onnx holds no float32 weight {error}: it has a reduced precision or was "
            "exported by another program; start from the fp32 model"
        ) from None


def exported(model: keras.Model) -> bytes:
    """Export a network, and compare it with Keras on ragged, empty and unknown input."""
    weights = read_weights(model)
    graph = to_graph(weights)
    random = np.random.default_rng(0)
    ragged = [
        random.integers(1, len(weights.embedding), length).tolist()
        for length in (1, 2, 3, 7, 20, 64)
    ]
    check_export(graph, model.predict_on_batch, [[EMPTY], [UNKNOWN], [UNKNOWN] * 9, *ragged])
    return graph


def check_export(
    graph: bytes, probabilities: Callable[[Ids], FloatMatrix], rows: Sequence[Sequence[int]]
) -> float:
    """Return the largest difference of a probability between Keras and the graph.

    A difference above LARGEST_DIFFERENCE is a bug of this program: RuntimeError.
    """
    ragged = Ragged.of(rows)
    tokens, lengths = ragged.padded(np.arange(len(rows)), ragged.starts)
    exported = softmax(OnnxRuntime(graph).run(tokens, lengths))
    difference = float(np.abs(exported - probabilities(tokens)).max())
    if not difference <= LARGEST_DIFFERENCE:
        raise RuntimeError(
            f"the exported network differs from Keras by {difference:.2g}, "
            f"more than {LARGEST_DIFFERENCE:g}"
        )
    return difference


def _nodes(weights: NetworkWeights) -> Iterator[NodeProto]:
    """Yield the nodes from "tokens" and "lengths" to "logits"."""
    # LSTM needs time first: transposing the ids is cheaper than transposing the vectors.
    yield helper.make_node("Transpose", ["tokens"], ["steps"], perm=[1, 0])
    yield helper.make_node("Gather", ["embedding", "steps"], ["hidden_0"])
    *earlier, last = enumerate(weights.lstm)
    for index, layer in earlier:
        yield from _lstm_nodes(index, layer, steps=f"hidden_{index + 1}")
    hidden = f"hidden_{len(weights.lstm)}"
    if weights.pooling == LAST:
        yield from _lstm_nodes(*last, state=hidden)
    else:
        state = "last" if "last" in weights.pooling else ""
        yield from _lstm_nodes(*last, steps=hidden, state=state)
        yield from _pooling_nodes(weights.pooling, hidden)
        hidden = "pooled"
    yield helper.make_node("Gemm", [hidden, "dense_kernel", "dense_bias"], ["logits"])


def _lstm_nodes(
    index: int, layer: LstmWeights, *, steps: str = "", state: str = ""
) -> Iterator[NodeProto]:
    """Yield the nodes to `steps` (time, batch, D·H), its last `state` (batch, D·H), or both."""
    names = [f"{name}_{index}" for name in ("kernel", "recurrent", "bias")]
    all_steps, last_state = steps and f"directions_{index}", state and f"state_{index}"
    yield helper.make_node(
        "LSTM",
        [f"hidden_{index}", *names, "lengths"],
        # The last state is that at each text's length.
        [all_steps, last_state] if state else [all_steps],
        hidden_size=layer.recurrent.shape[1],
        direction=None if layer.directions == 1 else "bidirectional",
    )
    for given, wanted, axis, order, shape in (
        (all_steps, steps, "direction", [0, 2, 1, 3], "steps_joined"),
        (last_state, state, "first", [1, 0, 2], "state_joined"),
    ):
        if wanted and layer.directions == 1:
            yield helper.make_node("Squeeze", [given, axis], [wanted])
        elif wanted:
            # ONNX puts the directions before the batch; here they belong side by side.
            yield helper.make_node("Transpose", [given], [f"{wanted}_apart"], perm=order)
            yield helper.make_node("Reshape", [f"{wanted}_apart", shape], [wanted])


def _pooling_nodes(ways: Sequence[str], steps: str) -> Iterator[NodeProto]:
    """Yield the nodes from `steps` (time, batch, units), "lengths" and "last" to "pooled"."""
    node = helper.make_node
    # A step is real, (time, batch, 1), where its number is below the text's length.
    yield node("Shape", ["tokens"], ["shape"], start=1)
    yield node("Squeeze", ["shape"], ["time"])
    yield node("Range", ["zero", "time", "one"], ["numbers"])
    yield node("Unsqueeze", ["numbers", "after_time"], ["step_numbers"])
    yield node("Cast", ["lengths"], ["whole_lengths"], to=TensorProto.INT64)
    yield node("Unsqueeze", ["whole_lengths", "after_batch"], ["text_lengths"])
    yield node("Less", ["step_numbers", "text_lengths"], ["real"])
    if "max" in ways:
        yield node("Where", ["real", steps, "never"], ["or_never"])
        yield node("ReduceMax", ["or_never"], ["max"], axes=[0], keepdims=0)
    if "mean" in ways:
        yield node("Where", ["real", steps, "nothing"], ["or_nothing"])
        yield node("ReduceSum", ["or_nothing", "over_time"], ["total"], keepdims=0)
        yield node("Cast", ["text_lengths"], ["counts"], to=TensorProto.FLOAT)
        yield node("Div", ["total", "counts"], ["mean"])
    if "attention" in ways:
        yield node("MatMul", [steps, "attention_kernel"], ["products"])
        yield node("Add", ["products", "attention_bias"], ["sums"])
        yield node("Tanh", ["sums"], ["scores"])
        yield node("Where", ["real", "scores", "never"], ["real_scores"])
        yield node("Softmax", ["real_scores"], ["weights"], axis=0)
        yield node("Mul", ["weights", steps], ["weighted"])
        yield node("ReduceSum", ["weighted", "over_time"], ["attention"], keepdims=0)
    yield node("Concat", list(ways), ["pooled"], axis=1)


def _constants(
    weights: NetworkWeights, nodes: Iterable[NodeProto]
) -> Iterator[tuple[str, Weights]]:
    """Yield names and values: the weights, and the other constants that the nodes read."""
    used = {name for node in nodes for name in node.input}
    yield "embedding", weights.embedding
    # Always, though not every network reads it: the same weights keep making the same bytes.
    yield "direction", np.array([1], np.int64)
    for index, layer in enumerate(weights.lstm):
        yield from _lstm_constants(index, layer)
    yield from ((name, value) for name, value in _CONSTANTS.items() if name in used)
    yield from zip(_ATTENTION, weights.attention, strict=False)
    yield "dense_kernel", weights.dense_kernel
    yield "dense_bias", weights.dense_bias


def _lstm_constants(index: int, layer: LstmWeights) -> Iterator[tuple[str, Weights]]:
    bias = _gates(layer.bias, _KERAS_TO_ONNX)
    yield f"kernel_{index}", _gates(layer.kernel, _KERAS_TO_ONNX).swapaxes(1, 2)
    yield f"recurrent_{index}", _gates(layer.recurrent, _KERAS_TO_ONNX).swapaxes(1, 2)
    # ONNX has one bias for the inputs and one for the state; Keras only has their sum.
    yield f"bias_{index}", np.concatenate([bias, np.zeros_like(bias)], axis=1)


def _lstm_weights(constants: dict[str, Weights], index: int) -> LstmWeights:
    kernel, recurrent, bias = (
        _float32(constants[f"{name}_{index}"]) for name in ("kernel", "recurrent", "bias")
    )
    return LstmWeights(
        kernel=_gates(kernel.swapaxes(1, 2), _ONNX_TO_KERAS),
        recurrent=_gates(recurrent.swapaxes(1, 2), _ONNX_TO_KERAS),
        bias=_gates(bias[:, : bias.shape[1] // 2], _ONNX_TO_KERAS),
    )


def _gates(matrix: Weights, order: Sequence[int]) -> Weights:
    """Reorder the four blocks of columns (…, 4H)."""
    blocks = np.split(matrix, 4, axis=-1)
    return np.concatenate([blocks[index] for index in order], axis=-1)


def _float32(array: Weights) -> Weights:
    if array.dtype != np.float32:
        raise KeyError(str(array.dtype))
    return array
