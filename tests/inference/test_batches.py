import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.inference.runtime import Ragged

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
