"""A trial's network trained once more, on more rows than a fold has."""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.export import exported
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt, Listener, SilentListener
from lstm_sentiment_cli.training.loop import (
    TrainingLoop,
    keras_probabilities,
    load_checkpoint,
    ready,
    save_checkpoint,
)
from lstm_sentiment_cli.training.targets import Encoded
from lstm_sentiment_cli.training.trainer import fitted_tokenizer
from lstm_sentiment_cli.training.word2vec import stoppable_word_vectors, word_vectors
from lstm_sentiment_cli.tuning.plan import Plan
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

    fit: TrainingLoop
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


_MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds at the least and at the most."""

    least: float
    most: float

    def times(self, count: float) -> "Span":
        """Return so many of it."""
        return Span(self.least * count, self.most * count)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a tuning takes if every network costs what the reference does.

    At the least: every fold stops early as soon as it may. At the most: none does.
    """

    fold: Span
    search: Span | None
    """All trials, one after the other; None: as many as the time allows."""
    refits: Span

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, seconds all of them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds, measured."""

    start: float
    """To build a network and to take its first step, which compiles it."""
    read: float
    """To tokenise a row and to learn words from it, once."""
    learn: float
    """To learn a row, in each epoch."""
    measure: float
    """To answer a row, in each epoch."""

    def training(self, learnt: float, measured: float, epochs: int) -> float:
        """Return how long one network takes over so many rows."""
        each = learnt * self.learn + measured * self.measure
        return self.start + (learnt + measured) * self.read + epochs * each


def estimated(plan: Plan) -> Estimate:
    """Train the reference for two epochs of at most 2,000 rows, and reckon from there."""
    search = plan.search
    knobs = search.space.hyperparameters(search.space.reference())
    cost = _measured(plan, knobs)
    soonest = min(knobs.epochs, knobs.patience + 1)
    rows = len(plan.searched)
    measured = rows / search.folds
    fold = Span(
        *(cost.training(rows - measured, measured, epochs) for epochs in (soonest, knobs.epochs))
    )
    # A best epoch may be the first.
    whole = [
        cost.training(len(plan.data.training), 0, epochs)
        + (2 * cost.training(rows, 0, epochs) if plan.held_out else 0)
        for epochs in (1, knobs.epochs)
    ]
    trials = search.trials
    return Estimate(fold, fold.times(trials * search.folds) if trials else None, Span(*whole))


def _measured(plan: Plan, knobs: Hyperparameters) -> _Cost:
    rows = plan.searched
    sample = rows[:: max(1, -(-len(rows) // _MOST_ROWS))]
    begun = time.monotonic()
    # Of all rows: how many words the embedding has decides what a step costs.
    tokenizer = fitted_tokenizer(rows, knobs)
    fitted = (time.monotonic() - begun) / len(rows)
    encoded = Encoded.of(sample, tokenizer, plan.search.labels)
    embedding = word_vectors([encoded.rows], knobs, Interrupt())
    read = fitted + (time.monotonic() - begun - fitted * len(rows)) / len(sample)
    begun = time.monotonic()
    fit = ready(
        encoded,
        None,
        replace(knobs, epochs=2),
        vocabulary=len(tokenizer.vocabulary),
        labels=len(plan.search.labels),
        embedding=embedding,
        listener=SilentListener(),
        interrupt=Interrupt(),
    )
    fit.run()
    keras_probabilities(fit.model, encoded)  # the first compiles
    learn = fit.epochs[1].seconds
    start = time.monotonic() - begun - 2 * learn
    begun = time.monotonic()
    keras_probabilities(fit.model, encoded)
    measure = time.monotonic() - begun
    return _Cost(max(0.0, start - measure), read, learn / len(sample), measure / len(sample))
