"""One fold: a network trained on all others and measured on this one."""

import math
import time

import numpy as np
import tensorflow as tf

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.embedding import word_vectors
from lstm_sentiment_cli.training.encoded import Encoded
from lstm_sentiment_cli.training.fit import keras_probabilities, ready
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.interrupt import Interrupt
from lstm_sentiment_cli.training.progress import Listener
from lstm_sentiment_cli.training.train import fitted_tokenizer
from lstm_sentiment_cli.tuning.folder import OutOfFold
from lstm_sentiment_cli.tuning.search import FoldResult
from lstm_sentiment_cli.tuning.task import Task

# As in the loss that a training reports.
_LEAST_PROBABILITY = 1e-7


def measure_fold(
    task: Task,
    hyperparameters: Hyperparameters,
    fold: int,
    *,
    listener: Listener,
    interrupt: Interrupt,
) -> tuple[FoldResult, OutOfFold]:
    """Train on the rows of all other folds, and measure on those of this one.

    Its words are counted, and its epochs chosen, without any other fold's help: words that only
    the rows held out have are unknown to the network. SentimentError when the loss becomes no
    number, MemoryError when the network is too large.
    """
    started = time.monotonic()
    labels = task.search.labels
    inside = task.held_out_by == fold
    rows = np.flatnonzero(inside)
    rest = [task.examples[row] for row in np.flatnonzero(~inside).tolist()]
    tokenizer = fitted_tokenizer(rest, hyperparameters)
    training = Encoded.of(rest, tokenizer, labels)
    held_out = Encoded.of([task.examples[row] for row in rows.tolist()], tokenizer, labels)
    try:
        fit = ready(
            training,
            held_out,
            hyperparameters,
            vocabulary=len(tokenizer.vocabulary),
            labels=len(labels),
            embedding=word_vectors([training.rows], hyperparameters, interrupt),
            listener=listener,
            interrupt=interrupt,
        )
        fit.run()
        probabilities = keras_probabilities(fit.model, held_out)
    except tf.errors.ResourceExhaustedError as error:
        raise MemoryError(error.message) from None
    best = fit.best_epoch
    loss, accuracy = best.validation_loss, best.validation_accuracy
    if loss is None or accuracy is None or not math.isfinite(loss):
        raise SentimentError(f"the loss on the rows held out became {loss}")
    logits = np.log(np.clip(probabilities, _LEAST_PROBABILITY, None))
    seconds = time.monotonic() - started
    return (
        FoldResult(fold, loss, accuracy, best.number, len(fit.epochs), seconds),
        OutOfFold(rows, held_out.gold, logits),
    )
