import numpy as np

from lstm_sentiment_cli.records.examples import Example
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.encoded import Encoded, training_batches

TOKENIZER = Tokenizer.fit(["a b c d e f"], vocabulary_size=20)
EXAMPLES = [
    Example(" ".join("abcdef"[: 1 + number % 6]), ("x", "y", "z")[number % 3], 1.0 + number)
    for number in range(50)
]
ENCODED = Encoded.of(EXAMPLES, TOKENIZER, ("x", "y", "z"))


def epoch(seed):
    return list(training_batches(ENCODED, 3, 8, seed))


def test_an_epoch_holds_each_example_once_with_its_target_and_weight():
    batches = epoch((1, 1))
    weights = np.concatenate([batch.weights for batch in batches])
    targets = np.concatenate([batch.targets for batch in batches])

    assert sorted(weights) == [example.weight for example in EXAMPLES]
    for weight, target in zip(weights, targets, strict=True):
        assert target.tolist() == [float(int(weight - 1) % 3 == label) for label in range(3)]


def test_texts_of_a_batch_are_of_similar_length():
    for batch in epoch((1, 1)):
        lengths = (batch.tokens != 0).sum(axis=1)
        assert batch.tokens.shape[1] == lengths.max()
        assert lengths.max() - lengths.min() <= 2


def test_the_order_follows_seed_and_epoch():
    def order(seed):
        return [batch.weights.tolist() for batch in epoch(seed)]

    assert order((1, 1)) == order((1, 1))
    assert order((1, 1)) != order((1, 2))
    assert order((1, 1)) != order((2, 1))
