"""A saved network of ours, loaded by Keras alone as far as it can."""

import zipfile
from typing import Any

import keras


def load(path: str) -> keras.Model:
    """Load what keras_save.py wrote; only a network with a layer of ours imports the package."""
    with zipfile.ZipFile(path) as file:
        has_pooling = b'"Pooling"' in file.read("config.json")
    custom = {"Pooling": _pooling()} if has_pooling else None
    return keras.saving.load_model(path, compile=False, custom_objects=custom)


def _pooling() -> type[keras.layers.Layer]:
    from lstm_sentiment_cli.training import network

    # Of the same name: Keras finds a layer's weights by that of its class.
    class Pooling(network.Pooling):
        """The layer, which also takes what Keras saves of every layer."""

        def __init__(self, ways: list[str], **_of_every_layer: Any) -> None:
            super().__init__(ways)

    return Pooling
