"""How long a tuning will take, told by a short training of the reference."""

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from lstm_sentiment_cli.training.fit import keras_probabilities, ready
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.progress import Interrupt, Silent
from lstm_sentiment_cli.training.targets import Encoded
from lstm_sentiment_cli.training.trainer import fitted_tokenizer
from lstm_sentiment_cli.training.word2vec import word_vectors
from lstm_sentiment_cli.tuning.plan import Plan

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
        listener=Silent(),
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
