"""Where a training stands after an epoch, so that a killed one goes on as if nothing happened."""

import json
import math
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.atomic import AtomicFile
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Epoch, Interrupt, Listener, Step
from lstm_sentiment_cli.training.network import (
    NetworkWeights,
    build,
    compile_for_training,
    write_weights,
)
from lstm_sentiment_cli.training.targets import Encoded, training_batches
from lstm_sentiment_cli.training.word2vec import WordVectors

Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """All that the next epoch depends on.

    `identity` says which training this is: hyperparameters, fingerprints of the data and of the
    parent model. Another training's checkpoint is refused by name.
    """

    identity: dict[str, object]
    epochs: list[Epoch]
    variables: Arrays  # weights and the states of the dropout's generators
    optimizer: Arrays
    best: Arrays  # `variables` of the best epoch


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; a kill leaves this one or the one before."""
    arrays = {
        f"{group}_{index}": array
        for group in ("variables", "optimizer", "best")
        for index, array in enumerate(getattr(checkpoint, group))
    }
    facts = json.dumps(
        {"identity": checkpoint.identity, "epochs": [asdict(epoch) for epoch in checkpoint.epochs]}
    )
    otherwise = "or choose another --output, then go on with --resume"
    with AtomicFile(path, otherwise, parents=True) as new:
        np.savez(new.file, facts=np.frombuffer(facts.encode(), np.uint8), **arrays)


def load_checkpoint(path: Path, identity: dict[str, object]) -> Checkpoint:
    """Read the checkpoint of the training `identity`; SentimentError says what differs."""
    try:
        # allow_pickle is off by default: a checkpoint cannot run code.
        with path.open("rb") as file, np.load(file) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            groups = {
                group: [arrays[name] for name in _numbered(group, arrays.files)]
                for group in ("variables", "optimizer", "best")
            }
            epochs = [Epoch(**epoch) for epoch in facts["epochs"]]
            known = facts["identity"]
    except FileNotFoundError:
        raise SentimentError(
            f"nothing to resume: there is no {path}; start without --resume"
        ) from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SentimentError(
            f"{path} is not a checkpoint ({error}); start again with --force"
        ) from None
    if differing := _differing(known, identity):
        raise SentimentError(
            f"cannot resume: {', '.join(differing)} differ from those the training began with; "
            "give the same, or start again with --force"
        )
    return Checkpoint(identity, epochs, **groups)


def _differing(known: dict[str, Any], identity: dict[str, Any]) -> list[str]:
    """Return what two trainings differ in; knobs by their names."""
    then, now = known.get("hyperparameters") or {}, identity.get("hyperparameters") or {}
    knobs = [name for name in now if then.get(name) != now[name]]
    # Other knobs may split the same data otherwise: then they are what is to be mended.
    return knobs or [name for name in identity if known.get(name) != identity[name]]


def values_of(variables: list[keras.Variable]) -> Arrays:
    """Copy variables out of Keras."""
    # A copy: what Keras gives may be the memory that training goes on to change.
    return [np.copy(keras.ops.convert_to_numpy(variable)) for variable in variables]


def assign(variables: list[keras.Variable], values: Arrays) -> None:
    """Copy values back, the inverse of `values_of`."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _numbered(group: str, names: list[str]) -> list[str]:
    count = sum(name.startswith(f"{group}_") for name in names)
    return [f"{group}_{index}" for index in range(count)]


_VALIDATION_BATCH = 1024


@dataclass
class TrainingLoop:
    """A training under way: `run` it to its end.

    The model ends with the weights of the epoch of the lowest validation loss; without
    validation it learns as many epochs as the knob says and ends with the last weights.
    Asked to finish, it stops at the step, for then the best epoch so far counts; without
    validation no measure says what a part of an epoch is worth, and it learns this one to its end.
    """

    model: keras.Model
    hyperparameters: Hyperparameters
    training: Encoded
    validation: Encoded | None
    listener: Listener
    interrupt: Interrupt
    keep: Callable[["TrainingLoop"], None]
    """Called after each epoch with this object, to write a checkpoint."""
    epochs: list[Epoch] = field(default_factory=list)
    best: Arrays = field(default_factory=list)

    @property
    def best_epoch(self) -> Epoch:
        """The epoch of the lowest validation loss so far; without validation the last one."""
        if self.validation is None:
            return self.epochs[-1]
        return min(self.epochs, key=lambda epoch: epoch.validation_loss or 0.0)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go back to the end of the checkpoint's last epoch."""
        self.model.optimizer.build(self.model.trainable_variables)
        assign(_stateful(self.model), checkpoint.variables)
        assign(self.model.optimizer.variables, checkpoint.optimizer)
        self.epochs, self.best = list(checkpoint.epochs), checkpoint.best

    def run(self) -> None:
        """Learn epoch by epoch until no gain, the last epoch, or the user's wish."""
        while not self._finished():
            started = time.monotonic()
            loss, accuracy = self._learn(len(self.epochs) + 1)
            # Asked to finish within an epoch: what there is counts, unless that is nothing.
            if self._stopping and self.epochs:
                break
            with self._averaged():
                validation_loss, validation_accuracy = self._validate()
                epoch = Epoch(
                    len(self.epochs) + 1,
                    loss,
                    accuracy,
                    validation_loss,
                    validation_accuracy,
                    time.monotonic() - started,
                )
                self.epochs.append(epoch)
                if self.best_epoch is epoch:
                    self.best = values_of(_stateful(self.model))
            self.listener.epoch(epoch, best=self.best_epoch is epoch)
            self.keep(self)
        assign(_stateful(self.model), self.best)

    def checkpoint(self, identity: dict[str, object]) -> Checkpoint:
        """Return where this training stands."""
        variables = values_of(_stateful(self.model))
        optimizer = values_of(self.model.optimizer.variables)
        return Checkpoint(identity, self.epochs, variables, optimizer, self.best)

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """Let the network have the running average of its weights, if one is kept."""
        if not self.hyperparameters.averaging:
            yield
            return
        variables = self.model.trainable_variables
        learnt = values_of(variables)
        self.model.optimizer.finalize_variable_values(variables)
        yield
        assign(variables, learnt)

    @property
    def _stopping(self) -> bool:
        """Whether the epoch under way is to end before its last step."""
        return self.interrupt.requested and self.validation is not None

    def _finished(self) -> bool:
        if not self.epochs:
            return False
        waited = len(self.epochs) - self.best_epoch.number
        return (
            self.interrupt.requested
            or len(self.epochs) >= self.hyperparameters.epochs
            or waited >= self.hyperparameters.patience
        )

    def _learn(self, number: int) -> tuple[float, float]:
        """Learn one epoch; return mean loss and accuracy over it."""
        knobs = self.hyperparameters
        steps = math.ceil(len(self.training) / knobs.batch_size)
        batches = training_batches(
            self.training, knobs.batch_size, (knobs.seed, number), knobs.word_dropout
        )
        loss, accuracy = _Mean(), _Mean()
        for step, batch in enumerate(batches, start=1):
            if knobs.schedule == "linear":
                done = (number - 1 + (step - 1) / steps) / knobs.epochs
                self.model.optimizer.learning_rate.assign(knobs.learning_rate * (1 - done))
            of_batch = self.model.train_on_batch(batch.tokens, batch.targets, batch.weights)
            loss.add(float(of_batch[0]), len(batch.weights))
            accuracy.add(float(of_batch[1]), len(batch.weights))
            if not math.isfinite(loss.value):
                raise SentimentError(
                    f"the loss became {loss.value} in epoch {number}, step {step}; try a smaller "
                    f"--learning-rate (it is {knobs.learning_rate:g}) or a smaller --clipnorm "
                    f"(it is {knobs.clipnorm:g})"
                )
            self.listener.step(Step(number, knobs.epochs, step, steps, loss.value, accuracy.value))
            if self._stopping:
                break
        return loss.value, accuracy.value

    def _validate(self) -> tuple[float, float] | tuple[None, None]:
        """Return log loss and accuracy on validation; label smoothing has no part in them."""
        if self.validation is None:
            return None, None
        probabilities = keras_probabilities(self.model, self.validation)
        gold = self.validation.gold
        chosen = probabilities[np.arange(len(gold)), gold]
        loss = -np.log(np.clip(chosen, 1e-7, None)).mean()
        return float(loss), float((probabilities.argmax(axis=1) == gold).mean())


@dataclass(slots=True)
class _Mean:
    """A running mean over examples; Keras' own counters begin anew with each batch."""

    value: float = 0.0
    count: int = 0

    def add(self, value: float, count: int) -> None:
        """Take in the mean of `count` more examples."""
        self.count += count
        self.value += (value - self.value) * count / self.count


def ready(
    training: Encoded,
    validation: Encoded | None,
    hyperparameters: Hyperparameters,
    *,
    vocabulary: int,
    labels: int,
    listener: Listener,
    interrupt: Interrupt,
    weights: NetworkWeights | None = None,
    embedding: WordVectors | None = None,
    keep: Callable[[TrainingLoop], None] = lambda _fit: None,
) -> TrainingLoop:
    """Build and compile a network, and return its training, ready to `run` or `resume`.

    All chance begins anew from the seed: what was trained before in this process changes nothing.
    """
    keras.utils.clear_session()
    keras.utils.set_random_seed(hyperparameters.seed)
    model = build(hyperparameters, vocabulary, labels)
    compile_for_training(model, hyperparameters)
    if weights is not None:
        write_weights(model, weights)
    if embedding is not None:
        _begin_embedding(model, embedding)
    return TrainingLoop(model, hyperparameters, training, validation, listener, interrupt, keep)


def _begin_embedding(model: keras.Model, learnt: WordVectors) -> None:
    """Let the words that were learnt begin there; the others keep what chance gave them."""
    layer = model.get_layer("embedding")
    [rows] = layer.get_weights()
    rows[learnt.ids] = learnt.vectors
    layer.set_weights([rows])


def keras_probabilities(model: keras.Model, encoded: Encoded) -> FloatMatrix:
    """Return the network's probabilities (examples, labels) as Keras computes them."""
    probabilities = np.empty((len(encoded), model.output_shape[-1]), np.float32)
    starts = encoded.rows.starts
    for rows in encoded.rows.batches(_VALIDATION_BATCH):
        probabilities[rows] = model.predict_on_batch(encoded.rows.padded(rows, starts)[0])
    return probabilities


def _stateful(model: keras.Model) -> list[keras.Variable]:
    """Return weights and the dropout's generators, without the metrics' counters."""
    counters = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in counters]
