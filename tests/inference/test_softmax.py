import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_sentiment_cli.inference.runtime import softmax

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
