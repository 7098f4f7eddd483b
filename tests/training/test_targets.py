"""What teachers say becomes what is to be learnt."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.targets import (
    Encoded,
    NamedModel,
    encoded_texts,
    mean_answers,
    training_batches,
)
from tests.cli.counting_model import save_counting_model

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


def test_the_order_depends_on_seed_and_epoch():
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


def test_word_dropout_differs_by_epoch_and_is_the_same_in_each_run():
    def tokens(seed):
        return [batch.tokens.tolist() for batch in training_batches(ENCODED, 8, seed, 0.5)]

    assert tokens((1, 1)) == tokens((1, 1))
    assert sorted(map(str, tokens((1, 1)))) != sorted(map(str, tokens((1, 2))))


LABELS = ("positive", "negative")
SMALL_TOKENIZER = Tokenizer(["good", "bad", "film"], 10)
TWO = [Example("good film", "positive", 2.0), Example("bad film", "positive", 1.0)]


@pytest.fixture
def teacher(tmp_path):
    def teacher(name, words, labels=LABELS):
        return NamedModel(name, load_artifact(save_counting_model(tmp_path / name, words, labels)))

    return teacher


def learn(teachers, share, unlabelled=()):
    encoded = Encoded.of(TWO, SMALL_TOKENIZER, LABELS)
    answers = mean_answers(teachers, LABELS, [*(each.text for each in TWO), *unlabelled])
    return encoded.distilled(answers, encoded_texts(unlabelled, SMALL_TOKENIZER), share)


def test_a_target_mixes_the_label_and_the_mean_of_the_teachers(teacher):
    first = teacher("first", {"good": (2, 0), "bad": (0, 2)})
    second = teacher("second", {"good": (0, 0), "bad": (0, 0)})
    sure, half = 1 / (1 + np.exp(-2)), 0.5
    encoded = learn([first, second], 0.5)

    mean = (sure + half) / 2
    assert encoded.targets == pytest.approx(
        np.array([[0.5 + mean / 2, 0.5 - mean / 2], [0.5 + (1 - mean) / 2, mean / 2]]), abs=1e-6
    )
    assert encoded.weights.tolist() == [2.0, 1.0]
    assert encoded.gold.tolist() == [0, 0]


def test_with_a_teacher_share_of_zero_the_targets_are_the_labels(teacher):
    encoded = learn([teacher("first", {"good": (0, 5)})], 0.0)

    assert encoded.targets.tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_targets_of_unlabelled_texts_are_the_teachers_answers(teacher):
    encoded = learn([teacher("first", {"bad": (0, 3)})], 0.3, ["bad", "film bad bad"])
    said = 1 / (1 + np.exp(-np.array([3, 6])))

    assert encoded.targets[2:] == pytest.approx(np.stack([1 - said, said], axis=1), abs=1e-6)
    assert encoded.gold.tolist() == [0, 0, 1, 1]
    assert encoded.weights[2:].tolist() == [1.0, 1.0]
    assert encoded.rows.lengths.tolist() == [2, 2, 1, 3]


def test_a_teacher_may_have_its_labels_in_another_order(teacher):
    swapped = teacher("swapped", {"good": (0, 2), "bad": (2, 0)}, LABELS[::-1])
    straight = teacher("straight", {"good": (2, 0), "bad": (0, 2)})

    assert learn([swapped], 1.0).targets == pytest.approx(learn([straight], 1.0).targets)


def test_the_probabilities_are_those_at_the_teachers_temperature(teacher):
    first = teacher("first", {"good": (2, 0)})
    manifest = replace(first.artifact.manifest, temperature=2.0)
    warm = NamedModel("warm", replace(first.artifact, manifest=manifest))

    assert learn([warm], 1.0).targets[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))
