"""The stacked LSTM in Keras, and its weights as plain arrays."""

from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LstmWeights:
    """One layer of H units over inputs of width E; gates lie i f c o, as Keras stores them."""

    kernel: Weights  # (E, 4H)
    recurrent: Weights  # (H, 4H)
    bias: Weights  # (4H,)


@dataclass(frozen=True)
class NetworkWeights:
    """All that was learnt, in float32."""

    embedding: Weights  # (vocabulary, E)
    lstm: tuple[LstmWeights, ...]
    dense_kernel: Weights  # (H, labels)
    dense_bias: Weights  # (labels,)


def build(hyperparameters: Hyperparameters, vocabulary: int, labels: int) -> keras.Model:
    """Build the network: Embedding → LSTM … → LSTM → Dense softmax, ids (batch, time) in.

    `vocabulary` is what the tokeniser really holds, which small data leaves under the knob.

    Padding (id 0) is masked. Dropout layers of share 0 are left out, so that the preset `seed`
    is the reference network and nothing else.
    """
    layers: list[keras.layers.Layer] = [
        keras.Input((None,), dtype="int32", name="tokens"),
        keras.layers.Embedding(
            vocabulary,
            hyperparameters.embedding_units,
            mask_zero=True,
            name="embedding",
        ),
    ]
    if hyperparameters.embedding_dropout:
        layers.append(keras.layers.SpatialDropout1D(hyperparameters.embedding_dropout))
    last = len(hyperparameters.lstm_units) - 1
    for index, units in enumerate(hyperparameters.lstm_units):
        layers.append(
            keras.layers.LSTM(units, return_sequences=index != last, name=f"lstm_{index}")
        )
        if hyperparameters.dropout:
            # Over time the same channels are dropped (Gal and Ghahramani 2016).
            dropout = keras.layers.Dropout if index == last else keras.layers.SpatialDropout1D
            layers.append(dropout(hyperparameters.dropout))
    layers.append(keras.layers.Dense(labels, activation="softmax", name="probabilities"))
    return keras.Sequential(layers, name="lstm_sentiment")


class ProbabilitiesCrossentropy(keras.losses.BinaryCrossentropy):  # type: ignore[misc]  # untyped
    """Binary cross-entropy of probabilities, also where they come from a softmax.

    Keras leaves the logits of a softmax on its output, and its binary cross-entropy then reads
    them as logits of sigmoids: another loss, whose networks are twice too sure of themselves.
    """

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Return the loss by example, (batch,), of probabilities (batch, labels)."""
        return super().call(y_true, keras.ops.clip(y_pred, 0.0, 1.0))


def compile_for_training(model: keras.Model, hyperparameters: Hyperparameters) -> None:
    """Give the network its loss, Adam and accuracy; targets are one-hot (batch, labels)."""
    loss_class = {
        "binary_crossentropy": ProbabilitiesCrossentropy,
        "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    }[hyperparameters.loss]
    model.compile(
        optimizer=keras.optimizers.Adam(
            hyperparameters.learning_rate, clipnorm=hyperparameters.clipnorm
        ),
        loss=loss_class(label_smoothing=hyperparameters.label_smoothing),
        weighted_metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        # XLA compiles anew for each width of a batch, which costs more than it gains.
        jit_compile=False,
    )


def read_weights(model: keras.Model) -> NetworkWeights:
    """Copy the weights out of a network of `build`."""
    lstm = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    return NetworkWeights(
        embedding=model.get_layer("embedding").get_weights()[0],
        lstm=tuple(LstmWeights(*layer.get_weights()) for layer in lstm),
        dense_kernel=model.get_layer("probabilities").get_weights()[0],
        dense_bias=model.get_layer("probabilities").get_weights()[1],
    )


def write_weights(model: keras.Model, weights: NetworkWeights) -> None:
    """Copy weights into a network of the same shape, the inverse of `read_weights`."""
    model.get_layer("embedding").set_weights([weights.embedding])
    lstm = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    for layer, its in zip(lstm, weights.lstm, strict=True):
        layer.set_weights([its.kernel, its.recurrent, its.bias])
    model.get_layer("probabilities").set_weights([weights.dense_kernel, weights.dense_bias])
