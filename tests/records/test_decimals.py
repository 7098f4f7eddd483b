"""Numbers from a table are those that formatting writes."""

import numpy as np
import pytest

from lstm_sentiment_cli.records.encoders import four_decimals

CHANCE = np.random.default_rng(1)
# The only float32 that lie halfway between two numbers of four decimals are odd 32nds.
HALVES = np.arange(33, dtype=np.float32) / np.float32(32)
UNITS = (np.arange(10_001) / 10_000).astype(np.float32)
BORDERS = ((np.arange(10_000) + 0.5) / 10_000).astype(np.float32)


def neighbours(numbers):
    around = [np.nextafter(numbers, np.float32(side)) for side in (-1, 2)]
    return np.concatenate([numbers, *around]).clip(0, 1)


@pytest.mark.parametrize(
    "numbers",
    [
        np.tile(neighbours(HALVES), 20),
        neighbours(UNITS),
        neighbours(BORDERS),
        CHANCE.random(200_000, dtype=np.float32),
        np.float32(2) ** CHANCE.uniform(-149, 0, 20_000).astype(np.float32),
        np.zeros(2000, np.float32),
        np.full(2000, np.nan, np.float32),
        np.linspace(-1, 2, 2000, dtype=np.float32),
        np.full(2000, -0.0, np.float32),
        np.full(2000, 0.00005),  # a float64, for which the table is not made
        HALVES,
        np.empty(0, np.float32),
    ],
)
def test_four_decimals_are_those_of_formatting(numbers):
    expected = [f"{number:.4f}" for number in numbers.tolist()]

    assert four_decimals(numbers[:, None]) == [expected]


def test_they_come_by_columns():
    assert four_decimals(np.float32([[0.25, 0.75]])) == [["0.2500"], ["0.7500"]]
    assert four_decimals(np.tile(np.float32([0.25, 0.75]), (999, 1))) == [
        ["0.2500"] * 999,
        ["0.7500"] * 999,
    ]
