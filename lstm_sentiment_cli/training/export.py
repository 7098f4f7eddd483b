"""The network as an ONNX graph of our own, and back.

A dozen nodes written from the weights: Keras' own exporter goes through a bridge that has no
maintainer, writes loops and is three times slower to run.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.runtime import Ids, OnnxRuntime
from lstm_sentiment_cli.inference.softmax import softmax
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN
from lstm_sentiment_cli.training.network import LstmWeights, NetworkWeights, Weights, read_weights

# Opset 17 and IR 8 are what ONNX Runtime 1.14 and everything since reads.
_OPSET = 17
_IR_VERSION = 8
LARGEST_DIFFERENCE = 1e-5

# Keras stores the gates i f c o, ONNX wants i o f c.
_KERAS_TO_ONNX = (0, 3, 1, 2)
_ONNX_TO_KERAS = (0, 2, 3, 1)


def to_graph(weights: NetworkWeights) -> bytes:
    """Write tokens int32 (batch, time), lengths int32 (batch,) → logits (batch, labels)."""
    constants = [("embedding", weights.embedding), ("direction", np.array([1], np.int64))]
    nodes = [
        # Time first, as LSTM wants it: turning the ids is cheaper than turning the vectors.
        helper.make_node("Transpose", ["tokens"], ["steps"], perm=[1, 0]),
        helper.make_node("Gather", ["embedding", "steps"], ["hidden_0"]),
    ]
    last = len(weights.lstm) - 1
    for index, layer in enumerate(weights.lstm):
        constants += _lstm_constants(index, layer)
        names = [f"{name}_{index}" for name in ("kernel", "recurrent", "bias")]
        # The outputs are all steps and the last state, which ONNX takes at each text's length.
        outputs = ["", f"state_{index}"] if index == last else [f"directions_{index}"]
        nodes.append(
            helper.make_node(
                "LSTM",
                [f"hidden_{index}", *names, "lengths"],
                outputs,
                hidden_size=layer.recurrent.shape[0],
            )
        )
        nodes.append(
            helper.make_node(
                "Squeeze",
                [outputs[-1], "direction" if index != last else "first"],
                [f"hidden_{index + 1}"],
            )
        )
    constants += [
        ("first", np.array([0], np.int64)),
        ("dense_kernel", weights.dense_kernel),
        ("dense_bias", weights.dense_bias),
    ]
    nodes.append(
        helper.make_node("Gemm", [f"hidden_{last + 1}", "dense_kernel", "dense_bias"], ["logits"])
    )
    graph = helper.make_graph(
        nodes,
        "lstm_sentiment",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT32, ["batch", "time"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ],
        [
            helper.make_tensor_value_info(
                "logits", TensorProto.FLOAT, ["batch", len(weights.dense_bias)]
            )
        ],
        [numpy_helper.from_array(value, name) for name, value in constants],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
    )
    onnx.checker.check_model(model)
    written: bytes = model.SerializeToString()
    return written


def from_graph(graph: bytes) -> NetworkWeights:
    """Read the weights back, the inverse of `to_graph`."""
    try:
        model = onnx.load_from_string(graph)
        constants = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
        layers = sum(node.op_type == "LSTM" for node in model.graph.node)
        return NetworkWeights(
            embedding=_float32(constants["embedding"]),
            lstm=tuple(_lstm_weights(constants, index) for index in range(layers)),
            dense_kernel=_float32(constants["dense_kernel"]),
            dense_bias=_float32(constants["dense_bias"]),
        )
    except KeyError as error:
        raise SentimentError(
            f"model.onnx holds no float32 weight {error}: it is of reduced precision or not of "
            "this program's export; go on from the fp32 model"
        ) from None


def exported(model: keras.Model) -> bytes:
    """Export a network, and compare with Keras on ragged, empty and unknown input."""
    weights = read_weights(model)
    graph = to_graph(weights)
    chance = np.random.default_rng(0)
    ragged = [
        chance.integers(1, len(weights.embedding), length).tolist()
        for length in (1, 2, 3, 7, 20, 64)
    ]
    check_export(graph, model.predict_on_batch, [[EMPTY], [UNKNOWN], [UNKNOWN] * 9, *ragged])
    return graph


def check_export(
    graph: bytes, probabilities: Callable[[Ids], FloatMatrix], rows: Sequence[Sequence[int]]
) -> float:
    """Return the largest difference of a probability between Keras and the graph.

    A difference above LARGEST_DIFFERENCE is a fault of this program: RuntimeError.
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


def _lstm_constants(index: int, layer: LstmWeights) -> list[tuple[str, Weights]]:
    bias = _gates(layer.bias[None, :], _KERAS_TO_ONNX)
    return [
        (f"kernel_{index}", _gates(layer.kernel, _KERAS_TO_ONNX).T[None]),
        (f"recurrent_{index}", _gates(layer.recurrent, _KERAS_TO_ONNX).T[None]),
        # ONNX has one bias for the inputs and one for the state; Keras has only their sum.
        (f"bias_{index}", np.concatenate([bias, np.zeros_like(bias)], axis=1)),
    ]


def _lstm_weights(constants: dict[str, Weights], index: int) -> LstmWeights:
    bias = _float32(constants[f"bias_{index}"])
    return LstmWeights(
        kernel=_gates(_float32(constants[f"kernel_{index}"])[0].T, _ONNX_TO_KERAS),
        recurrent=_gates(_float32(constants[f"recurrent_{index}"])[0].T, _ONNX_TO_KERAS),
        bias=_gates(bias[:, : bias.shape[1] // 2], _ONNX_TO_KERAS)[0],
    )


def _gates(matrix: Weights, order: Sequence[int]) -> Weights:
    """Reorder the four blocks of columns (…, 4H)."""
    blocks = np.split(matrix, 4, axis=1)
    return np.concatenate([blocks[index] for index in order], axis=1)


def _float32(array: Weights) -> Weights:
    if array.dtype != np.float32:
        raise KeyError(str(array.dtype))
    return array
