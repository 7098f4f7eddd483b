"""Trainings small enough for tests, and no import of TensorFlow where it is not installed."""

import sys
from importlib.util import find_spec

import pytest

from lstm_sentiment_cli.cli.main import main
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.training_data import TrainingData
from tests.conftest import Ran

# These test modules need TensorFlow; without it they are not even collected.
collect_ignore = (
    []
    if find_spec("tensorflow") and find_spec("onnx")
    else [
        "test_export.py",
        "test_training_loop.py",
        "test_training_loop_checkpoint.py",
        "test_network.py",
        "test_train_command.py",
        "test_trainer.py",
        "test_trainer_probabilities.py",
        "test_trainer_words.py",
    ]
)

SMALL = Hyperparameters(
    vocabulary_size=60,
    embedding_units=6,
    lstm_units=(5,),  # one layer: TensorFlow traces it in half the time
    min_count=1,
    batch_size=16,
    epochs=3,
    patience=3,
    learning_rate=0.05,
    validation_fraction=0.25,
)

_ADVERBS = ["so", "very", "really", "quite", "truly", "just", "simply", "rather"]
_THINGS = ["film", "day", "song", "meal", "game", "trip"]


def examples(label, words):
    """Return short texts that these words tell apart from others."""
    return [
        Example(f"the {thing} is {adverb} {word}", label, 1.0)
        for thing in _THINGS
        for adverb in _ADVERBS
        for word in words
    ]


@pytest.fixture(scope="session")
def data():
    """Two labels, each told by two words."""
    return TrainingData(
        ("positive", "negative"),
        [*examples("positive", ["good", "lovely"]), *examples("negative", ["bad", "awful"])],
    )


@pytest.fixture(scope="session")
def three():
    """Three labels: no other code assumes two."""
    return TrainingData(
        ("glad", "calm", "sad"),
        [*examples("glad", ["good"]), *examples("calm", ["usual"]), *examples("sad", ["bad"])],
    )


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command in this process, which has imported TensorFlow, in the folder `at`."""
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))

    def command(*arguments, at=tmp_path):
        monkeypatch.chdir(at)
        monkeypatch.setattr(sys, "argv", ["lstm-sentiment", *arguments])
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        return Ran(int(end.value.code or 0), *capsys.readouterr())

    return command
