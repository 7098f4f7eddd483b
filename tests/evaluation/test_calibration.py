"""The temperature: found where it is known, and never for the worse."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.calibration import COLDEST, HOTTEST, fit_temperature
from lstm_sentiment_cli.evaluation.metrics import log_losses
from lstm_sentiment_cli.inference.runtime import softmax


def honest(seed, rows, labels):
    """Logits, and labels drawn with exactly the probabilities that they claim."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (rows, labels)).astype(np.float32)
    cumulative = softmax(logits).cumsum(axis=1)
    gold = (random.random((rows, 1)) > cumulative[:, :-1]).sum(axis=1)
    return logits, gold


def loss(logits, gold, temperature):
    return log_losses(gold, softmax(logits, temperature)).mean()


@pytest.mark.parametrize("labels", [2, 3])
@pytest.mark.parametrize("temperature", [0.2, 0.8, 1.0, 1.7, 6.0])
def test_the_temperature_that_made_a_network_overconfident_is_recovered(temperature, labels):
    logits, gold = honest(7, 20_000, labels)

    fitted = fit_temperature(logits * np.float32(temperature), gold)

    assert fitted == pytest.approx(temperature, rel=0.05)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(2, 4), st.floats(0.01, 30))
def test_never_worse_than_leaving_the_logits_alone_nor_than_any_other(seed, rows, labels, scale):
    random = np.random.default_rng(seed)
    logits = random.normal(0, scale, (rows, labels)).astype(np.float32)
    gold = random.integers(0, labels, rows)

    fitted = fit_temperature(logits, gold)

    assert COLDEST <= fitted <= HOTTEST
    assert loss(logits, gold, fitted) <= loss(logits, gold, 1.0)
    others = np.exp(np.linspace(math.log(COLDEST), math.log(HOTTEST), 41))
    # Clipping bends the log loss a little where a label is all but impossible.
    assert loss(logits, gold, fitted) <= min(loss(logits, gold, t) for t in others) + 0.02


def test_all_right_goes_to_the_cold_end_and_all_wrong_to_the_hot_end():
    logits = np.float32([[0.2, -0.2], [0.1, -0.1]])

    assert fit_temperature(logits, np.array([0, 0])) == pytest.approx(COLDEST, rel=1e-5)
    assert fit_temperature(logits, np.array([1, 1])) == pytest.approx(HOTTEST, rel=1e-5)


def test_the_same_logits_give_the_same_temperature():
    logits, gold = honest(3, 500, 2)

    assert fit_temperature(logits, gold) == fit_temperature(logits.copy(), gold.copy())


def test_without_examples_nothing_changes():
    assert fit_temperature(np.empty((0, 2), np.float32), np.empty(0, np.int64)) == 1.0
