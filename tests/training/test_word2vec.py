"""Words learnt from texts alone: the same bits in every run, silently, and stopped cleanly."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.runtime import Ragged
from lstm_sentiment_cli.training.backend import require_gensim
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.training.word2vec import interruptible_word_vectors, word_vectors
from tests.training.conftest import SMALL

pytest.importorskip("gensim")

HYPERPARAMETERS = SMALL.replaced({"embedding_epochs": 3})
CHANCE = np.random.default_rng(1)
# 3 and 4 stand beside each other, and so do 5 and 6; 7 is in no text.
ROWS = Ragged.of([[pair, pair + 1, 1] for pair in CHANCE.choice([3, 5], 400).tolist()] + [[2]])

IN_A_PROCESS = """
import hashlib
from lstm_sentiment_cli.training.word2vec import word_vectors
from lstm_sentiment_cli.training.listener import Interrupt
from tests.training.test_word2vec import HYPERPARAMETERS, ROWS
learnt = word_vectors(ROWS, HYPERPARAMETERS, Interrupt())
print(hashlib.sha256(learnt.vectors.tobytes()).hexdigest())
"""


def learnt(rows=ROWS, hyperparameters=HYPERPARAMETERS):
    return word_vectors(rows, hyperparameters, Interrupt())


def test_only_words_of_the_texts_are_learnt():
    found = learnt()

    assert sorted(found.ids.tolist()) == [2, 3, 4, 5, 6]
    assert found.vectors.shape == (5, SMALL.embedding_units)
    assert found.vectors.dtype == np.float32


def test_two_runs_are_equal_and_another_seed_differs():
    other = learnt(hyperparameters=HYPERPARAMETERS.replaced({"seed": 2}))

    assert (learnt().vectors == learnt().vectors).all()
    assert (learnt().ids == learnt().ids).all()
    assert (learnt().vectors != other.vectors).any()


def test_processes_with_other_hashes_learn_the_same_in_silence():
    ended = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", IN_A_PROCESS],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        for seed in ("1", "2")
    ]

    assert ended[0].stdout == ended[1].stdout != b""
    assert [each.stderr for each in ended] == [b"", b""]


@pytest.mark.parametrize("rows", [[], [[1], [1, 1]]])
def test_without_a_word_nothing_is_learnt(rows):
    assert learnt(Ragged.of(rows)) is None


def test_without_a_pass_nothing_is_learnt():
    assert learnt(hyperparameters=SMALL) is None


def test_each_pass_is_reported():
    told = []
    interruptible_word_vectors(ROWS, HYPERPARAMETERS, told.append)

    assert told == ["words, pass 1 of 3", "words, pass 2 of 3", "words, pass 3 of 3"]


def test_an_interrupt_ends_word2vec_with_what_it_has_learnt():
    interrupt, told = Interrupt(), []

    def tell(text):
        told.append(text)
        interrupt.requested = True

    assert word_vectors(ROWS, HYPERPARAMETERS, interrupt, tell) is not None
    assert len(told) == 1


def test_ctrl_c_stops_at_once_and_leaves_no_thread():
    many = Ragged.of([[3, 4, 5, 6, 7]] * 2_000_000)
    before = set(threading.enumerate())

    def tell(text):
        threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()

    with pytest.raises(KeyboardInterrupt):
        interruptible_word_vectors(many, HYPERPARAMETERS, tell)
    left = set(threading.enumerate()) - before
    for thread in left:  # one that has just been told to end may need a moment
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_gensim_a_one_line_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim", None)
    monkeypatch.setitem(sys.modules, "gensim.models", None)

    with pytest.raises(SentimentError, match=r"embedding_epochs needs gensim.*\[train\]") as caught:
        require_gensim()
    assert "\n" not in str(caught.value)
