import numpy as np
import pytest

from lstm_sentiment_cli.training.listener import Interrupt, Listener
from lstm_sentiment_cli.tuning.fitting import measure_fold
from lstm_sentiment_cli.tuning.trial import Task
from tests.tuning.conftest import EXAMPLES, SEARCH, SMALL

HELD_OUT_BY = np.arange(len(EXAMPLES)) % 4 // 3  # the second fold has a quarter


def measured(examples):
    return measure_fold(
        Task(SEARCH, examples, HELD_OUT_BY),
        SMALL,
        1,
        listener=Listener(),
        interrupt=Interrupt(),
    )


@pytest.fixture(scope="module")
def second():
    return measured(EXAMPLES)


def test_a_fold_is_measured_on_the_rows_it_holds_out(second):
    result, answers = second
    gold = [SEARCH.labels.index(EXAMPLES[row].label) for row in answers.rows]
    chosen = answers.log_probabilities[np.arange(len(gold)), gold]

    assert answers.rows.tolist() == list(range(3, len(EXAMPLES), 4))
    assert answers.gold.tolist() == gold
    assert np.exp(answers.log_probabilities).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert result.log_loss == pytest.approx(-chosen.mean(), abs=1e-6)
    assert result.accuracy == (answers.log_probabilities.argmax(axis=1) == gold).mean() > 0.9
    assert result.fold == 1
    assert 1 <= result.best_epoch <= result.epochs == SMALL.epochs
    assert result.seconds > 0


def test_words_of_the_rows_held_out_are_not_in_the_vocabulary():
    def with_word(word):
        return [
            each._replace(text=f"{each.text} {word}") if fold else each
            for each, fold in zip(EXAMPLES, HELD_OUT_BY, strict=True)
        ]

    one, other = (measured(with_word(word))[1] for word in ("azure", "zebra"))

    # Had either a place in the vocabulary, the network would hear another word.
    assert (one.log_probabilities == other.log_probabilities).all()


def test_rows_of_probabilities_are_learnt_but_not_measured_beside_rows_with_a_label():
    """Their words are known in each fold, and what they teach turns the labels over."""
    turned = np.array([[0.001, 0.999], [0.999, 0.001]], "<f4")
    others = [
        each._replace(
            text=f"{each.text} zebra",
            probabilities=turned[SEARCH.labels.index(each.label)].tobytes(),
            labelled=False,
            weight=100.0,
        )
        for each in EXAMPLES
    ]
    folds = np.concatenate([HELD_OUT_BY, np.full(len(others), -1)])
    task = Task(SEARCH, [*EXAMPLES, *others], folds)
    result, answers = measure_fold(task, SMALL, 1, listener=Listener(), interrupt=Interrupt())

    assert answers.rows.tolist() == list(range(3, len(EXAMPLES), 4))
    assert result.accuracy < 0.5
