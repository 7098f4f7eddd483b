"""The network alone does what the whole program has it do."""

import numpy as np

from lstm_sentiment_cli.benchmarking.speed import ready_batches, seconds_of_network
from lstm_sentiment_cli.benchmarking.synthetic import synthetic_tweets
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, WINDOW, Predictor


def test_ready_batches_hold_every_text_and_no_window_mixes(golden_model):
    predictor = Predictor.load(golden_model)
    texts = synthetic_tweets(["good", "bad", "day"], WINDOW + 10, seed=0)

    batches = ready_batches(predictor, texts)

    assert [len(lengths) for _, lengths in batches] == [BATCH_SIZE] * (WINDOW // BATCH_SIZE) + [10]
    assert seconds_of_network(predictor, batches) > 0
    answered = np.concatenate([predictor.runtime.run(*batch) for batch in batches])
    expected = [predictor.scores(part).logits for part in (texts[:WINDOW], texts[WINDOW:])]
    np.testing.assert_allclose(np.sort(answered[:, 0]), np.sort(np.concatenate(expected)[:, 0]))
