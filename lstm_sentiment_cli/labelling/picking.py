"""What is asked next: texts drawn at random, and those that a model is least sure of."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from lstm_sentiment_cli.text.normalizer import words

# This module is imported before the first text is shown; NumPy and ONNX Runtime come with the
# model, which is loaded while that text is read.
if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lstm_sentiment_cli.inference.predictor import Predictor

    FloatVector = npt.NDArray[np.float32]

# How much further into the pool each pick looks than the one before: the model reads so many
# texts in less time than a person takes for one, and the order depends on no clock.
STEP = 2_000
# So many of the texts in reach, those that the model is least sure of, are compared with the ones
# asked before (cf. Zhdanov 2019, "Diverse mini-batch active learning").
_SHARE, _FEWEST, _MOST = 0.05, 3, 50
_STOP_WORDS = 100  # the most frequent words, which make no texts alike


class Scorer:
    """A model that is loaded, and scores the texts of a pool, in a thread."""

    def __init__(
        self, load: "Callable[[], Predictor]", pool: Sequence[str], answered: Sequence[str]
    ) -> None:
        """`answered` were asked in earlier sessions; they are scored first."""
        self.predictor: Predictor | None = None  # until it is loaded
        self.scored = 0  # how many texts of the pool
        self.error: BaseException | None = None
        self._load, self._pool, self._answered = load, pool, answered
        self._margins: list[FloatVector] = []
        self._answers: dict[str, tuple[str, float]] = {}
        self._stopped = Event()
        self._thread = Thread(target=self._work, name="scorer", daemon=True)

    def __enter__(self) -> Self:
        """Begin to load and to score."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End, after what is being scored just now."""
        self._stopped.set()
        self._thread.join()

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.error is not None or (
            self.predictor is not None and self.scored >= len(self._pool)
        )

    def answer(self, text: str) -> tuple[str, float] | None:
        """Return the most probable label and its probability; None while the model is loading."""
        if text not in self._answers and self.predictor:
            self._note(self.predictor, [text])
        return self._answers.get(text)

    def margins(self, count: int) -> "FloatVector":
        """Return how sure the model is of the first texts of the pool, (count,).

        It is how much more probable the first label is than the second (Scheffer et al. 2001).
        """
        import numpy as np

        return np.concatenate([*self._margins, np.empty(0, np.float32)])[:count]

    def _note(self, predictor: "Predictor", texts: Sequence[str]) -> None:
        probabilities = predictor.scores(texts).probabilities
        for text, row in zip(texts, probabilities, strict=True):
            best = int(row.argmax())
            self._answers[text] = predictor.labels[best], float(row[best])

    def _work(self) -> None:
        try:
            predictor = self._load()
            if self._answered:
                self._note(predictor, self._answered)
            self.predictor = predictor
            for window in self._windows():
                probabilities = predictor.scores(window).probabilities
                probabilities.sort(axis=1)
                self._margins.append(probabilities[:, -1] - probabilities[:, -2])
                self.scored += len(window)
        except BaseException as error:  # it ends the command, in its own thread
            self.error = error

    def _windows(self) -> Iterator[Sequence[str]]:
        for start in range(0, len(self._pool), STEP):
            if self._stopped.is_set():
                return
            yield self._pool[start : start + STEP]


class Likeness:
    """How much a text has in common with those asked before: shared words, of all words of both."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}  # word → the texts that have it, by their numbers
        self._words: list[frozenset[str]] = []

    def add(self, text: str) -> None:
        """Take one more text."""
        its = frozenset(words(text))
        for word in its:
            self._rows.setdefault(word, []).append(len(self._words))
        self._words.append(its)

    def take_back(self) -> None:
        """Forget the last one."""
        for word in self._words.pop():
            self._rows[word].pop()

    def highest(self, text: str, common: Collection[str]) -> float:
        """Return the highest index of Jaccard with a text before, without the common words."""
        its = set(words(text)).difference(common)
        shared = Counter(row for word in its for row in self._rows.get(word, ()))
        sizes = {row: len(its) + len(self._words[row].difference(common)) for row in shared}
        return max((shared[row] / (sizes[row] - shared[row]) for row in shared), default=0.0)


def pick(
    scorer: Scorer,
    pool: Sequence[str],
    reach: int,
    likeness: Likeness,
    is_free: Callable[[str], bool],
) -> str | None:
    """Return which of the first `reach` texts of the pool to ask; None if none of them is free."""
    import numpy as np

    predictor = scorer.predictor
    assert predictor is not None
    ranked = np.argsort(scorer.margins(reach), kind="stable").tolist()
    count = min(_MOST, max(_FEWEST, round(_SHARE * len(ranked))))
    free = list(islice((text for row in ranked if is_free(text := pool[row])), count))
    common = frozenset(predictor.tokenizer.vocabulary[:_STOP_WORDS])
    return min(free, key=lambda text: likeness.highest(text, common), default=None)
