"""A training without validation; what a whole training does is in test_train.py."""

import signal

import numpy as np
import pytest

from lstm_sentiment_cli.training.listener import Listener, catch_first_interrupt
from lstm_sentiment_cli.training.network import build, compile_for_training, read_weights
from lstm_sentiment_cli.training.targets import Encoded, training_batches
from lstm_sentiment_cli.training.trainer import fitted_tokenizer
from lstm_sentiment_cli.training.training_loop import (
    TrainingLoop,
    keras_probabilities,
    load_checkpoint,
    save_checkpoint,
    values_of,
)
from tests.training.conftest import SMALL

# The first epochs gain the most: an early stop would come, if anything were validated.
HYPERPARAMETERS = SMALL.replaced(
    {"lstm_units": [5], "epochs": 3, "patience": 1, "learning_rate": 0.2}
)


class Recorder(Listener):
    """Keeps steps and epochs, and asks for the end at a step."""

    def __init__(self, at=None):
        self.steps, self.epochs, self._at = [], [], at

    def step(self, step):
        """Keep the step; Ctrl-C at the one that was named."""
        self.steps.append((step.epoch, step.step))
        if self.steps[-1] == self._at:
            signal.raise_signal(signal.SIGINT)

    def epoch(self, epoch, *, best):
        """Keep the epoch, and whether it was the best so far."""
        self.epochs.append((epoch, best))


@pytest.fixture(scope="module")
def encoded(data):
    tokenizer = fitted_tokenizer(data.training, HYPERPARAMETERS)
    return Encoded.of(data.training, tokenizer, data.labels, 0.0)


@pytest.fixture
def fitting(encoded):
    """Return a training of all examples, under Ctrl-C's first wish, ready to run."""
    with catch_first_interrupt(lambda: None) as interrupt:

        def fitting(listener=None, hyperparameters=HYPERPARAMETERS, **more):
            return TrainingLoop(
                hyperparameters,
                encoded,
                listener=listener or Recorder(),
                interrupt=interrupt,
                **more,
            )

        yield fitting


def resumed_after_two_epochs(fitting, place, hyperparameters=HYPERPARAMETERS):
    """Return a training that was stopped after its second epoch and went on to its end."""
    identity = {"this": "one"}

    def keep(fit):
        save_checkpoint(place, fit.checkpoint(identity))
        if len(fit.epochs) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitting(hyperparameters=hyperparameters, on_epoch_end=keep).run()
    resumed = fitting(hyperparameters=hyperparameters)
    resumed.resume(load_checkpoint(place, identity))
    resumed.run()
    return resumed


def weights(fit):
    return [each.tolist() for each in values_of(fit.model.trainable_variables)]


def test_without_validation_all_epochs_are_learnt_and_the_last_is_kept(fitting):
    recorder = Recorder()
    fit = fitting(recorder)
    fit.run()

    assert [(epoch.number, best) for epoch, best in recorder.epochs] == [
        (1, True), (2, True), (3, True)
    ]  # fmt: skip
    assert {epoch.validation_loss for epoch, _ in recorder.epochs} == {None}
    assert {epoch.validation_accuracy for epoch, _ in recorder.epochs} == {None}
    assert fit.best_epoch.number == 3


def test_without_interruption_every_batch_is_learnt_once_an_epoch(fitting, encoded):
    """No step more and none less, and no earlier epoch's weights brought back."""
    fit = fitting()
    fit.run()
    other = fitting()  # the same seed
    for number in range(1, HYPERPARAMETERS.epochs + 1):
        for batch in training_batches(
            encoded, HYPERPARAMETERS.batch_size, (HYPERPARAMETERS.seed, number)
        ):
            other.model.train_on_batch(batch.tokens, batch.targets, batch.weights)

    assert weights(fit) == weights(other)


def test_a_stopped_training_without_validation_resumes_to_the_same_weights(fitting, tmp_path):
    whole = fitting()
    whole.run()
    resumed = resumed_after_two_epochs(fitting, tmp_path / "kept")

    assert [epoch.number for epoch in resumed.epochs] == [1, 2, 3]
    assert weights(resumed) == weights(whole)


@pytest.mark.parametrize("epoch", [1, 2])
def test_an_interrupt_without_validation_finishes_the_epoch(fitting, epoch):
    recorder = Recorder((epoch, 2))
    fit = fitting(recorder)
    fit.run()
    short = fitting(hyperparameters=HYPERPARAMETERS.replaced({"epochs": epoch}))
    short.interrupt.requested = False
    short.run()

    assert len(fit.epochs) == epoch
    assert recorder.steps[-1] == (epoch, 12)
    assert weights(fit) == weights(short)


@pytest.mark.parametrize(
    "shape", [{"directions": 2}, {"directions": 2, "pooling": "max+attention"}], ids=str
)
def test_other_networks_learn_too(fitting, encoded, shape):
    fit = fitting(hyperparameters=SMALL.replaced(shape))
    fit.run()
    answers = keras_probabilities(fit.model, encoded).argmax(axis=1)

    assert np.mean(answers == encoded.gold) > 0.95
    assert fit.epochs[-1].loss < fit.epochs[0].loss / 2


def test_earlier_trainings_in_the_process_change_nothing(fitting, encoded):
    hyperparameters = HYPERPARAMETERS.replaced(
        {"epochs": 1, "directions": 2, "pooling": "attention+last"}
    )
    first = fitting(hyperparameters=hyperparameters)
    first.run()
    model = build(SMALL, encoded.vocabulary_size, 2)
    compile_for_training(model, SMALL)
    second = fitting(hyperparameters=hyperparameters)
    second.run()

    assert weights(first) == weights(second)
    assert read_weights(first.model).pooling == ("attention", "last")


def test_a_linear_schedule_falls_from_the_learning_rate_to_nearly_zero(fitting):
    rates = []

    class Watching(Recorder):
        def step(self, step):
            super().step(step)
            rates.append(float(fit.model.optimizer.learning_rate))

    hyperparameters = HYPERPARAMETERS.replaced({"schedule": "linear", "learning_rate": 0.12})
    fit = fitting(Watching(), hyperparameters=hyperparameters)
    fit.run()

    assert len(rates) == 3 * 12
    assert rates == pytest.approx([0.12 * (1 - step / 36) for step in range(36)], rel=1e-5)


def test_with_averaging_the_running_mean_of_the_weights_is_kept(fitting, encoded):
    """Keras' own step, watched: the mean begins with the weights after the first batch."""
    decay = 0.8
    fit = fitting(hyperparameters=HYPERPARAMETERS.replaced({"averaging": decay}))
    fit.run()
    plain = fitting()
    means = None
    for number in range(1, HYPERPARAMETERS.epochs + 1):
        for batch in training_batches(
            encoded, HYPERPARAMETERS.batch_size, (HYPERPARAMETERS.seed, number)
        ):
            plain.model.train_on_batch(batch.tokens, batch.targets, batch.weights)
            now = values_of(plain.model.trainable_variables)
            means = now if means is None else [
                decay * mean + (1 - decay) * value for mean, value in zip(means, now, strict=True)
            ]  # fmt: skip

    for found, expected in zip(values_of(fit.model.trainable_variables), means, strict=True):
        assert found == pytest.approx(expected, abs=1e-4)


def test_a_stopped_training_with_averaging_resumes_to_the_same_weights(fitting, tmp_path):
    hyperparameters = HYPERPARAMETERS.replaced(
        {"averaging": 0.9, "word_dropout": 0.2, "schedule": "linear"}
    )
    whole = fitting(hyperparameters=hyperparameters)
    whole.run()

    assert weights(
        resumed_after_two_epochs(fitting, tmp_path / "kept", hyperparameters)
    ) == weights(whole)
