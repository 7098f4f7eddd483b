import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.trial import (
    INTERRUPTED,
    OUT_OF_TIME,
    StopConditions,
    expected_seconds,
    work_per_token,
)
from tests.tuning.conftest import SMALL, trial_result

LONG_AGO, LONG_HENCE = time.monotonic() - 1, time.monotonic() + 10**6


@pytest.mark.parametrize(
    ("deadline", "requested", "trial", "reason"),
    [
        (None, False, 1, None),
        (LONG_HENCE, False, 1, None),
        (LONG_AGO, False, 1, OUT_OF_TIME),
        (LONG_AGO, False, 0, None),
        (LONG_AGO, True, 0, INTERRUPTED),
        (None, True, 1, INTERRUPTED),
    ],
)
def test_a_trial_ends_with_the_time_or_the_users_wish(deadline, requested, trial, reason):
    assert StopConditions(deadline, Interrupt(requested)).reached(trial) == reason


def test_what_would_end_too_late_is_not_allowed():
    assert StopConditions(None, Interrupt()).allow(10**9)
    assert StopConditions(LONG_HENCE, Interrupt()).allow(1000)
    assert not StopConditions(LONG_HENCE, Interrupt()).allow(10**7)


def test_the_work_is_that_of_the_reference_network_by_hand():
    knobs = Hyperparameters(embedding_units=96, lstm_units=(96, 48, 48))

    # 239,616 floating point operations a token are half as many multiplications.
    assert work_per_token(knobs) == 239_616 // 2 == 4 * (96 * 192 + 48 * 144 + 48 * 96)
    assert work_per_token(knobs.replaced({"directions": 2, "lstm_units": [10]})) == 2 * 40 * 106


def test_nothing_is_expected_before_a_fold_has_ended():
    assert expected_seconds(SMALL, 5, []) == 0
    assert expected_seconds(SMALL, 5, [trial_result(0)]) == 0


@given(st.integers(1, 6), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_a_network_with_twice_the_work_is_expected_to_take_twice_as_long(folds, units):
    trials = [trial_result(n, 0.5, 0.4, knobs=SMALL.replaced({"lstm_units": [each]}))
              for n, each in enumerate(units)]  # fmt: skip
    one = expected_seconds(SMALL, folds, trials)
    two = expected_seconds(SMALL.replaced({"directions": 2}), folds, trials)

    assert two == pytest.approx(2 * one)
    same = [trial_result(0, 0.5, 0.4, knobs=SMALL)]
    assert expected_seconds(SMALL, folds, same) == pytest.approx(folds * 1.0)
