"""Imports what training needs: quietly, and with one line of error when something is missing."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from lstm_sentiment_cli.atomic import temporary_files
from lstm_sentiment_cli.errors import SentimentError


def require_tensorflow() -> None:
    """Import TensorFlow and Keras without their log lines."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _needed_for("training"), _silent_stderr():
        import keras
        import onnx  # noqa: F401
        import tensorflow  # noqa: F401
    if keras.backend.backend() != "tensorflow":
        raise SentimentError(
            f"training needs Keras on TensorFlow, here it runs on {keras.backend.backend()}; "
            "unset KERAS_BACKEND"
        )


def require_keras_tuner() -> None:
    """Import TensorFlow and Keras Tuner."""
    require_tensorflow()
    with _needed_for("tuning"):
        import keras_tuner  # noqa: F401
    # It warns of a process that builds one network after another, which is what a search does.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def require_gensim() -> None:
    """Import gensim, which `embedding_epochs` needs."""
    # It warns of little data and of small batches, which the user has not asked about.
    logging.getLogger("gensim").setLevel(logging.ERROR)
    with _needed_for("embedding_epochs"):
        import gensim.models  # noqa: F401


@contextmanager
def _needed_for(purpose: str) -> Iterator[None]:
    """Say in one line why an import within the block fails, and what to do."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise SentimentError(
            f"{purpose} needs {error.name}; "
            "install it with: pip install 'lstm-sentiment-cli[train]'"
        ) from None
    except (ImportError, OSError) as error:
        # TensorFlow raises another with a whole traceback as its text.
        first = error.__context__ or error
        if isinstance(first, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        reason = " ".join(str(first).split())
        raise SentimentError(
            f"{purpose} cannot load its libraries: {reason:.200}; free memory, or install them "
            "again with: pip install --force-reinstall 'lstm-sentiment-cli[train]'"
        ) from None


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Hold back what C++ writes to file descriptor 2 during an import; show it if that fails.

    TensorFlow 2.21 logs before it reads TF_CPP_MIN_LOG_LEVEL, below anything Python can catch.
    """
    with temporary_files():
        held_back = tempfile.TemporaryFile()  # noqa: SIM115  closed below
    sys.stderr.flush()
    kept = os.dup(2)
    with held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except (
            ImportError,
            OSError,
            MemoryError,
            KeyboardInterrupt,
            SystemExit,
        ):  # said in one line
            raise
        except BaseException:
            held_back.seek(0)
            os.write(kept, held_back.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
