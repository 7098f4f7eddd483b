import numpy as np
import onnx
import pytest
from onnxruntime.quantization import QuantType, quantize_dynamic

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import OnnxRuntime, Ragged, softmax
from lstm_sentiment_cli.model.graph import embedding_rows
from lstm_sentiment_cli.text.tokenizer import EMPTY, UNKNOWN
from lstm_sentiment_cli.training.export import (
    LARGEST_DIFFERENCE,
    check_export,
    from_graph,
    to_graph,
)
from lstm_sentiment_cli.training.hyperparameters import POOLINGS
from lstm_sentiment_cli.training.network import build, read_weights
from tests.training.conftest import SMALL

ROWS = [[EMPTY], [UNKNOWN], [UNKNOWN] * 9, [3, 4, 5], [7] * 40, [19]]


def network(lstm_units, labels=2, directions=1, pooling="last"):
    """Build a network of random weights: biases of zeros and ones would hide a wrong order.

    Much larger ones would make a wide network chaotic: rounding grows with each step.
    """
    shape = {"lstm_units": lstm_units, "directions": directions, "pooling": pooling}
    built = build(SMALL.replaced(shape), 20, labels)
    chance = np.random.default_rng(3)
    for layer in built.layers:
        layer.set_weights([chance.normal(0, 0.3, each.shape) for each in layer.get_weights()])
    return built


@pytest.fixture(
    params=[
        ((5, 4), 2),
        ((6,), 2),
        ((96, 48, 48), 2),
        ((4, 3), 3),
        ((4, 3), 3, 2),
        ((5, 4), 2, 1, "max+mean"),
        ((96, 48, 48), 2, 2, "max+attention"),
    ],
    ids=str,
)
def model(request):
    return network(*request.param)


def test_the_same_weights_make_the_same_bytes_as_in_the_first_version(golden_model):
    graph = (golden_model / "model.onnx").read_bytes()

    assert to_graph(from_graph(graph)) == graph


@pytest.mark.parametrize("lstm_units", [(5,), (5, 4), (5, 4, 3)], ids=str)
@pytest.mark.parametrize("pooling", ["last", "max", "mean+last", "attention", "+".join(POOLINGS)])
@pytest.mark.parametrize("directions", [1, 2])
def test_every_network_survives_export_and_import(lstm_units, pooling, directions):
    model = network(lstm_units, 3, directions, pooling)
    graph = to_graph(read_weights(model))

    assert check_export(graph, model.predict_on_batch, ROWS) <= LARGEST_DIFFERENCE
    assert to_graph(from_graph(graph)) == graph
    assert embedding_rows(graph) == 20


@pytest.mark.parametrize("pooling", ["last", "+".join(POOLINGS)])
@pytest.mark.parametrize("directions", [1, 2])
def test_every_network_that_an_earlier_version_quantised_is_loaded(tmp_path, pooling, directions):
    graph = to_graph(read_weights(network((5, 4), 3, directions, pooling)))
    (tmp_path / "fp32.onnx").write_bytes(graph)
    quantize_dynamic(tmp_path / "fp32.onnx", tmp_path / "int8.onnx", weight_type=QuantType.QInt8)
    graph = (tmp_path / "int8.onnx").read_bytes()

    assert embedding_rows(graph) == 20
    assert OnnxRuntime(graph).run(np.int32([[1, 2]]), np.int32([2])).shape == (1, 3)


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


def test_columns_of_padding_change_nothing(model):
    runtime = OnnxRuntime(to_graph(read_weights(model)))
    ids, length = np.int32([[3, 4, 5]]), np.int32([3])

    assert runtime.run(np.pad(ids, ((0, 0), (0, 4))), length) == pytest.approx(
        runtime.run(ids, length), abs=1e-6
    )


def test_from_graph_inverts_to_graph(model):
    weights = read_weights(model)
    back = from_graph(to_graph(weights))

    assert back.pooling == weights.pooling
    for its, own in zip(back.attention, weights.attention, strict=True):
        assert (its == own).all()
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
    other = network((3,), model.output_shape[-1])

    with pytest.raises(RuntimeError, match="differs from Keras"):
        check_export(to_graph(read_weights(other)), model.predict_on_batch, ROWS)


@pytest.mark.parametrize("name", ["embedding", "attention_kernel"])
def test_training_cannot_continue_from_a_graph_of_reduced_precision(name):
    graph = onnx.load_from_string(to_graph(read_weights(network((5, 4), 2, 2, "attention"))))
    [constant] = [each for each in graph.graph.initializer if each.name == name]
    half = onnx.numpy_helper.to_array(constant).astype(np.float16)
    constant.CopyFrom(onnx.numpy_helper.from_array(half, name))

    with pytest.raises(SentimentError, match="reduced precision"):
        from_graph(graph.SerializeToString())


def test_a_graph_has_only_the_constants_that_its_nodes_read():
    graph = onnx.load_from_string(to_graph(read_weights(network((5, 4), 2, 2, "max")))).graph
    read = {name for node in graph.node for name in node.input}

    assert {each.name for each in graph.initializer} - read == {"direction"}
