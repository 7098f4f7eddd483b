"""Labels and probabilities become what is to be learnt."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.hyperparameters import preset
from lstm_sentiment_cli.training.targets import (
    Encoded,
    NamedModel,
    rehearsed,
    training_batches,
)

TOKENIZER = Tokenizer.fit(["a b c d e f"], vocabulary_size=20)
EXAMPLES = [
    Example(" ".join("abcdef"[: 1 + number % 6]), ("x", "y", "z")[number % 3], 1.0 + number)
    for number in range(50)
]
ENCODED = Encoded.of(EXAMPLES, TOKENIZER, ("x", "y", "z"), 0.7)


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
    encoded = Encoded.of(texts, TOKENIZER, ("x", "y"), 0.7)
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


def taught(*probabilities, label="positive", labelled=True):
    packed = np.array(probabilities, "<f4").tobytes()
    return Example("a b", label, 2.0, packed, labelled)


def targets(share, *examples):
    return Encoded.of(examples, TOKENIZER, LABELS, share)


def test_a_target_mixes_the_label_and_the_probabilities():
    both, hard = taught(0.25, 0.75), Example("c", "negative", 1.0)
    encoded = targets(0.4, both, hard, both)

    assert encoded.targets == pytest.approx(np.array([[0.7, 0.3], [0, 1], [0.7, 0.3]]))
    assert encoded.targets.dtype == np.float32
    assert (encoded.gold.tolist(), encoded.weights.tolist()) == ([0, 1, 0], [2.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, [1, 0]), (1.0, [0.25, 0.75]), (0.5, [0.625, 0.375])]
)
def test_the_teacher_share_says_how_much_the_probabilities_count_beside_a_label(share, expected):
    assert targets(share, taught(0.25, 0.75)).targets.tolist() == [expected]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_without_a_label_the_probabilities_are_the_target(share):
    alone = taught(0.25, 0.75, label="negative", labelled=False)
    encoded = targets(share, alone)

    assert (encoded.targets.tolist(), encoded.gold.tolist()) == ([[0.25, 0.75]], [1])


def test_rehearsed_texts_have_the_answers_of_the_model(golden_model):
    artifact = load_artifact(golden_model)
    artifact = replace(artifact, manifest=replace(artifact.manifest, temperature=2.0))
    parent = NamedModel("golden", artifact)
    wanted = preset("default").replaced({"rehearsal": 50})
    found = rehearsed(parent, wanted)
    answers = softmax(Predictor.load(golden_model).scores([each.text for each in found]).logits)

    assert len({each.text for each in found}) == 50
    assert np.frombuffer(b"".join(each.probabilities for each in found), "<f4") == pytest.approx(
        answers.ravel(), abs=1e-6
    )
    assert {(each.weight, each.labelled) for each in found} == {(1.0, False)}
    assert [each.label for each in found] == [
        artifact.manifest.labels[place] for place in answers.argmax(axis=1)
    ]
    assert rehearsed(parent, wanted) == found
    assert rehearsed(parent, wanted.replaced({"seed": 2})) != found
    assert rehearsed(parent, preset("default")) == []
