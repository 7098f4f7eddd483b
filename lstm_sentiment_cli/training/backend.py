"""The one door to Keras Tuner: quiet, and one line when it is not installed."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from lstm_sentiment_cli.errors import SentimentError

NEEDED = "lstm-sentiment-cli[train]"


def require_tensorflow() -> None:
    """Import TensorFlow and Keras without their noise; SentimentError when they are missing."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        with _silent_stderr():
            import keras
            import onnx  # noqa: F401
            import tensorflow  # noqa: F401
    except ModuleNotFoundError as error:
        raise SentimentError(
            f"training needs {error.name}; install it with: pip install '{NEEDED}'"
        ) from None
    if keras.backend.backend() != "tensorflow":
        raise SentimentError(
            f"training needs Keras on TensorFlow, here it is on {keras.backend.backend()}; "
            "unset KERAS_BACKEND"
        )


def require_onnx() -> None:
    """Import what writes graphs, without TensorFlow; SentimentError when it is missing."""
    try:
        import onnx  # noqa: F401
    except ModuleNotFoundError as error:
        raise SentimentError(
            f"quantize needs {error.name}; install it with: pip install '{NEEDED}'"
        ) from None


def require_gensim() -> None:
    """Import gensim, which a training needs that begins with word2vec; quietly, as above."""
    # It warns of little data and of small batches, which are not what the user asked about.
    logging.getLogger("gensim").setLevel(logging.ERROR)
    try:
        import gensim.models  # noqa: F401
    except ModuleNotFoundError as error:
        raise SentimentError(
            f"embedding_epochs needs {error.name}; install it with: pip install '{NEEDED}'"
        ) from None


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Hold back what C++ writes to file descriptor 2 while importing; show it if that fails.

    TensorFlow 2.21 logs before TF_CPP_MIN_LOG_LEVEL is read, below anything Python can catch.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except (ModuleNotFoundError, KeyboardInterrupt):
            raise
        except BaseException:
            held_back.seek(0)
            os.write(kept, held_back.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)


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
