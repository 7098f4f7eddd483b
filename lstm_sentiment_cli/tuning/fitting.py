"""The training runs of a search: a fold, a refit on more rows, a sample to estimate the time."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.training.export import exported
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt, Listener
from lstm_sentiment_cli.training.targets import Encoded
from lstm_sentiment_cli.training.trainer import fitted_tokenizer
from lstm_sentiment_cli.training.training_data import measurable
from lstm_sentiment_cli.training.training_loop import (
    TrainingLoop,
    keras_probabilities,
    load_checkpoint,
    save_checkpoint,
)
from lstm_sentiment_cli.training.word2vec import interruptible_word_vectors, word_vectors
from lstm_sentiment_cli.tuning.journal import OutOfFold
from lstm_sentiment_cli.tuning.plan import Plan
from lstm_sentiment_cli.tuning.search import FoldResult, TrialResult
from lstm_sentiment_cli.tuning.trial import Task

# As in the validation loss of a training.
_LEAST_PROBABILITY = 1e-7
_MOST_SAMPLE_ROWS = 2000


def measure_fold(
    task: Task,
    hyperparameters: Hyperparameters,
    fold: int,
    *,
    listener: Listener,
    interrupt: Interrupt,
) -> tuple[FoldResult, OutOfFold]:
    """Train on the rows of all other folds, and measure on those of this one.

    The rows held out take no part in its vocabulary: a word that only they have is unknown.
    SentimentError when the loss is not finite, MemoryError when the network is too large.
    """
    started = time.monotonic()
    labels = task.search.labels
    inside = task.fold_of_rows == fold
    rows = np.flatnonzero(inside & measurable(task.examples))
    rest = [task.examples[row] for row in np.flatnonzero(~inside).tolist()]
    tokenizer = fitted_tokenizer(rest, hyperparameters)
    training = Encoded.of(rest, tokenizer, labels, hyperparameters.teacher_share)
    held_out = Encoded.of([task.examples[row] for row in rows.tolist()], tokenizer, labels, 0.0)
    try:
        vectors = word_vectors(training.rows, hyperparameters, interrupt)
        loop = TrainingLoop(hyperparameters, training, held_out, listener, interrupt)
        loop.set_embedding(vectors)
        loop.run()
        probabilities = keras_probabilities(loop.model, held_out)
    except tf.errors.ResourceExhaustedError as error:
        raise MemoryError(error.message) from None
    best = loop.best_epoch
    loss, accuracy = best.validation_loss, best.validation_accuracy
    if loss is None or accuracy is None or not math.isfinite(loss):
        raise SentimentError(f"the loss on the rows held out became {loss}")
    logits = np.log(np.clip(probabilities, _LEAST_PROBABILITY, None))
    seconds = time.monotonic() - started
    return (
        FoldResult(fold, loss, accuracy, best.number, len(loop.epochs), seconds),
        OutOfFold(rows, held_out.gold, logits),
    )


def refit(
    trial: TrialResult,
    examples: Sequence[Example],
    labels: tuple[str, ...],
    temperature: float,
    *,
    checkpoint: Path,
    listener: Listener,
) -> tuple[TrainingLoop, Artifact]:
    """Train a trial's network on all these examples, for as many epochs as were best on average.

    None of them is held out. A checkpoint is written after each epoch, from which the next call
    with the same arguments resumes; a training that has ended is not repeated.
    """
    hyperparameters = replace(trial.hyperparameters, epochs=trial.best_epoch)
    tokenizer = fitted_tokenizer(examples, hyperparameters)
    identity: dict[str, object] = {
        "hyperparameters": hyperparameters.to_dict(),
        "labels": list(labels),
        "data": fingerprint(examples),
    }
    training = Encoded.of(examples, tokenizer, labels, hyperparameters.teacher_share)
    known = load_checkpoint(checkpoint, identity) if checkpoint.exists() else None
    vectors = None
    if known is None:
        vectors = interruptible_word_vectors(training.rows, hyperparameters, listener.stage)
    # Without an interrupt: half a training is not what was measured.
    loop = TrainingLoop(
        hyperparameters,
        training,
        listener=listener,
        on_epoch_end=lambda loop: save_checkpoint(checkpoint, loop.checkpoint(identity)),
    )
    loop.set_embedding(vectors)
    if known:
        loop.resume(known)
    loop.run()
    history = [  # without the figures of a validation: nothing was held out
        {name: value for name, value in asdict(epoch).items() if value is not None}
        for epoch in loop.epochs
    ]
    manifest = Manifest(labels, hyperparameters.to_dict(), temperature, "fp32", {})
    return loop, Artifact(manifest, tokenizer, exported(loop.model), {}, history)


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds, at least and at most."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a tuning takes if every network takes as long as the reference.

    At least: every fold stops as early as it may. At most: none stops early.
    """

    fold: Span
    search: Span | None  # all trials, one after the other; None: as many as the time allows
    refits: Span


def estimated(plan: Plan) -> Estimate:
    """Train the reference for two epochs on at most 2,000 rows, and extrapolate."""
    search = plan.search
    reference = search.space.reference_hyperparameters()
    seconds = _seconds_of_training(plan, reference)
    rows = len(plan.searched)
    measured = float(measurable(plan.searched).sum()) / search.folds
    soonest = min(reference.epochs, reference.patience + 1)
    fold = [seconds(rows - measured, measured, epochs) for epochs in (soonest, reference.epochs)]
    # The best epoch may be the first.
    refits = [
        seconds(len(plan.data.training), 0, epochs)
        + (2 * seconds(rows, 0, epochs) if plan.held_out else 0)
        for epochs in (1, reference.epochs)
    ]
    trials = search.trials
    whole = Span(*(each * trials * search.folds for each in fold)) if trials else None
    return Estimate(Span(*fold), whole, Span(*refits))


def _seconds_of_training(
    plan: Plan, hyperparameters: Hyperparameters
) -> Callable[[float, float, int], float]:
    """Return a function of the rows learnt, the rows measured and the epochs of a training."""
    rows = plan.searched
    sample = rows[:: max(1, -(-len(rows) // _MOST_SAMPLE_ROWS))]
    began = time.monotonic()
    # Of all rows: the size of the vocabulary decides what a step costs.
    tokenizer = fitted_tokenizer(rows, hyperparameters)
    fitted = time.monotonic()
    share = hyperparameters.teacher_share
    encoded = Encoded.of(sample, tokenizer, plan.search.labels, share)
    vectors = word_vectors(encoded.rows, hyperparameters, Interrupt())
    read = time.monotonic()
    loop = TrainingLoop(replace(hyperparameters, epochs=2), encoded)
    loop.set_embedding(vectors)
    loop.run()
    keras_probabilities(loop.model, encoded)  # the first call compiles
    compiled = time.monotonic()
    keras_probabilities(loop.model, encoded)
    measure = time.monotonic() - compiled
    learn = loop.epochs[1].seconds  # the first epoch compiles
    start = max(0.0, compiled - read - 2 * learn - measure)
    read_row = (fitted - began) / len(rows) + (read - fitted) / len(sample)

    def seconds(learnt: float, measured: float, epochs: int) -> float:
        epoch = (learnt * learn + measured * measure) / len(sample)
        return start + (learnt + measured) * read_row + epochs * epoch

    return seconds
