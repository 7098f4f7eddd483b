"""A trial's network trained once more, on more rows than a fold has."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.checkpoint import load_checkpoint, save_checkpoint
from lstm_sentiment_cli.training.export import exported
from lstm_sentiment_cli.training.fit import Fit, keras_probabilities, ready
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.progress import Interrupt, Listener
from lstm_sentiment_cli.training.targets import Encoded
from lstm_sentiment_cli.training.trainer import fitted_tokenizer
from lstm_sentiment_cli.training.word2vec import stoppable_word_vectors, word_vectors
from lstm_sentiment_cli.tuning.search import FoldResult, Task, TrialResult
from lstm_sentiment_cli.tuning.search_folder import OutOfFold

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


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """A network that learnt as many epochs as were best on average over its trial's folds."""

    fit: Fit
    tokenizer: Tokenizer
    graph: bytes


def refit(
    trial: TrialResult,
    examples: Sequence[Example],
    labels: Sequence[str],
    checkpoint: Path,
    listener: Listener,
) -> Refit:
    """Train a trial's network on all these examples; nothing of them is held out.

    After each epoch a checkpoint is left, from which the next call with the same arguments goes
    on: one that has ended is not trained again.
    """
    knobs = replace(trial.hyperparameters, epochs=trial.best_epoch)
    tokenizer = fitted_tokenizer(examples, knobs)
    identity: dict[str, object] = {
        "hyperparameters": knobs.to_dict(),
        "labels": list(labels),
        "data": fingerprint(examples),
    }
    training = Encoded.of(examples, tokenizer, labels)
    begun = load_checkpoint(checkpoint, identity) if checkpoint.exists() else None
    fit = ready(
        training,
        None,
        knobs,
        vocabulary=len(tokenizer.vocabulary),
        labels=len(labels),
        embedding=(
            None if begun else stoppable_word_vectors([training.rows], knobs, listener.stage)
        ),
        listener=listener,
        # Ctrl-C is not asked to finish early here: half a training is not what was measured.
        interrupt=Interrupt(),
        keep=lambda fit: save_checkpoint(checkpoint, fit.checkpoint(identity)),
    )
    if begun:
        fit.resume(begun)
    fit.run()
    return Refit(fit, tokenizer, exported(fit.model))
