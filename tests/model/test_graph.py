"""What a graph may hold: all that ours do, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.model.graph import embedding_rows, float_weights
from tests.onnx_bytes import last_state, message, model, node, tensor, varint

ROOT = Path(__file__).parents[2]


def graph(**changes):
    weights = {
        "embedding": np.zeros((7, 2)),
        "kernel": np.zeros((1, 4, 2)),
        "recurrent": np.zeros((1, 4, 1)),
        "dense": np.zeros((1, 2)),
    }
    return last_state(*(each.astype(np.float32) for each in (weights | changes).values()))


def fault(content):
    with pytest.raises(ValueError, match=r"\w") as error:
        embedding_rows(content)
    return str(error.value)


@pytest.mark.parametrize("folder", ["models/default", "models/fast", "models/three-class"], ids=str)
def test_shipped_graphs_pass(folder):
    assert embedding_rows((ROOT / folder / "model.onnx").read_bytes()) == 18_000


def test_the_golden_graph_passes(golden_model):
    assert embedding_rows((golden_model / "model.onnx").read_bytes()) == 338


def test_rows_are_those_of_the_constant_that_is_gathered_from():
    assert embedding_rows(model(graph())) == 7
    assert embedding_rows(model(graph(embedding=np.zeros((9, 2))))) == 9


def test_an_operator_is_refused_by_name_though_nothing_reads_it():
    assert fault(model([*graph(), node("Loop", "tokens", "x")])) == "the operator 'Loop'"
    foreign = node("Gemm", "tokens", "x", domain="com.example")
    assert fault(model([*graph(), foreign])) == "the operator 'com.example Gemm'"


def test_an_operator_of_ours_is_refused_where_ours_has_other_inputs():
    assert fault(model([*graph(), node("Gather", "embedding tokens", "x")])) == (
        "tokens as an input of Gather"
    )
    assert fault(model([*graph(), node("Tanh", "x", "y"), node("Tanh", "y", "x")])) == (
        "an unknown value as an input of Tanh"
    )
    assert fault(model([*graph(), node("Tanh", "", "x")])) == "0 inputs of Tanh"
    assert fault(model([*graph(), node("Tanh", "logits steps", "x")])) == "2 inputs of Tanh"


def test_large_constants_are_read_by_layers_only_and_once():
    large = tensor("large", np.zeros((40, 40), np.float32))
    products = node("MatMul", "hidden_1 large", "x")

    assert embedding_rows(model([large, *graph(), products])) == 7
    again = node("MatMul", "hidden_1 large", "y")
    assert fault(model([large, *graph(), products, again])) == (
        "weights that were used as an input of MatMul"
    )
    added = node("Add", "x large", "y")
    assert (
        fault(model([large, *graph(), products, added]))
        == "weights that were used as an input of Add"
    )


def test_only_positions_in_a_text_are_counted():
    """A range of constants could have as many numbers as it says."""
    numbers = [tensor(name, np.array(value)) for name, value in (("zero", 0), ("one", 1))]
    width = [node("Shape", "tokens", "shape", start=1), node("Squeeze", "shape", "width")]
    counted = node("Range", "zero width one", "numbers")

    assert embedding_rows(model([*numbers, *graph(), *width, counted])) == 7
    assert fault(model([*numbers, *graph(), *width, node("Range", "zero one one", "x")])) == (
        "one as an input of Range"
    )
    assert fault(model([*numbers, *graph(), node("Range", "zero hidden_1 one", "x")])) == (
        "Squeeze as an input of Range"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "0 embeddings"),
        (b"\x08", "a number that does not end"),
        (b"\x08" + b"\xff" * 20, "a number that does not end"),
        (b"\x3a\x7fshort", "a model that is cut off"),
        (b"\x3b\x3b\x3b", "field 7 in a model"),
        (message([(7, []), (7, [])]), "field 7 twice in a model"),
        (message([(7, [(15, [])])]), "field 15 in a graph"),
        (message([(25, [])]), "field 25 in a model"),
        (message([(14, "")] * 2001), "more than 2,000 fields in a model"),
        (message([(7, [(5, [(1, b"\1" * 2001)])])]), "more than 2,000 numbers in one field"),
        (message([(7, [(1, [(4, "Gemm"), (5, [(6, [])])])])]), "field 6 in an attribute"),
    ],
    ids=str,
)
def test_bytes_that_are_no_graph_of_ours_are_refused(content, expected):
    assert fault(content) == expected


def test_data_outside_of_the_file_is_refused():
    for fields in ([(13, [(1, "location"), (2, "x")])], [(14, 1)], [(13, []), (13, [])]):
        assert fault(model([(5, [(8, "x"), *fields]), *graph()])) == "data outside of the folder"


def test_the_longest_number_and_the_shortest_way_to_write_it_are_the_same():
    assert embedding_rows(b"\x08\x88\x80\x80\x00" + model(graph())[2:]) == 7
    assert fault(b"\x08" + varint(2**63)[:-1] + b"\xff\xff\x01" + model(graph())[2:]) == (
        "a number that does not end"
    )


@given(st.data())
def test_no_damage_is_more_than_a_refusal(data):
    content = bytearray(model(graph()))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = embedding_rows(bytes(content))
    except ValueError:
        return
    assert rows >= 0
    assert all(begin <= end for begin, end in float_weights(bytes(content)))


def test_float_weights_are_all_but_single_numbers():
    single = tensor("never", np.array(-np.inf, np.float32))
    content = model([single, *graph(dense=np.full((1, 2), 0.5))])
    numbers = [np.frombuffer(content[begin:end], "<f4") for begin, end in float_weights(content)]

    assert [len(each) for each in numbers] == [14, 8, 4, 8, 2, 2]
    assert [0.5, 0.5] in [each.tolist() for each in numbers]
