import keras
import numpy as np
import onnx
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.batches import Ragged
from lstm_sentiment_cli.inference.runtime import OnnxRuntime
from lstm_sentiment_cli.inference.softmax import softmax
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN
from lstm_sentiment_cli.training.export import (
    LARGEST_DIFFERENCE,
    check_export,
    from_graph,
    to_graph,
)
from lstm_sentiment_cli.training.network import build, read_weights
from tests.training.conftest import SMALL

ROWS = [[EMPTY], [UNKNOWN], [UNKNOWN] * 9, [3, 4, 5], [7] * 40, [19]]


@pytest.fixture(params=[((5, 4), 2), ((6,), 2), ((96, 48, 48), 2), ((4, 3), 3)])
def model(request):
    lstm_units, labels = request.param
    keras.utils.set_random_seed(2)
    built = build(SMALL.replaced({"lstm_units": lstm_units}), 20, labels)
    for layer in built.layers:  # biases begin as zeros and ones, which would hide a wrong order
        layer.set_weights(
            [np.random.default_rng(3).normal(0, 0.5, w.shape) for w in layer.get_weights()]
        )
    return built


def test_the_exported_network_is_keras_on_ragged_empty_and_unknown_input(model):
    difference = check_export(to_graph(read_weights(model)), model.predict_on_batch, ROWS)

    assert 0 <= difference <= LARGEST_DIFFERENCE


def test_each_text_gets_alone_what_it_gets_in_a_batch(model):
    runtime = OnnxRuntime(to_graph(read_weights(model)))
    ragged = Ragged.of(ROWS)
    together = softmax(runtime.run(*ragged.padded(np.arange(len(ROWS)), ragged.starts)))

    for row, ids in enumerate(ROWS):
        alone = softmax(runtime.run(np.int32([ids]), np.int32([len(ids)])))
        assert together[row] == pytest.approx(alone[0], abs=1e-6)


def test_from_graph_inverts_to_graph(model):
    weights = read_weights(model)
    back = from_graph(to_graph(weights))

    assert (back.embedding == weights.embedding).all()
    assert (back.dense_kernel == weights.dense_kernel).all()
    assert (back.dense_bias == weights.dense_bias).all()
    for its, own in zip(back.lstm, weights.lstm, strict=True):
        assert (its.kernel == own.kernel).all()
        assert (its.recurrent == own.recurrent).all()
        assert (its.bias == own.bias).all()


def test_the_graph_says_how_many_labels_it_answers(model):
    assert OnnxRuntime(to_graph(read_weights(model))).width == model.output_shape[-1]


def test_a_wrong_export_does_not_pass(model):
    other = build(SMALL, 20, model.output_shape[-1])

    with pytest.raises(RuntimeError, match="differs from Keras"):
        check_export(to_graph(read_weights(other)), model.predict_on_batch, ROWS)


def test_a_graph_of_reduced_precision_cannot_be_gone_on_from(model):
    graph = onnx.load_from_string(to_graph(read_weights(model)))
    for constant in graph.graph.initializer:
        if constant.name == "embedding":
            half = onnx.numpy_helper.to_array(constant).astype(np.float16)
            constant.CopyFrom(onnx.numpy_helper.from_array(half, "embedding"))

    with pytest.raises(SentimentError, match="reduced precision"):
        from_graph(graph.SerializeToString())
