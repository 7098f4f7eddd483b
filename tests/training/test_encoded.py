import numpy as np

from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.targets import Encoded, training_batches

TOKENIZER = Tokenizer.fit(["a b c d e f"], vocabulary_size=20)
EXAMPLES = [
    Example(" ".join("abcdef"[: 1 + number % 6]), ("x", "y", "z")[number % 3], 1.0 + number)
    for number in range(50)
]
ENCODED = Encoded.of(EXAMPLES, TOKENIZER, ("x", "y", "z"))


def epoch(seed):
    return list(training_batches(ENCODED, 8, seed))


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


def test_word_dropout_makes_a_share_of_the_words_unknown_and_nothing_else():
    texts = [Example("a b c d e f " * 10, "x", 1.0)] * 400 + [Example("", "x", 1.0)] * 100
    encoded = Encoded.of(texts, TOKENIZER, ("x", "y"))
    plain = list(training_batches(encoded, 50, (1, 1)))
    dropped = list(training_batches(encoded, 50, (1, 1), 0.2))
    before, after = (
        np.concatenate([batch.tokens[batch.tokens >= 1].ravel() for batch in batches])
        for batches in (plain, dropped)
    )

    # The same texts in the same order, so that words stand at the same places.
    words = before > 2
    assert (after[~words] == before[~words]).all()
    assert set(after[words][after[words] != before[words]]) == {1}
    share = (after[words] == 1).mean()
    assert abs(share - 0.2) < 4 * (0.2 * 0.8 / words.sum()) ** 0.5


def test_word_dropout_is_drawn_anew_each_epoch_and_the_same_in_each_run():
    def tokens(seed):
        return [batch.tokens.tolist() for batch in training_batches(ENCODED, 8, seed, 0.5)]

    assert tokens((1, 1)) == tokens((1, 1))
    assert sorted(map(str, tokens((1, 1)))) != sorted(map(str, tokens((1, 2))))
