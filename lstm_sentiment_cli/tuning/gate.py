"""The one door to Keras Tuner: quiet, and one line when it is not installed."""

import logging

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.gate import NEEDED, require_tensorflow


def require_keras_tuner() -> None:
    """Import TensorFlow and Keras Tuner; SentimentError when one is missing."""
    require_tensorflow()
    try:
        import keras_tuner  # noqa: F401
    except ModuleNotFoundError as error:
        raise SentimentError(
            f"tuning needs {error.name}; install it with: pip install '{NEEDED}'"
        ) from None
    # It warns of a process that builds one network after another, which is what a search does.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
