import keras
import numpy as np
import pytest

from lstm_sentiment_cli.training.hyperparameters import preset
from lstm_sentiment_cli.training.network import (
    Pooling,
    ProbabilitiesCrossentropy,
    build,
    compile_for_training,
    read_weights,
    write_weights,
)
from tests.training.conftest import SMALL

STACKED = SMALL.replaced({"lstm_units": [5, 4]})
SHAPES = pytest.mark.parametrize(
    "shape",
    [
        {},
        {"directions": 2},
        {"pooling": "max"},
        {"directions": 2, "pooling": "last+mean"},
        {"directions": 2, "pooling": "attention"},
    ],
    ids=str,
)


def test_the_seed_network_is_the_reference_layer_by_layer():
    model = build(preset("seed"), 30_000, 2)

    layers = model.layers[1:]  # the first is the input

    assert [type(layer).__name__ for layer in layers] == [
        "Embedding", "LSTM", "LSTM", "LSTM", "Dense"
    ]  # fmt: skip
    assert [layer.output.shape[-1] for layer in layers] == [96, 96, 48, 48, 2]
    assert model.layers[-1].activation is keras.activations.softmax
    # 30,000 · 96; then by LSTM of H units over E inputs 4 · H · (E + H + 1); then 48 · 2 + 2.
    assert model.count_params() == 2_880_000 + 74_112 + 27_840 + 18_624 + 98


def test_two_directions_and_several_poolings_widen_the_network():
    wide = STACKED.replaced({"directions": 2, "pooling": "max+attention+last"})
    model = build(wide, 20, 3)

    # Embedding; LSTM of 5 over 6, of 4 over 10; attention over 8; Dense over 3 · 8.
    lstm = 2 * 4 * 5 * (6 + 5 + 1) + 2 * 4 * 4 * (10 + 4 + 1)
    assert model.count_params() == 20 * 6 + lstm + (8 + 1) + (24 * 3 + 3)


def test_dropout_is_between_the_layers_and_before_the_last():
    model = build(STACKED.replaced({"directions": 2, "pooling": "mean"}), 20, 2)

    assert [type(layer).__name__ for layer in model.layers[1:]] == [
        "Embedding", "SpatialDropout1D", "Bidirectional", "SpatialDropout1D", "Bidirectional",
        "Pooling", "Dropout", "Dense",
    ]  # fmt: skip


@SHAPES
def test_padding_changes_no_answer(shape):
    model = build(STACKED.replaced(shape), 20, 2)
    bare = model.predict_on_batch(np.int32([[3, 4, 5]]))
    padded = model.predict_on_batch(np.int32([[3, 4, 5, 0, 0]]))

    assert padded == pytest.approx(bare, abs=1e-6)


@SHAPES
def test_each_token_counts(shape):
    keras.utils.set_random_seed(1)
    model = build(STACKED.replaced(shape), 20, 2)
    alike = model.predict_on_batch(np.int32([[3, 4, 5], [9, 4, 5], [3, 9, 5], [3, 4, 9]]))

    assert len(np.unique(alike[:, 0])) == 4


@SHAPES
def test_write_weights_inverts_read_weights(shape):
    keras.utils.set_random_seed(1)
    one, other = (build(STACKED.replaced(shape), 20, 3) for _ in range(2))
    tokens = np.int32([[3, 4, 5], [6, 7, 0]])
    assert not np.allclose(one.predict_on_batch(tokens), other.predict_on_batch(tokens))

    write_weights(other, read_weights(one))

    assert (one.predict_on_batch(tokens) == other.predict_on_batch(tokens)).all()


def test_binary_crossentropy_in_training_is_that_of_the_probabilities():
    """Keras' own would read the softmax's logits as those of sigmoids."""
    model = build(STACKED.replaced({"dropout": 0.0, "embedding_dropout": 0.0}), 20, 2)
    compile_for_training(model, STACKED)
    model.get_layer("probabilities").set_weights(
        [np.float32(np.arange(8).reshape(4, 2)), np.float32([1.0, -2.0])]
    )
    tokens, targets = np.int32([[3, 4], [5, 0]]), np.float32([[1, 0], [0, 1]])
    chosen = (model.predict_on_batch(tokens) * targets).sum(axis=1)

    assert model.test_on_batch(tokens, targets)[0] == pytest.approx(-np.log(chosen).mean(), 1e-4)


def test_binary_crossentropy_of_three_labels_counts_each():
    targets, probabilities = np.float32([[0, 1, 0]]), np.float32([[0.2, 0.5, 0.3]])

    loss = float(ProbabilitiesCrossentropy()(targets, probabilities))

    assert loss == pytest.approx(-np.log([0.8, 0.5, 0.7]).mean(), 1e-4)


# Two texts of two channels, of three and of one token; what follows them is padding.
STEPS = np.float32([[[1, -2], [3, 0], [2, -1]], [[-5, 4], [9, 9], [9, 9]]])
REAL = np.array([[True, True, True], [True, False, False]])
# What an LSTM of two directions of one channel each would end with: h and c, there and back.
STATES = [np.float32([[value], [value + 1]]) for value in (10, 20, 30, 40)]


def pooled(*ways, attention=()):
    layer = Pooling(ways)
    layer.build([STEPS.shape, *(state.shape for state in STATES)])
    layer.set_weights(attention)
    return np.array(layer([STEPS, *STATES], mask=[REAL, None, None, None, None]))


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("last", [[10, 30], [11, 31]]),
        ("max", [[3, 0], [-5, 4]]),
        ("mean", [[2, -1], [-5, 4]]),
    ],
)
def test_each_way_reads_the_tokens_and_no_padding(way, expected):
    assert pooled(way).tolist() == expected


def test_attention_weighs_tokens_by_the_softmax_of_their_scores():
    kernel, bias = np.float32([[0.4], [-0.3]]), np.float32([0.1])
    scores = np.exp(np.tanh(STEPS[0] @ kernel + bias))
    expected = (scores / scores.sum() * STEPS[0]).sum(axis=0)

    read = pooled("attention", attention=[kernel, bias])

    assert read[0] == pytest.approx(expected, abs=1e-6)
    assert read[1] == pytest.approx(STEPS[1, 0], abs=1e-6)


def test_several_poolings_are_concatenated_in_their_order():
    assert pooled("max", "last", "mean")[0].tolist() == [3, 0, 10, 30, 2, -1]


@pytest.mark.parametrize("way", ["max", "mean", "attention"])
def test_no_gradient_comes_from_padding(way):
    import tensorflow

    layer = Pooling([way])
    steps = tensorflow.Variable(STEPS)
    with tensorflow.GradientTape() as tape:
        read = layer([steps, *STATES], mask=[REAL, None, None, None, None])
        total = keras.ops.sum(read * np.float32([1, 2]))
    gradient = tape.gradient(total, steps).numpy()

    assert np.isfinite(gradient).all()
    assert (gradient[REAL] != 0).any()
    assert (gradient[~REAL] == 0).all()
