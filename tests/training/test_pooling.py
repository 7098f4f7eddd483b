import keras
import numpy as np
import pytest

from lstm_sentiment_cli.training.network import Pooling

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


def test_several_ways_lie_side_by_side_in_their_order():
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
