"""The training loop: learn, validate, keep the best epoch, stop early, write a checkpoint."""

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
from lstm_sentiment_cli.training.network import build, compile_for_training
from lstm_sentiment_cli.training.targets import Encoded, training_batches
from lstm_sentiment_cli.training.word2vec import WordVectors

Arrays = list[npt.NDArray[Any]]
_ARRAY_GROUPS = ("variables", "optimizer", "best")
_VALIDATION_BATCH = 1024


@dataclass(frozen=True)
class Checkpoint:
    """The state after an epoch: a killed training resumes from it as if nothing had happened.

    `identity` says which training this is: hyperparameters, fingerprints of the data and of the
    parent model. A checkpoint of another training is refused, and the difference is named.
    """

    identity: dict[str, object]
    epochs: list[Epoch]
    variables: Arrays  # weights and the states of the dropout's generators
    optimizer: Arrays
    best: Arrays  # `variables` of the best epoch


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write atomically: a kill leaves this checkpoint or the previous one."""
    arrays = {
        f"{group}_{index}": array
        for group in _ARRAY_GROUPS
        for index, array in enumerate(getattr(checkpoint, group))
    }
    facts = json.dumps(
        {"identity": checkpoint.identity, "epochs": [asdict(epoch) for epoch in checkpoint.epochs]}
    )
    otherwise = "or choose another --output, then continue with --resume"
    with AtomicFile(path, otherwise, parents=True) as new:
        np.savez(new.file, facts=np.frombuffer(facts.encode(), np.uint8), **arrays)


def load_checkpoint(path: Path, identity: dict[str, object]) -> Checkpoint:
    """Read the checkpoint of the training `identity`; SentimentError says what differs."""
    try:
        # allow_pickle is off by default: a checkpoint cannot run code.
        with path.open("rb") as file, np.load(file) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            groups = {
                group: [arrays[name] for name in arrays.files if name.startswith(f"{group}_")]
                for group in _ARRAY_GROUPS
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
            f"cannot resume: {', '.join(differing)} changed since the training run began; "
            "give the same values, or start again with --force"
        )
    return Checkpoint(identity, epochs, **groups)


def _differing(known: dict[str, Any], identity: dict[str, Any]) -> list[str]:
    """Return what two trainings differ in; hyperparameters by their names."""
    then, now = known.get("hyperparameters") or {}, identity.get("hyperparameters") or {}
    names = [name for name in now if then.get(name) != now[name]]
    # They may split the same data differently: then the user has to change them, not the data.
    return names or [name for name in identity if known.get(name) != identity[name]]


def values_of(variables: list[keras.Variable]) -> Arrays:
    """Copy variables out of Keras."""
    # A copy: what Keras returns may be the memory that training goes on to change.
    return [np.copy(keras.ops.convert_to_numpy(variable)) for variable in variables]


def assign(variables: list[keras.Variable], values: Arrays) -> None:
    """Copy values back, the inverse of `values_of`."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


@dataclass
class TrainingLoop:
    """A new network and its training: `run` it, perhaps after `resume`.

    The model ends with the weights of the epoch with the lowest validation loss. Without validation
    it learns `epochs` epochs and ends with the last weights. After Ctrl-C it stops at the step, and
    the best epoch so far counts; without validation nothing tells what a part of an epoch is worth,
    so it finishes the epoch.

    All random numbers come from the seed: what was trained before in this process changes nothing.
    """

    hyperparameters: Hyperparameters
    training: Encoded
    validation: Encoded | None = None
    listener: Listener = field(default_factory=Listener)
    interrupt: Interrupt = field(default_factory=Interrupt)
    on_epoch_end: Callable[["TrainingLoop"], None] = lambda _loop: None
    """Called after each epoch with this object, to write a checkpoint."""
    model: keras.Model = field(init=False)
    epochs: list[Epoch] = field(default_factory=list, init=False)
    best: Arrays = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        keras.utils.clear_session()
        keras.utils.set_random_seed(self.hyperparameters.seed)
        labels = self.training.targets.shape[1]
        self.model = build(self.hyperparameters, self.training.vocabulary_size, labels)
        compile_for_training(self.model, self.hyperparameters)
        # Otherwise TensorFlow traces the first step twice, because it creates variables.
        self.model.optimizer.build(self.model.trainable_variables)

    @property
    def best_epoch(self) -> Epoch:
        """The epoch with the lowest validation loss so far; without validation the last one."""
        if self.validation is None:
            return self.epochs[-1]
        return min(self.epochs, key=lambda epoch: epoch.validation_loss or 0.0)

    def set_embedding(self, learnt: WordVectors | None) -> None:
        """Start from these word vectors; the other words keep their random ones."""
        if learnt is not None:
            layer = self.model.get_layer("embedding")
            [rows] = layer.get_weights()
            rows[learnt.ids] = learnt.vectors
            layer.set_weights([rows])

    def resume(self, checkpoint: Checkpoint) -> None:
        """Return to the end of the checkpoint's last epoch."""
        assign(_stateful(self.model), checkpoint.variables)
        assign(self.model.optimizer.variables, checkpoint.optimizer)
        self.epochs, self.best = list(checkpoint.epochs), checkpoint.best

    def run(self) -> None:
        """Learn until validation stops improving, the last epoch, or Ctrl-C."""
        while not self._finished():
            started = time.monotonic()
            number = len(self.epochs) + 1
            loss, accuracy = self._learn(number)
            # Interrupted within an epoch: the epochs so far count, if there are any.
            if self._stopping and self.epochs:
                break
            with self._averaged():
                validation_loss, validation_accuracy = self._validate()
                epoch = Epoch(
                    number,
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
            self.on_epoch_end(self)
        assign(_stateful(self.model), self.best)

    def checkpoint(self, identity: dict[str, object]) -> Checkpoint:
        """Return the present state of this training."""
        variables = values_of(_stateful(self.model))
        optimizer = values_of(self.model.optimizer.variables)
        return Checkpoint(identity, self.epochs, variables, optimizer, self.best)

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """Give the network the running average of its weights, if there is one."""
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
        """Whether the current epoch ends before its last step."""
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
        """Learn one epoch; return its mean loss and accuracy."""
        values = self.hyperparameters
        steps = math.ceil(len(self.training) / values.batch_size)
        batches = training_batches(
            self.training, values.batch_size, (values.seed, number), values.word_dropout
        )
        # Running means over examples; Keras' own metrics start again with each batch.
        loss = accuracy = 0.0
        seen = 0
        for step, batch in enumerate(batches, start=1):
            if values.schedule == "linear":
                done = (number - 1 + (step - 1) / steps) / values.epochs
                self.model.optimizer.learning_rate.assign(values.learning_rate * (1 - done))
            of_batch = self.model.train_on_batch(batch.tokens, batch.targets, batch.weights)
            seen += len(batch.weights)
            loss += (float(of_batch[0]) - loss) * len(batch.weights) / seen
            accuracy += (float(of_batch[1]) - accuracy) * len(batch.weights) / seen
            if not math.isfinite(loss):
                raise SentimentError(
                    f"the loss became {loss} in epoch {number}, step {step}; try a smaller "
                    f"--learning-rate (it is {values.learning_rate:g}) or a smaller --clipnorm "
                    f"(it is {values.clipnorm:g})"
                )
            self.listener.step(Step(number, values.epochs, step, steps, loss, accuracy))
            if self._stopping:
                break
        return loss, accuracy

    def _validate(self) -> tuple[float, float] | tuple[None, None]:
        """Return log loss and accuracy on validation; label smoothing plays no part in them.

        The loss of a row without a label is the cross-entropy with its probabilities.
        """
        if self.validation is None:
            return None, None
        probabilities = keras_probabilities(self.model, self.validation)
        logs = np.log(np.clip(probabilities, 1e-7, None))
        loss = -(self.validation.targets * logs).sum(axis=1).mean()
        right = probabilities.argmax(axis=1) == self.validation.gold
        return float(loss), float(right.mean())


def keras_probabilities(model: keras.Model, encoded: Encoded) -> FloatMatrix:
    """Return the network's probabilities (examples, labels) as Keras computes them."""
    probabilities = np.empty((len(encoded), model.output_shape[-1]), np.float32)
    starts = encoded.rows.starts
    for rows in encoded.rows.batches(_VALIDATION_BATCH):
        probabilities[rows] = model.predict_on_batch(encoded.rows.padded(rows, starts)[0])
    return probabilities


def _stateful(model: keras.Model) -> list[keras.Variable]:
    """Return the weights and the dropout's generators, without the metrics' counters."""
    counters = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in counters]
