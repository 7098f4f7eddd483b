"""Probabilities, batches, and what ONNX Runtime does beyond running the network: nothing."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import OnnxRuntime, Ragged, softmax
from lstm_sentiment_cli.model.graph import embedding_rows
from tests.onnx_bytes import FLOAT, INT32, INT64, ends, last_state, model, node, tensor, value

logits = arrays(
    np.float32, (3, 4), elements=st.floats(-(2.0**100), 2.0**100, width=32, allow_nan=False)
)


@given(logits, st.floats(0.05, 20))
def test_rows_are_probabilities_in_the_order_of_the_logits(logits, temperature):
    probabilities = softmax(logits, temperature)

    assert np.isfinite(probabilities).all()
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (probabilities.max(axis=1) == probabilities[np.arange(3), logits.argmax(axis=1)]).all()


def test_a_higher_temperature_is_less_sure():
    logits = np.float32([[2.0, -2.0]])

    assert softmax(logits)[0, 0] == pytest.approx(0.98201, abs=1e-5)
    assert softmax(logits, 2.0)[0, 0] == pytest.approx(0.88080, abs=1e-5)


rows = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=7), min_size=1, max_size=30)


@given(rows, st.integers(1, 10))
def test_batches_hold_each_row_once_with_its_ids_and_zeros_after_them(rows, size):
    ragged = Ragged.of(rows)
    seen = []
    for numbers in ragged.batches(size):
        tokens, lengths = ragged.padded(numbers, ragged.starts)
        assert len(numbers) <= size
        assert tokens.shape == (len(numbers), lengths.max())
        for row, ids, length in zip(numbers, tokens, lengths, strict=True):
            assert ids.tolist() == rows[row] + [0] * (tokens.shape[1] - length)
            seen.append(row)
    assert sorted(seen) == list(range(len(rows)))


def test_longest_rows_come_first_so_that_little_is_padded():
    ragged = Ragged.of([[1], [1, 2, 3], [1, 2]])

    assert [numbers.tolist() for numbers in ragged.batches(2)] == [[1, 2], [0]]


def test_no_rows_make_no_batches():
    assert list(Ragged.of([]).batches(4)) == []
    assert Ragged.of([]).flat.dtype == np.int32


@given(rows)
def test_packed_rows_are_the_same_rows(rows):
    ragged = Ragged.of(rows)
    packed = Ragged.of_bytes(ragged.flat.tobytes(), [4 * len(row) for row in rows])

    assert (packed.flat.dtype, packed.lengths.dtype) == (np.int32, np.int32)
    assert packed.flat.tolist() == ragged.flat.tolist()
    assert packed.lengths.tolist() == ragged.lengths.tolist()


def small(**changes):
    """Return a graph of ours; `changes` are weights."""
    weights = {
        "embedding": np.full((5, 2), 0.5),
        "kernel": np.full((1, 4, 2), 0.5),
        "recurrent": np.full((1, 4, 1), 0.5),
        "dense": np.ones((1, 3)),
    }
    return last_state(*(each.astype(np.float32) for each in (weights | changes).values()))


def test_each_text_has_a_logit_for_each_label():
    runtime = OnnxRuntime(model(small()))

    assert runtime.width == 3
    assert runtime.run(np.int32([[1, 2], [3, 0]]), np.int32([2, 1])).shape == (2, 3)


def test_bytes_that_are_of_two_formats_are_read_as_the_one_that_was_checked():
    """ONNX Runtime's own format has these four bytes behind the first four."""
    both = b"\x08\x08\x12\x04ORTM" + model(small())[2:]

    assert embedding_rows(both) == 5
    assert OnnxRuntime(both).width == 3


@pytest.mark.parametrize("name", ["embedding", "kernel", "recurrent", "dense"])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(name, number):
    """The LSTM of ONNX Runtime makes a finite answer of some of them."""
    shape = {"embedding": (5, 2), "kernel": (1, 4, 2), "recurrent": (1, 4, 1), "dense": (1, 3)}[
        name
    ]
    weights = np.ones(shape)
    weights.flat[-1] = number

    with pytest.raises(SentimentError, match=r"model\.onnx has NaN or infinity among its weights"):
        OnnxRuntime(model(small(**{name: weights})))


TOKENS, LENGTHS, LOGITS = ends(3)


@pytest.mark.parametrize(
    "its",
    [
        [TOKENS, LENGTHS],
        [TOKENS, LENGTHS, LOGITS, value(12, "hidden_1", FLOAT, ["batch", 1])],
        [TOKENS, LENGTHS, value(12, "steps", INT32, ["time", "batch"])],
        [TOKENS, LENGTHS, value(11, "other", INT32, ["batch"]), LOGITS],
        [value(11, "tokens", INT64, ["batch", "time"]), LENGTHS, LOGITS],
    ],
)
def test_other_inputs_and_outputs_are_refused(its):
    inner = [field for field in small() if field[0] not in {11, 12}]

    with pytest.raises(SentimentError, match="must take tokens and lengths in int32, and give"):
        OnnxRuntime(model([*inner, *its]))


def test_what_fails_while_it_runs_is_one_line(capfd):
    runtime = OnnxRuntime(model(small(kernel=np.ones((1, 4, 3)))))

    with pytest.raises(SentimentError, match=r"^model\.onnx cannot be run: .*LSTM") as error:
        runtime.run(np.int32([[1, 2]]), np.int32([2]))

    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_logits_of_another_shape_are_refused():
    """A row for each word is right where a text has one word."""
    first, second, _, _, gemm, *rest = small()
    layer = node("LSTM", "hidden_0 kernel_0 recurrent_0 bias_0 lengths", "all", hidden_size=1)
    rows = [node("Transpose", "all", "apart", perm=[0, 2, 1, 3]), tensor("rows", np.array([-1, 1]))]
    joined = node("Reshape", "apart rows", "hidden_1")
    runtime = OnnxRuntime(model([first, second, layer, *rows, joined, gemm, *rest]))

    assert runtime.run(np.int32([[1]]), np.int32([1])).shape == (1, 3)
    with pytest.raises(SentimentError, match="logits for 1 texts"):
        runtime.run(np.int32([[1, 2]]), np.int32([2]))


def test_no_telemetry_leaves_a_trace_in_the_users_home(run, environment):
    """ONNX Runtime writes an identifier there before it sends anything; it spares test systems."""
    for name in ("CI", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"):
        environment.pop(name, None)

    assert run("predict", "i love this", ORT_DISABLE_TELEMETRY="0").code == 0

    home = Path(environment["HOME"])
    assert [path for path in home.rglob("*") if "icrosoft" in str(path)] == []
