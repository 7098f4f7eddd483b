"""Integrated gradients of a model folder's network, in Keras."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.training.backend import require_tensorflow
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

Floats = npt.NDArray[np.float32]
BASELINES = ("zero", "unknown")
_ABSENT = 1e9  # no embedding holds it: every position is real


class IntegratedGradients:
    """What each token adds to the log-odds of a label.

    M. Sundararajan, A. Taly, Q. Yan (2017), "Axiomatic Attribution for Deep Networks": the mean
    gradient by the embeddings on the straight way from a baseline to the text, times the way.
    """

    def __init__(self, folder: Path, steps: int) -> None:
        require_tensorflow()
        import keras
        import tensorflow as tf

        from lstm_sentiment_cli.training.export import from_graph
        from lstm_sentiment_cli.training.network import build, write_weights

        artifact = load_artifact(folder)
        manifest = artifact.manifest
        knobs = Hyperparameters().replaced(Hyperparameters().to_dict() | manifest.hyperparameters)
        weights = from_graph(artifact.graph)
        model = build(knobs, len(weights.embedding), len(manifest.labels))
        write_weights(model, weights)
        vectors = keras.Input((None, weights.embedding.shape[1]))
        hidden = keras.layers.Masking(_ABSENT)(vectors)
        for layer in model.layers[2:-1]:  # without ids, embedding and softmax
            hidden = layer(hidden)
        tail = keras.Model(vectors, hidden)
        self._embedding = weights.embedding
        # The middles of equal parts of the way: the error falls with the square of their number.
        self._places = ((np.arange(steps) + 0.5) / steps).astype(np.float32)[:, None, None]

        def gradients(points: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                tape.watch(points)
                logits = tail(points) @ weights.dense_kernel + weights.dense_bias
                logits /= manifest.temperature
                label = tf.one_hot(number, logits.shape[-1])
                of_others = tf.reduce_logsumexp(logits - 1e9 * label, axis=1)
                odds = tf.reduce_sum(logits * label, axis=1) - of_others
            return tf.reduce_mean(tape.gradient(odds, points), axis=0)

        self._gradients = tf.function(
            gradients,
            input_signature=[
                tf.TensorSpec([steps, None, weights.embedding.shape[1]], tf.float32),
                tf.TensorSpec([], tf.int32),
            ],
        )

    def __call__(self, ids: list[int], number: int, baseline: str) -> Floats:
        """Return one number a token; the baseline is zero, or the unknown word's embedding."""
        text = self._embedding[ids]
        start = np.zeros_like(text) if baseline == "zero" else self._embedding[[1] * len(ids)]
        way = text - start
        mean_gradient = self._gradients(start + self._places * way, number).numpy()
        added: Floats = (way * mean_gradient).sum(axis=1)
        return added
