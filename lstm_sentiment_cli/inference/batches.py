"""Texts of different lengths into matrices with little padding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.runtime import Ids
from lstm_sentiment_cli.text.chunk_ids import ID_BYTES


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of ids of different lengths, laid end to end."""

    flat: Ids  # (sum of lengths,)
    lengths: Ids  # (rows,), each at least 1

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Ragged":
        """Lay rows end to end: [[5], [6, 7]] → flat [5, 6, 7], lengths [1, 2]."""
        lengths = np.fromiter(map(len, rows), np.int32, len(rows))
        flat = np.fromiter(chain.from_iterable(rows), np.int32, int(lengths.sum()))
        return cls(flat, lengths)

    @classmethod
    def of_bytes(cls, flat: bytes, sizes: Sequence[int]) -> "Ragged":
        """Read rows that lie end to end as int32, of each how many bytes it has."""
        return cls(np.frombuffer(flat, np.int32), np.array(sizes, np.int32) // ID_BYTES)

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where each row begins in `flat`."""
        return np.cumsum(self.lengths, dtype=np.int64) - self.lengths

    def batches(self, size: int) -> Iterator[npt.NDArray[np.intp]]:
        """Yield row numbers, longest rows first, at most `size` together."""
        order = np.argsort(-self.lengths, kind="stable")
        for start in range(0, len(order), size):
            yield order[start : start + size]

    def padded(self, rows: npt.NDArray[np.intp], starts: npt.NDArray[np.int64]) -> tuple[Ids, Ids]:
        """Return ids (batch, longest) with zeros to the right, and lengths (batch,)."""
        lengths = self.lengths[rows]
        columns = np.arange(lengths.max(), dtype=np.int64)
        inside = columns < lengths[:, None]
        places = np.where(inside, starts[rows, None] + columns, 0)
        return np.where(inside, self.flat[places], 0).astype(np.int32, copy=False), lengths
