"""Probabilities with four decimals, as formatting writes them, for a whole window at once."""

from functools import cache

import numpy as np
import numpy.typing as npt

_UNITS = 10_000
# The table takes some milliseconds to make: for fewer numbers than this it is not worth it.
_MANY = 1000


def four_decimals(numbers: npt.NDArray[np.floating]) -> list[list[str]]:
    """Return the text of each number, by columns: [[0.25, 0.75]] → [["0.2500"], ["0.7500"]].

    A float32 times 10,000 is exact in a float64, and both ways round halves to even.
    """
    columns = numbers.T
    if numbers.size >= _MANY and numbers.dtype == np.float32 and not np.signbit(numbers).any():
        units = columns.astype(np.float64) * _UNITS
        if (units <= _UNITS).all():  # False for what is no number
            texts: list[list[str]] = _table()[np.rint(units).astype(np.intp)].tolist()
            return texts
    return [[f"{number:.4f}" for number in column] for column in columns.tolist()]


@cache
def _table() -> npt.NDArray[np.object_]:
    return np.array([f"{units / _UNITS:.4f}" for units in range(_UNITS + 1)], object)
