"""Texts to probabilities, alone and among many, in order and ahead of time."""

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, Predictor
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.manifest import COLDEST, HOTTEST

# Of the first version, to be kept by every later one.
GOLDEN_ANSWERS = [0.76831, 0.14050, 0.45578]
TEXTS = ["i love this", "worst day ever", "", "so so", "what a lovely, lovely morning :)", "\x00"]


@pytest.fixture(scope="module")
def predictor(default_model):
    return Predictor.load(default_model)


def test_the_shipped_model_knows_good_from_bad(predictor):
    good, bad = predictor.scores(["i love this", "worst day ever"]).probabilities

    assert predictor.labels == ("positive", "negative")
    assert good[0] > 0.8
    assert bad[1] > 0.8


@pytest.mark.parametrize(("text", "label"), [(":)", 0), (":-)", 0), (":(", 1), (":-(", 1)])
def test_an_emoticon_alone_is_answered_rightly(predictor, text, label):
    assert predictor.scores([text]).probabilities[0].argmax() == label


NEGATED = [
    "it wasn't good", "i don't like it", "this isn't funny", "i can't recommend it",
    "they aren't helpful", "it didn't work", "she doesn't care", "i won't come back",
    "we weren't happy", "you shouldn't buy it", "it hasn't improved", "i haven't enjoyed it",
    "he couldn't sing", "i wouldn't trust them", "the food wasn't fresh", "it isn't bad",
]  # fmt: skip


@pytest.mark.parametrize(
    "mark",
    [
        *("\u2019", "\u2018", "\xb4", "`", "\u02bc", "\u2032", "\uff07", "\x92"),
        *("&rsquo;", "&acute;", "\xe2\u20ac\u2122", "\ufffd"),
    ],
)
def test_an_odd_apostrophe_changes_no_answer(predictor, mark):
    odd = [text.replace("'", mark) for text in NEGATED]

    assert (predictor.scores(odd).logits == predictor.scores(NEGATED).logits).all()


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("this is awfu\xadl", "this is awful"),
        ("this is aw\u200bful\ufeff", "this is awful"),
        ("so cliche\u0301", "so clich\xe9"),
        ("so clich\xe9", "so cliche"),
        ("so nai\u0308ve", "so naive"),
        ("\x1b[1;31mthis is aw\x1b[0mful\x1b[0m", "this is awful"),
    ],
)
def test_what_looks_the_same_gets_the_same_answer(predictor, odd, plain):
    assert (predictor.scores([odd]).logits == predictor.scores([plain]).logits).all()


def test_a_text_gets_the_same_answer_alone_and_among_many(predictor):
    texts = TEXTS * (2 * BATCH_SIZE // len(TEXTS))
    together = predictor.scores(texts).probabilities
    alone = np.concatenate([predictor.scores([text]).probabilities for text in TEXTS])

    assert together == pytest.approx(np.tile(alone, (len(texts) // len(TEXTS), 1)), abs=1e-6)


def test_probabilities_follow_from_logits_and_temperature(predictor):
    scores = predictor.scores(TEXTS)

    assert scores.probabilities == pytest.approx(
        softmax(scores.logits, predictor.manifest.temperature)
    )


def test_a_truncated_text_is_marked(predictor):
    scores = predictor.scores(["good", "good " * 1000])

    assert scores.truncated.tolist() == [False, True]


def test_no_texts_give_no_rows(predictor):
    assert predictor.scores([]).probabilities.shape == (0, 2)


def test_the_golden_model_of_format_1_still_answers(golden_model):
    golden = Predictor.load(golden_model)
    probabilities = golden.scores(["the best day", "the worst day", ""]).probabilities

    assert golden.labels == ("positive", "negative")
    assert probabilities[:, 0] == pytest.approx(GOLDEN_ANSWERS, abs=1e-4)


def test_a_graph_that_is_none_is_one_error(golden_model, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(golden_model, folder)
    (folder / "model.onnx").write_bytes(b"nonsense")

    with pytest.raises(SentimentError, match=r"model\.onnx"):
        Predictor.load(folder)


def test_threads_follow_the_cores_this_process_may_use(predictor):
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    assert predictor._pool._max_workers == cores


class Broken:
    """A runtime that answers one number for everything, or fails."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, tokens, lengths):
        """Answer, or raise."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return np.full((len(lengths), 2), self.answer, np.float32)


@pytest.mark.parametrize("answer", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("texts", [["good"], [f"good {number}" for number in range(300)]], ids=len)
def test_an_answer_that_is_no_number_names_the_model(predictor, answer, texts):
    broken = replace(predictor, name="mine", runtime=Broken(answer))

    with pytest.raises(SentimentError, match=r"^model mine: the network answers NaN or infinity; "):
        broken.scores(texts)
    with pytest.raises(SentimentError, match=r"^model mine: ") as error:
        broken.logits([[1], [2, 3]])
    assert error.value.options == ("model",)


def test_what_the_runtime_refuses_names_the_model(predictor):
    broken = replace(predictor, name="mine", runtime=Broken(SentimentError("cannot be run")))

    with pytest.raises(SentimentError, match=r"^model mine: cannot be run; copy the folder again"):
        broken.scores(["good"])


@pytest.mark.parametrize("temperature", [COLDEST, HOTTEST])
def test_the_largest_logits_and_the_extreme_temperatures_give_numbers(predictor, temperature):
    manifest = replace(predictor.manifest, temperature=temperature)
    for logits in ([[1.2e30, -1.2e30]], [[1e-30, 0]], [[0, 0]]):
        runtime = Broken(np.float32(logits))
        scores = replace(predictor, manifest=manifest, runtime=runtime).scores(["good"])

        assert np.isfinite(scores.probabilities).all()
        assert scores.probabilities.sum() == pytest.approx(1)


def test_a_model_is_checked_with_each_of_its_words(predictor):
    counting = Counting(predictor.runtime)
    replace(predictor, runtime=counting).check()

    assert counting.rows == len(predictor.tokenizer.vocabulary) + 1


class Counting:
    """A runtime that counts the rows it is given."""

    def __init__(self, runtime):
        self.rows, self._runtime = 0, runtime

    def run(self, tokens, lengths):
        """Count, and run."""
        self.rows += len(lengths)
        return self._runtime.run(tokens, lengths)


def test_texts_that_are_the_same_are_scored_once_and_answered_each(predictor):
    counting = Counting(predictor.runtime)
    texts = [TEXTS[number % len(TEXTS)] for number in range(1000)]
    found = replace(predictor, runtime=counting).scores(texts)
    apart = predictor.scores(TEXTS)

    assert counting.rows == len(TEXTS)
    for name, column in found._asdict().items():
        expected = getattr(apart, name)[np.arange(1000) % len(TEXTS)]
        assert column == pytest.approx(expected, abs=1e-6), name


def test_a_text_gets_the_same_answer_alone_and_among_many_others(predictor):
    others = [f"{TEXTS[number % len(TEXTS)]} {number}" for number in range(3 * BATCH_SIZE)]
    together = predictor.scores([*TEXTS, *others]).probabilities[: len(TEXTS)]
    alone = np.concatenate([predictor.scores([text]).probabilities for text in TEXTS])

    assert together == pytest.approx(alone, abs=1e-6)
