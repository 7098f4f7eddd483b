"""Probabilities, batches, and what ONNX Runtime does beyond running the network: nothing."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_sentiment_cli.inference.runtime import Ragged, softmax

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


def test_no_telemetry_leaves_a_trace_in_the_users_home(run, environment):
    """ONNX Runtime writes an identifier there before it sends anything; it spares test systems."""
    for name in ("CI", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"):
        environment.pop(name, None)

    assert run("predict", "i love this", ORT_DISABLE_TELEMETRY="0").code == 0

    home = Path(environment["HOME"])
    assert [path for path in home.rglob("*") if "icrosoft" in str(path)] == []
