"""The stacked LSTM in Keras, and its weights as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

LAST = ("last",)  # only the last state is needed: no layer and no nodes for pooling


class Pooling(keras.layers.Layer):  # type: ignore[misc]  # untyped
    """Reduces [steps (batch, time, units), states …] of an LSTM to (batch, units · ways)."""

    def __init__(self, ways: Sequence[str]) -> None:
        super().__init__(name="pooling")
        self.ways = tuple(ways)
        if "attention" in ways:
            self.score = keras.layers.Dense(1, activation="tanh", name="score")

    def build(self, input_shape: Sequence[tuple[int | None, ...]]) -> None:
        """Create the weights of attention."""
        if "attention" in self.ways:
            self.score.build(input_shape[0])

    def call(self, inputs: Sequence[keras.KerasTensor], mask: Any = None) -> keras.KerasTensor:
        """Concatenate the result of each way; Keras passes the masks of the inputs."""
        steps, *states = inputs
        real = keras.ops.expand_dims(mask[0], -1)
        return keras.ops.concatenate(
            [self._read(way, steps, states, real) for way in self.ways], axis=-1
        )

    def compute_mask(self, _inputs: object, _previous_mask: object) -> None:
        """Return none: the output has no time axis."""

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
        # Keras' softmax warns of texts of one token; for scores from -1 to 1 this is enough.
        weights = keras.ops.where(real, keras.ops.exp(self.score(steps)), 0.0)
        return keras.ops.sum(weights * steps, axis=1) / keras.ops.sum(weights, axis=1)


Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LstmWeights:
    """One layer of H units over inputs of width E, in D directions.

    The gates are in the order i f c o, as Keras stores them.
    """

    kernel: Weights  # (D, E, 4H)
    recurrent: Weights  # (D, H, 4H)
    bias: Weights  # (D, 4H)

    @property
    def directions(self) -> int:
        """1 or 2."""
        return len(self.bias)


@dataclass(frozen=True)
class NetworkWeights:
    """All weights, in float32, and how the last LSTM layer is read."""

    embedding: Weights  # (vocabulary, E)
    lstm: tuple[LstmWeights, ...]
    pooling: tuple[str, ...]
    attention: tuple[Weights, ...]  # (D·H, 1) and (1,); empty without attention
    dense_kernel: Weights  # (D·H · ways of pooling, labels)
    dense_bias: Weights  # (labels,)


def build(given: Hyperparameters, vocabulary: int, labels: int) -> keras.Model:
    """Build the network: Embedding → LSTM … → LSTM → Dense softmax, ids (batch, time) in.

    `vocabulary` is the number of words that the tokeniser has, which in small data are fewer than
    `vocabulary_size`. Padding (id 0) is masked. Dropout layers of share 0 are left out, so that the
    preset `seed` is exactly the reference network.
    """
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    hidden = keras.layers.Embedding(
        vocabulary, given.embedding_units, mask_zero=True, name="embedding"
    )(tokens)
    if given.embedding_dropout:
        hidden = keras.layers.SpatialDropout1D(given.embedding_dropout)(hidden)
    last = len(given.lstm_units) - 1
    for index in range(last):
        hidden = _lstm(given, index, return_sequences=True)(hidden)
        if given.dropout:
            # The same channels are dropped in all time steps (Gal and Ghahramani 2016).
            hidden = keras.layers.SpatialDropout1D(given.dropout)(hidden)
    ways = tuple(given.pooling.split("+"))
    if ways == LAST:
        hidden = _lstm(given, last)(hidden)
    else:
        hidden = Pooling(ways)(_lstm(given, last, return_sequences=True, return_state=True)(hidden))
    if given.dropout:
        hidden = keras.layers.Dropout(given.dropout)(hidden)
    probabilities = keras.layers.Dense(labels, activation="softmax", name="probabilities")(hidden)
    return keras.Model(tokens, probabilities, name="lstm_sentiment")


def _lstm(given: Hyperparameters, index: int, **returned: bool) -> keras.layers.Layer:
    layer = keras.layers.LSTM(given.lstm_units[index], name=f"lstm_{index}", **returned)
    return keras.layers.Bidirectional(layer, name=layer.name) if given.directions == 2 else layer


class ProbabilitiesCrossentropy(keras.losses.BinaryCrossentropy):  # type: ignore[misc]  # untyped
    """Binary cross-entropy of probabilities, even if a softmax computed them.

    Keras attaches the logits of a softmax to its output, and its binary cross-entropy then reads
    them as logits of sigmoids: a different loss, which makes networks overconfident.
    """

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Return the loss of each example, (batch,); probabilities are (batch, labels)."""
        return super().call(y_true, keras.ops.clip(y_pred, 0.0, 1.0))


def compile_for_training(model: keras.Model, hyperparameters: Hyperparameters) -> None:
    """Give the network its loss, Adam and accuracy; targets are one-hot (batch, labels)."""
    loss_class = {
        "binary_crossentropy": ProbabilitiesCrossentropy,
        "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    }[hyperparameters.loss]
    model.compile(
        optimizer=keras.optimizers.Adam(
            hyperparameters.learning_rate,
            clipnorm=hyperparameters.clipnorm,
            # Polyak and Juditsky 1992.
            use_ema=hyperparameters.averaging > 0,
            ema_momentum=hyperparameters.averaging,
        ),
        loss=loss_class(label_smoothing=hyperparameters.label_smoothing),
        weighted_metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        # XLA compiles again for each width of a batch, which costs more than it saves.
        jit_compile=False,
    )


def read_weights(model: keras.Model) -> NetworkWeights:
    """Copy the weights out of a network of `build`."""
    pooling = [layer for layer in model.layers if isinstance(layer, Pooling)]
    return NetworkWeights(
        embedding=model.get_layer("embedding").get_weights()[0],
        lstm=tuple(_stacked(layer.get_weights()) for layer in _lstm_layers(model)),
        pooling=pooling[0].ways if pooling else LAST,
        attention=tuple(pooling[0].get_weights()) if pooling else (),
        dense_kernel=model.get_layer("probabilities").get_weights()[0],
        dense_bias=model.get_layer("probabilities").get_weights()[1],
    )


def write_weights(model: keras.Model, weights: NetworkWeights) -> None:
    """Copy weights into a network of the same shape, the inverse of `read_weights`."""
    model.get_layer("embedding").set_weights([weights.embedding])
    for layer, its in zip(_lstm_layers(model), weights.lstm, strict=True):
        directions = zip(its.kernel, its.recurrent, its.bias, strict=True)
        layer.set_weights([array for direction in directions for array in direction])
    if weights.attention:
        model.get_layer("pooling").set_weights(weights.attention)
    model.get_layer("probabilities").set_weights([weights.dense_kernel, weights.dense_bias])


def _lstm_layers(model: keras.Model) -> list[keras.layers.Layer]:
    kinds = (keras.layers.LSTM, keras.layers.Bidirectional)
    return [layer for layer in model.layers if isinstance(layer, kinds)]


def _stacked(arrays: list[Weights]) -> LstmWeights:
    """Stack kernel, recurrent and bias over the directions, which Keras lists one after another."""
    return LstmWeights(*(np.stack(arrays[kind::3]) for kind in range(3)))
