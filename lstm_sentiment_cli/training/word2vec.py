"""Word vectors for the embedding to start from: word2vec over the texts of the training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.runtime import Ragged
from lstm_sentiment_cli.text.tokenizer import UNKNOWN
from lstm_sentiment_cli.training.backend import require_gensim
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt, catch_first_interrupt

# Skip-gram with negative sampling (Mikolov et al. 2013); the learning rate falls linearly.
_WINDOW, _NEGATIVE, _SAMPLE = 5, 8, 1e-4
_FIRST_RATE, _LAST_RATE = 0.025, 0.0001


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """The rows of the embedding that were learnt; the other words are in no text."""

    ids: npt.NDArray[np.intp]  # (words,)
    vectors: npt.NDArray[np.float32]  # (words, E)


def word_vectors(
    rows: Ragged,
    hyperparameters: Hyperparameters,
    interrupt: Interrupt,
    on_pass: Callable[[str], None] = lambda _text: None,
) -> WordVectors | None:
    """Learn vectors of the words in these rows of ids, in `embedding_epochs` passes.

    None without a pass, or without a word. An interrupt ends it with what has been learnt.
    Two runs on the same rows and hyperparameters give the same bits.
    """
    passes = hyperparameters.embedding_epochs
    if not passes:
        return None
    require_gensim()
    from gensim.models import Word2Vec  # a second to import, and seldom needed

    corpus = _Corpus(rows, interrupt)
    model = Word2Vec(
        vector_size=hyperparameters.embedding_units,
        window=_WINDOW,
        negative=_NEGATIVE,
        sample=_SAMPLE,
        sg=1,
        min_count=1,
        seed=hyperparameters.seed,
        workers=1,  # with more, the order of their steps is random
    )
    model.build_vocab(corpus)
    rates = np.linspace(_FIRST_RATE, _LAST_RATE, passes + 1).tolist()
    for number in range(passes):
        if interrupt.requested or not model.wv.index_to_key:
            break
        on_pass(f"words, pass {number + 1} of {passes}")
        model.train(
            corpus,
            total_examples=model.corpus_count,
            epochs=1,
            start_alpha=rates[number],
            end_alpha=rates[number + 1],
        )
    if not model.wv.index_to_key:
        return None
    return WordVectors(np.array(list(map(int, model.wv.index_to_key)), np.intp), model.wv.vectors)


def interruptible_word_vectors(
    rows: Ragged, hyperparameters: Hyperparameters, on_pass: Callable[[str], None]
) -> WordVectors | None:
    """Do the same where Ctrl-C stops at once: there is nothing worth keeping yet."""
    # Not by the exception itself, which would leave gensim's threads waiting for each other.
    with catch_first_interrupt(lambda: None) as interrupt:
        learnt = word_vectors(rows, hyperparameters, interrupt, on_pass)
    if interrupt.requested:
        raise KeyboardInterrupt
    return learnt


@dataclass(frozen=True, slots=True, eq=False)
class _Corpus:
    """Rows of ids as gensim reads them, once per pass; it takes an id as a string."""

    rows: Ragged
    interrupt: Interrupt

    def __iter__(self) -> Iterator[list[str]]:
        rows = self.rows
        for start, length in zip(rows.starts.tolist(), rows.lengths.tolist(), strict=True):
            if self.interrupt.requested:
                return
            ids = rows.flat[start : start + length].tolist()
            yield [str(each) for each in ids if each > UNKNOWN]
