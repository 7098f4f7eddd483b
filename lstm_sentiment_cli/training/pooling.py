"""What is read of the last LSTM layer: the same in Keras and as nodes of the exported graph.

last: the state after the text's last token, and of the backward direction after its first.
max, mean: of each channel, over the text's tokens.
attention: Σ aᵢhᵢ over the text's tokens, where a = softmax(e) and eᵢ = tanh(w·hᵢ + b) is a score
that is learnt (Baziotis et al. 2017, "DataStories at SemEval-2017 Task 4").

Several lie side by side, in the order in which they are named.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from onnx import NodeProto, TensorProto, helper

LAST = ("last",)
"""Needs the last state only: no layer of its own, nor nodes."""

# Of the nodes below: axes, the ends of a range, and what stands where a text has ended.
POOLING_CONSTANTS: Mapping[str, npt.NDArray[Any]] = {
    "zero": np.array(0, np.int64),
    "one": np.array(1, np.int64),
    "after_time": np.array([1, 2], np.int64),
    "after_batch": np.array([1], np.int64),
    "over_time": np.array([0], np.int64),
    "never": np.array(-np.inf, np.float32),
    "nothing": np.array(0, np.float32),
}


class Pooling(keras.layers.Layer):  # type: ignore[misc]  # untyped
    """Reads [steps (batch, time, units), states …] of an LSTM as (batch, units · ways)."""

    def __init__(self, ways: Sequence[str]) -> None:
        super().__init__(name="pooling")
        self.ways = tuple(ways)
        if "attention" in ways:
            self.score = keras.layers.Dense(1, activation="tanh", name="score")

    def build(self, input_shape: Sequence[tuple[int | None, ...]]) -> None:
        """Make the weights of attention."""
        if "attention" in self.ways:
            self.score.build(input_shape[0])

    def call(self, inputs: Sequence[keras.KerasTensor], mask: Any = None) -> keras.KerasTensor:
        """Read in each way and lay the results side by side; Keras gives the inputs' masks."""
        steps, *states = inputs
        real = keras.ops.expand_dims(mask[0], -1)
        return keras.ops.concatenate(
            [self._read(way, steps, states, real) for way in self.ways], axis=-1
        )

    def compute_mask(self, _inputs: object, _previous_mask: object) -> None:
        """Return none: there is no time any more."""

    def _read(
        self,
        way: str,
        steps: keras.KerasTensor,
        states: Sequence[keras.KerasTensor],
        real: keras.KerasTensor,
    ) -> keras.KerasTensor:
        if way == "last":
            # Each direction has a state h and a cell c.
            return keras.ops.concatenate(states[::2], axis=-1)
        if way == "max":
            return keras.ops.max(keras.ops.where(real, steps, -np.inf), axis=1)
        if way == "mean":
            total = keras.ops.sum(keras.ops.where(real, steps, 0.0), axis=1)
            return total / keras.ops.sum(keras.ops.cast(real, steps.dtype), axis=1)
        # Keras' softmax warns of texts of one token; scores of -1 to 1 need no more than this.
        weights = keras.ops.where(real, keras.ops.exp(self.score(steps)), 0.0)
        return keras.ops.sum(weights * steps, axis=1) / keras.ops.sum(weights, axis=1)


def pooling_nodes(ways: Sequence[str], steps: str) -> Iterator[NodeProto]:
    """Yield the nodes from `steps` (time, batch, units), "lengths" and "last" to "pooled".

    They read POOLING_CONSTANTS, and for attention its weights.
    """
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
