import json
from dataclasses import fields

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import (
    PRESETS,
    Hyperparameters,
    network_of,
    preset,
)


def test_the_seed_preset_is_exactly_the_reference_network():
    seed = preset("seed")

    assert (seed.embedding_units, seed.lstm_units) == (96, (96, 48, 48))
    assert (seed.directions, seed.pooling) == (1, "last")
    assert (seed.embedding_dropout, seed.dropout, seed.label_smoothing) == (0, 0, 0)
    assert seed.loss == "binary_crossentropy"


@pytest.mark.parametrize("name", PRESETS)
def test_replaced_inverts_to_dict(name):
    written = json.loads(json.dumps(preset(name).to_dict()))

    assert Hyperparameters().replaced(written) == preset(name)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"dropuot": 0.2}, "unknown hyperparameter 'dropuot' .did you mean 'dropout'"),
        ({"zzz": 1}, "choose from .*learning_rate"),
        ({"dropout": 1.0}, "dropout must be a number from 0 to 0.95, got 1.0"),
        ({"dropout": float("nan")}, "dropout must be a number"),
        ({"dropout": "much"}, "dropout must be a number, got 'much'"),
        ({"epochs": 0}, "epochs must be a whole number from 1"),
        ({"embedding_epochs": -1}, "embedding_epochs must be a whole number from 0 to 1000"),
        ({"epochs": 2.5}, "epochs must be a whole number, got 2.5"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"lstm_units": []}, "lstm_units must name at least one layer"),
        ({"lstm_units": [8, 0]}, "lstm_units must be a whole number from 1"),
        ({"lstm_units": 8}, "lstm_units must name"),
        ({"loss": "binary_crosentropy"}, "did you mean 'binary_crossentropy'"),
        ({"loss": 3}, "unknown loss"),
        ({"directions": 3}, "directions must be a whole number from 1 to 2, got 3"),
        ({"pooling": "atention"}, "unknown pooling 'atention' .did you mean 'attention'"),
        ({"pooling": "max+zzz"}, "unknown pooling 'zzz'; choose from last, max, mean, attention"),
        ({"pooling": "max+"}, "unknown pooling ''"),
        ({"pooling": "max+mean+max"}, "pooling names something twice: max.mean.max"),
        ({"pooling": None}, "unknown pooling 'None'"),
    ],
)
def test_a_wrong_hyperparameter_is_a_one_line_error(values, said):
    with pytest.raises(SentimentError, match=said) as caught:
        Hyperparameters().replaced(values)
    assert "\n" not in str(caught.value)


def test_the_error_of_a_hyperparameter_names_its_file():
    with pytest.raises(SentimentError, match=r"^my\.toml: "):
        Hyperparameters().replaced({"epochs": 0}, "my.toml")


def test_an_unknown_preset_is_refused_with_a_suggestion():
    with pytest.raises(SentimentError, match="did you mean 'seed'"):
        preset("sed")


def test_every_hyperparameter_has_help():
    assert all(
        hyperparameter.metadata["help"].endswith(".") for hyperparameter in fields(Hyperparameters)
    )


def test_the_hyperparameters_of_the_network_are_those_that_shape_or_begin_weights_and_words():
    assert list(network_of({})) == [
        "vocabulary_size", "min_count", "max_tokens", "embedding_units", "embedding_epochs",
        "lstm_units", "directions", "pooling",
    ]  # fmt: skip
