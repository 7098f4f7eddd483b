"""The search space: points, the reference among them, and what Keras Tuner can carry."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.training.hyperparameters import PRESETS, Hyperparameters
from lstm_sentiment_cli.tuning.space import (
    DEFAULT_DIMENSIONS,
    Choices,
    Range,
    Space,
    decoded,
    encoded,
)

KNOBS = Hyperparameters()


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_point_of_the_default_space(name):
    space = Space(PRESETS[name], DEFAULT_DIMENSIONS)

    assert space.hyperparameters(space.reference()) == PRESETS[name]


@pytest.mark.parametrize(
    ("name", "dimension", "nearest"),
    [
        ("lstm_units", Choices(("96,48,48", "64")), "96,48,48"),
        ("lstm_units", Choices(("64", "32")), "64"),
        ("pooling", Choices(("max", "mean")), "max"),
        ("batch_size", Choices((16, 400, 900)), 400),
        ("dropout", Choices((0.0, 0.25, 0.5)), 0.25),
        ("dropout", Range(0.0, 0.2, logarithmic=False), 0.2),
        ("learning_rate", Range(0.01, 0.1, logarithmic=True), 0.01),
        ("batch_size", Range(600, 900, logarithmic=True), 600),
        ("batch_size", Range(100, 900, logarithmic=True), 512),
    ],
)
def test_the_reference_is_as_near_as_the_space_has_it(name, dimension, nearest):
    values = Space(KNOBS, {name: dimension}).reference()

    assert values == {name: nearest}
    assert type(values[name]) is type(nearest)


def test_a_number_of_a_range_is_rounded_but_never_out_of_it():
    space = Space(KNOBS, {"learning_rate": Range(0.0012345, 0.0098765, logarithmic=True)})

    for drawn, trained in [
        (0.00234567, 0.00235),
        (0.00123456, 0.0012345),
        (0.00987649, 0.0098765),
        (0.001999999, 0.002),
    ]:
        assert space.hyperparameters({"learning_rate": drawn}).learning_rate == trained


def test_a_whole_number_of_a_range_stays_whole():
    space = Space(KNOBS, {"vocabulary_size": Range(5_000, 50_000, logarithmic=True)})

    knobs = space.hyperparameters({"vocabulary_size": 18_437})

    assert knobs == replace(KNOBS, vocabulary_size=18_400)
    assert type(knobs.vocabulary_size) is int


@given(low=st.floats(0, 0.5), width=st.floats(1e-6, 0.4), share=st.floats(0, 1))
def test_every_number_of_a_range_can_be_trained(low, width, share):
    high = low + width
    space = Space(KNOBS, {"dropout": Range(low, high, logarithmic=False)})
    trained = space.hyperparameters({"dropout": min(high, low + share * width)}).dropout

    assert low <= trained <= high


@given(st.lists(st.integers(1, 500), min_size=1, max_size=4))
def test_decoding_inverts_encoding_of_lists(units):
    assert decoded("lstm_units", encoded(tuple(units))) == tuple(units)


def test_points_are_counted_unless_there_is_a_range():
    grid = {"dropout": Choices((0.0, 0.3)), "batch_size": Choices((1, 2, 3))}

    assert Space(KNOBS, grid).points() == 6
    assert Space(KNOBS, DEFAULT_DIMENSIONS).points() is None


def test_as_json_lists_are_lists():
    dimensions = {
        "lstm_units": Choices(("96,48", "64")),
        "dropout": Choices((0.0, 0.3)),
        "learning_rate": Range(0.001, 0.01, logarithmic=True),
    }

    assert Space(KNOBS, dimensions).to_json() == {
        "lstm_units": [[96, 48], [64]],
        "dropout": [0.0, 0.3],
        "learning_rate": {"low": 0.001, "high": 0.01, "scale": "log"},
    }
