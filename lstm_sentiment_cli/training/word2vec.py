"""What the embedding begins from: word2vec over all texts, before a label is looked at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.runtime import Ragged
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.normalizer import words
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.backend import require_gensim
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt, catch_first_interrupt

_UNKNOWN = 1
# Skip-gram with negative sampling (Mikolov et al. 2013); the step falls evenly to its last.
_WINDOW, _NEGATIVE, _SAMPLE = 5, 8, 1e-4
_FIRST_STEP, _LAST_STEP = 0.025, 0.0001


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """Rows of the embedding that were learnt; the other words were in no text."""

    ids: npt.NDArray[np.intp]  # (words,)
    vectors: npt.NDArray[np.float32]  # (words, E)


def word_vectors(
    rows: Sequence[Ragged],
    hyperparameters: Hyperparameters,
    interrupt: Interrupt,
    tell: Callable[[str], None] = lambda _text: None,
) -> WordVectors | None:
    """Learn vectors of the words in these rows of ids, as many passes as the knob says.

    None without a pass, or without a word. Asked to finish, it ends with what it has.
    Two runs on the same rows and knobs give the same bits.
    """
    passes = hyperparameters.embedding_epochs
    if not passes:
        return None
    require_gensim()
    from gensim.models import Word2Vec  # a second to import, and only this knob needs it

    corpus = _Corpus(rows, interrupt)
    model = Word2Vec(
        vector_size=hyperparameters.embedding_units,
        window=_WINDOW,
        negative=_NEGATIVE,
        sample=_SAMPLE,
        sg=1,
        min_count=1,
        seed=hyperparameters.seed,
        workers=1,  # with more, the order of their steps is chance
    )
    model.build_vocab(corpus)
    steps = np.linspace(_FIRST_STEP, _LAST_STEP, passes + 1).tolist()
    for number in range(passes):
        if interrupt.requested or not model.wv.index_to_key:
            break
        tell(f"words, pass {number + 1} of {passes}")
        model.train(
            corpus,
            total_examples=model.corpus_count,
            epochs=1,
            start_alpha=steps[number],
            end_alpha=steps[number + 1],
        )
    if not model.wv.index_to_key:
        return None
    return WordVectors(np.array(list(map(int, model.wv.index_to_key)), np.intp), model.wv.vectors)


def stoppable_word_vectors(
    rows: Sequence[Ragged], hyperparameters: Hyperparameters, tell: Callable[[str], None]
) -> WordVectors | None:
    """Do the same where Ctrl-C stops at once: there is nothing yet that is worth keeping."""
    # Not by the exception itself: it would leave gensim's threads waiting for each other.
    with catch_first_interrupt(lambda: None) as interrupt:
        learnt = word_vectors(rows, hyperparameters, interrupt, tell)
    if interrupt.requested:
        raise KeyboardInterrupt
    return learnt


def unseen(texts: Sequence[str], validation: Sequence[Example]) -> list[str]:
    """Leave out texts that are in validation, the same to the model: nothing is learnt there."""
    known = {tuple(words(example.text)) for example in validation}
    return [text for text in texts if tuple(words(text)) not in known]


def encoded_texts(texts: Sequence[str], tokenizer: Tokenizer) -> Ragged:
    """Return texts as rows of ids."""
    return Ragged.of([tokenizer.encode(text).ids for text in texts])


@dataclass(frozen=True, slots=True, eq=False)
class _Corpus:
    """Rows of ids as gensim reads them, again in each pass: an id is a string to it."""

    rows: Sequence[Ragged]
    interrupt: Interrupt

    def __iter__(self) -> Iterator[list[str]]:
        for rows in self.rows:
            for start, length in zip(rows.starts.tolist(), rows.lengths.tolist(), strict=True):
                if self.interrupt.requested:
                    return
                ids = rows.flat[start : start + length].tolist()
                yield [str(each) for each in ids if each > _UNKNOWN]
