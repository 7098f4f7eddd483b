"""The search space: points, the reference among them, and what Keras Tuner can carry."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import PRESETS, Hyperparameters, preset
from lstm_sentiment_cli.training.recipe import Recipe
from lstm_sentiment_cli.tuning.space import (
    DEFAULT_DIMENSIONS,
    Choices,
    Range,
    Space,
    decoded,
    encoded,
    read_space,
)
from tests.conftest import ROOT

HYPERPARAMETERS = Hyperparameters()


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
        ("dropout", Range(0.0, 0.2, "linear"), 0.2),
        ("learning_rate", Range(0.01, 0.1, "log"), 0.01),
        ("batch_size", Range(600, 900, "log"), 600),
        ("batch_size", Range(100, 900, "log"), 512),
    ],
)
def test_the_reference_is_the_nearest_point_of_the_space(name, dimension, nearest):
    values = Space(HYPERPARAMETERS, {name: dimension}).reference()

    assert values == {name: nearest}
    assert type(values[name]) is type(nearest)


def test_a_number_is_rounded_but_stays_within_its_range():
    space = Space(HYPERPARAMETERS, {"learning_rate": Range(0.0012345, 0.0098765, "log")})

    for drawn, trained in [
        (0.00234567, 0.00235),
        (0.00123456, 0.0012345),
        (0.00987649, 0.0098765),
        (0.001999999, 0.002),
    ]:
        assert space.hyperparameters({"learning_rate": drawn}).learning_rate == trained


def test_a_whole_number_of_a_range_stays_whole():
    space = Space(HYPERPARAMETERS, {"vocabulary_size": Range(5_000, 50_000, "log")})

    hyperparameters = space.hyperparameters({"vocabulary_size": 18_437})

    assert hyperparameters == replace(HYPERPARAMETERS, vocabulary_size=18_400)
    assert type(hyperparameters.vocabulary_size) is int


@given(low=st.floats(0, 0.5), width=st.floats(1e-6, 0.4), share=st.floats(0, 1))
def test_every_number_of_a_range_can_be_trained(low, width, share):
    high = low + width
    space = Space(HYPERPARAMETERS, {"dropout": Range(low, high, "linear")})
    trained = space.hyperparameters({"dropout": min(high, low + share * width)}).dropout

    assert low <= trained <= high


@given(st.lists(st.integers(1, 500), min_size=1, max_size=4))
def test_decoding_inverts_encoding_of_lists(units):
    assert decoded("lstm_units", encoded(tuple(units))) == tuple(units)


def test_points_are_counted_unless_there_is_a_range():
    grid = {"dropout": Choices((0.0, 0.3)), "batch_size": Choices((1, 2, 3))}

    assert Space(HYPERPARAMETERS, grid).points() == 6
    assert Space(HYPERPARAMETERS, DEFAULT_DIMENSIONS).points() is None


def test_values_that_are_lists_are_lists_in_json():
    dimensions = {
        "lstm_units": Choices(("96,48", "64")),
        "dropout": Choices((0.0, 0.3)),
        "learning_rate": Range(0.001, 0.01, "log"),
    }

    assert Space(HYPERPARAMETERS, dimensions).to_json() == {
        "lstm_units": [[96, 48], [64]],
        "dropout": [0.0, 0.3],
        "learning_rate": {"low": 0.001, "high": 0.01, "scale": "log"},
    }


def asked(**hyperparameters):
    return Recipe(preset("default").replaced(hyperparameters), None, (), frozenset(hyperparameters))


@pytest.fixture
def space_of(tmp_path):
    """Read a space from these lines, beside flags and a config."""

    def space_of(*lines, flags=(), **hyperparameters):
        path = tmp_path / "space.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_space(path, asked(**hyperparameters), flags)

    return space_of


def test_without_a_file_it_is_the_default_space():
    space = read_space(None, asked(), ())

    assert space.fixed == Hyperparameters()
    assert dict(space.dimensions) == dict(DEFAULT_DIMENSIONS)


def test_a_value_fixes_a_list_chooses_and_a_table_ranges(space_of):
    space = space_of(
        "dropout = 0.1",
        "batch_size = [16, 32]",
        "lstm_units = [[96, 48], [64]]",
        "embedding_dropout = [0, 0.5]",
        "label_smoothing = { low = 0, high = 0.2 }",
        'vocabulary_size = { low = 5000, high = 20000, scale = "log" }',
    )

    assert space.fixed.dropout == 0.1
    assert "dropout" not in space.dimensions
    assert space.dimensions["batch_size"] == Choices((16, 32))
    assert space.dimensions["lstm_units"] == Choices(("96,48", "64"))
    assert repr(space.dimensions["embedding_dropout"]) == "Choices(values=(0.0, 0.5))"
    assert repr(space.dimensions["label_smoothing"]) == repr(Range(0.0, 0.2, "linear"))
    assert space.dimensions["vocabulary_size"] == Range(5000, 20000, "log")
    assert space.dimensions["pooling"] == DEFAULT_DIMENSIONS["pooling"]


def test_a_list_of_units_is_one_value(space_of):
    space = space_of("lstm_units = [64, 32]")

    assert space.fixed.lstm_units == (64, 32)
    assert "lstm_units" not in space.dimensions


def test_hyperparameters_outside_of_the_default_space_can_be_searched(space_of):
    assert space_of("max_tokens = [20, 64]").dimensions["max_tokens"] == Choices((20, 64))


def test_flags_override_the_space_file_which_overrides_the_config(space_of):
    lines = ["dropout = [0.1, 0.2]", "batch_size = [16, 32]"]
    space = space_of(*lines, dropout=0.5, batch_size=64, min_count=3, flags={"dropout"})

    assert space.fixed.dropout == 0.5
    assert "dropout" not in space.dimensions
    assert space.dimensions["batch_size"] == Choices((16, 32))
    assert space.fixed.min_count == 3
    assert "min_count" not in space.dimensions


def test_the_order_of_the_file_does_not_matter(space_of):
    lines = ["batch_size = [16, 32]", "dropout = [0.1, 0.2]"]

    assert list(space_of(*lines).dimensions) == list(space_of(*reversed(lines)).dimensions)


def test_the_example_of_a_space_can_be_read():
    space = read_space(ROOT / "experiments" / "space.toml", asked(), ())

    assert space.hyperparameters(space.reference()) == Hyperparameters()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dropuot = 0.1", "unknown hyperparameter 'dropuot' (did you mean 'dropout'?)"),
        ("seed = [1, 2]", "seed is not searched; give --seed"),
        ("validation_fraction = 0.1", "validation_fraction is not searched; folds replace it"),
        ("dropout = []", "dropout has no values"),
        ("dropout = 0.99", "dropout must be a number from 0 to 0.95, got 0.99"),
        ("dropout = [0.1, 2]", "dropout must be a number from 0 to 0.95, got 2"),
        ("dropout = [0, 0.0]", "dropout has a value twice"),
        ("dropout = ['much']", "dropout must be a number, got 'much'"),
        ("dropout = true", "dropout must be a number, got True"),
        ("batch_size = 1.5", "batch_size must be a whole number, got 1.5"),
        ("pooling = ['last', 'maximum']", "unknown pooling 'maximum'"),
        ("lstm_units = []", "lstm_units must name at least one layer"),
        ("lstm_units = [[]]", "lstm_units must name at least one layer"),
        ("lstm_units = [[64], 32]", "lstm_units must name at least one layer"),
        ("lstm_units = 64", "lstm_units must name at least one layer"),
        ("pooling = { low = 1, high = 2 }", "pooling cannot have a range; give a list of values"),
        ("lstm_units = { low = 1, high = 2 }", "lstm_units cannot have a range"),
        ("dropout = { low = 0.1 }", "dropout: a range needs low and high, high is missing"),
        ("dropout = { low = 0.3, high = 0.3 }", "dropout: low must be below high"),
        ("dropout = { low = 0.3, high = 0.99 }", "dropout: high: dropout must be a number from"),
        ("dropout = { low = 0, high = 0.3, scale = 'log' }", "dropout: a log scale starts above 0"),
        ("dropout = { low = 0, high = 0.3, scale = 'cubic' }", "scale must be linear or log"),
        ("dropout = { low = 0, hihg = 0.3 }", "unknown key 'hihg' (did you mean 'high'?)"),
        ("batch_size = { low = 1.5, high = 3 }", "low: batch_size must be a whole number"),
        ("dropout = {}", "dropout: a range needs low and high"),
        ("dropout = 0.1 0.2", "is not TOML"),
    ],
)
def test_an_error_names_file_and_hyperparameter_in_one_line(space_of, line, said):
    with pytest.raises(SentimentError) as raised:
        space_of(line)

    assert said in str(raised.value)
    assert "space.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SentimentError, match=r"cannot read .*none\.toml.*check --space"):
        read_space(tmp_path / "none.toml", asked(), ())


def test_a_space_with_nothing_to_search_is_an_error(space_of):
    lines = [f"{name} = 1" for name in DEFAULT_DIMENSIONS if name not in {"lstm_units", "pooling"}]
    lines = [line.replace("dropout = 1", "dropout = 0") for line in lines]
    lines = [line.replace("smoothing = 1", "smoothing = 0") for line in lines]
    lines[0] = "vocabulary_size = 100"
    with pytest.raises(SentimentError, match="nothing to search"):
        space_of(*lines, "lstm_units = [4]", "pooling = 'last'")


values = st.recursive(
    st.floats(0, 0.95) | st.floats() | st.integers(-3, 3) | st.booleans() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(values)
def test_any_value_can_be_trained_or_is_refused(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("spaces") / "space.toml"
    path.write_text(f"dropout = {_toml(value)}", encoding="utf-8")
    with suppress(SentimentError):
        space = read_space(path, asked(), ())
        dimension = space.dimensions.get("dropout", Choices((space.fixed.dropout,)))
        assert isinstance(dimension, Choices)
        for each in dimension.values:
            assert 0 <= space.hyperparameters({"dropout": each}).dropout <= 0.95


def _toml(value):
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return "'''" + "".join(each for each in value if each.isalnum()) + "'''"
    return str(value).lower()
