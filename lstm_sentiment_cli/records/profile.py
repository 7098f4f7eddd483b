"""What labelled files hold: how much of each label, how long, which words tell the labels apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    Example,
    ExampleReader,
    Examples,
    Unreadable,
)
from lstm_sentiment_cli.text.normalizer import Memory, chunk_pieces, words

FEWEST_EXAMPLES = 10
"""Of each label: with fewer there is nothing to learn from, nor to validate on."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many words the texts have."""

    mean: float
    median: float
    percentile_95: float
    longest: int

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "Lengths":
        """Sum up how many words each text has; of no texts everything is 0."""
        if not lengths:
            return cls(0.0, 0.0, 0.0, 0)
        return cls(
            mean=float(np.mean(lengths)),
            median=float(np.median(lengths)),
            percentile_95=float(np.percentile(lengths, 95)),
            longest=max(lengths),
        )


@dataclass(frozen=True, slots=True)
class DataCheck:
    """What some files hold; texts are the same when they are to the model."""

    rows: int
    """All rows: examples, rows left out and unreadable ones."""
    by_label: dict[str, int]
    """Label asked for → its examples, in the order asked for."""
    left_out: dict[str, int]
    """Other labels → rows that had them, most frequent first."""
    empties: int
    """Examples whose text has no words."""
    duplicates: int
    """Examples whose text occurred before."""
    contradictions: int
    """Texts that occur with different labels."""
    unreadable: tuple[Unreadable, ...]
    lengths: Lengths
    by_file: dict[str, int]
    """File → examples taken from it."""


class Repetitions:
    """Counts texts that come again, text by text; the same are those that are so to the model."""

    def __init__(self) -> None:
        self.duplicates = 0
        self._first_labels: dict[str, str] = {}
        self._contradictory: set[str] = set()

    @property
    def contradictions(self) -> int:
        """Texts that came with different labels."""
        return len(self._contradictory)

    def add(self, normalised: Sequence[str], label: str) -> None:
        """Take in one text; those without a word are no repetitions."""
        if not normalised:
            return
        text = " ".join(normalised)
        first_label = self._first_labels.get(text)
        if first_label is None:
            self._first_labels[text] = label
            return
        self.duplicates += 1
        if first_label != label:
            self._contradictory.add(text)


def check_of(examples: Examples, labels: Sequence[str]) -> DataCheck:
    """Look at what was read: texts are the same when the normaliser makes them so."""
    repetitions = Repetitions()
    lengths: list[int] = []
    for example in examples:
        normalised = words(example.text)
        lengths.append(len(normalised))
        repetitions.add(normalised, example.label)
    counts = Counter(example.label for example in examples)
    return DataCheck(
        rows=len(examples) + sum(examples.left_out.values()) + len(examples.unreadable),
        by_label={label: counts[label] for label in labels},
        left_out=examples.left_out,
        empties=lengths.count(0),
        duplicates=repetitions.duplicates,
        contradictions=repetitions.contradictions,
        unreadable=tuple(examples.unreadable),
        lengths=Lengths.of(lengths),
        by_file=examples.by_file,
    )


def require_trainable(examples: Iterable[Example], labels: Sequence[str]) -> None:
    """Raise SentimentError when a label has too few examples to be learnt."""
    counts = Counter(example.label for example in examples)
    found = [label for label in labels if counts[label]]
    if len(found) < 2:
        only = f"all examples are {found[0]}" if found else "there are no examples"
        raise SentimentError(
            f"{only}; training needs examples of {' and '.join(labels)} "
            "(are the labels others? name them with --labels)",
            "labels",
        )
    for label in labels:
        if counts[label] < FEWEST_EXAMPLES:
            raise SentimentError(
                f"{counts[label]} examples are {label}; "
                f"training needs at least {FEWEST_EXAMPLES} of each label",
                "labels",
            )


IntVector = npt.NDArray[np.int64]
FloatVector = npt.NDArray[np.float64]

MOST_WORDS = 10
"""Of each label."""
# As if so many words had been seen of either side before, with no difference between them.
_PRIOR_WORDS = 500


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word that one label has more often than the others."""

    word: str
    z: float
    """How many standard deviations its log-odds ratio is above 0."""
    here: int
    """How often the label's texts have it."""
    elsewhere: int
    """How often the texts of other labels have it."""


def telling_words(counts: Mapping[str, Counter[str]]) -> dict[str, tuple[TellingWord, ...]]:
    """Return for each label the words that tell it most surely from the others, the surest first.

    By the z-score of the log-odds ratio with an informative Dirichlet prior: B. L. Monroe,
    M. P. Colaresi, K. M. Quinn, "Fightin' words: lexical feature selection and evaluation for
    identifying the content of political conflict", Political Analysis 16 (2008). So neither
    frequent words that hardly differ come first, nor rare ones that differ by chance.
    Words of one label alone tell nothing.
    """
    seen = [label for label, its in counts.items() if its]
    vocabulary = sorted(set().union(*counts.values()))
    if len(seen) < 2 or len(vocabulary) < 2:
        return dict.fromkeys(counts, ())
    of_label = {
        label: np.fromiter((counts[label][word] for word in vocabulary), np.int64, len(vocabulary))
        for label in counts
    }
    in_all = np.sum(list(of_label.values()), axis=0)
    prior = _PRIOR_WORDS * in_all / in_all.sum()
    return {
        label: _most_telling(vocabulary, here, in_all - here, prior)
        for label, here in of_label.items()
    }


def _most_telling(
    vocabulary: Sequence[str], here: IntVector, elsewhere: IntVector, prior: FloatVector
) -> tuple[TellingWord, ...]:
    """Rank the words of one label; counts and prior are (words,)."""
    expected_here, expected_elsewhere = here + prior, elsewhere + prior
    ratio = _log_odds(expected_here) - _log_odds(expected_elsewhere)
    z = ratio / np.sqrt(1 / expected_here + 1 / expected_elsewhere)
    order = np.argsort(-z, kind="stable")[:MOST_WORDS]
    return tuple(
        TellingWord(vocabulary[word], float(z[word]), int(here[word]), int(elsewhere[word]))
        for word in order.tolist()
        if z[word] > 0
    )


def _log_odds(counts: FloatVector) -> FloatVector:
    return np.asarray(np.log(counts / (counts.sum() - counts)))


SIGNS = ("emoji", "emoticon", "hashtag", "user", "url")
"""Kinds of tokens that a text may hold beside its words."""
_WINDOW = 8192
_BINS = 16
_MOST_LABELS = 100


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of so many words, from the first to the last of these numbers."""

    first: int
    last: int | None
    """None: and more."""
    texts: int


@dataclass(frozen=True, slots=True)
class Description:
    """What some files hold; texts are the same when they are to the model."""

    rows: int
    """All rows: texts, rows left out and unreadable ones."""
    by_label: dict[str, int]
    """Label → its texts; as asked for, else most frequent first."""
    by_file: dict[str, int]
    """File → texts taken from it."""
    left_out: dict[str, int]
    """Labels not asked for → rows that had them, most frequent first."""
    unreadable: int
    empties: int
    """Texts without a word."""
    duplicates: int
    """Texts that occurred before."""
    contradictions: int
    """Texts that occur with different labels."""
    with_signs: dict[str, int]
    """One of SIGNS → texts that hold it."""
    lengths: Lengths
    histogram: tuple[Bin, ...]
    """Texts by their number of words, without those that have none."""
    max_tokens: int
    over_max_tokens: int
    """Texts with more words than max_tokens."""
    telling_words: dict[str, tuple[TellingWord, ...]]
    """Label → the words that tell it from the others, the most telling first."""

    @property
    def texts(self) -> int:
        """How many texts were looked at."""
        return sum(self.by_label.values())


def describe(
    files: Sequence[DataFile],
    labels: Sequence[str] | None,
    *,
    max_tokens: int,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Description:
    """Read files once and tell what they hold; without labels, rows of every label.

    max_tokens is what a model would read of a text. Rows that cannot be read are counted.
    """
    readers = [ExampleReader(file, labels, skip_unreadable=True) for file in files]
    found = _Found(labels or ())
    by_file: Counter[str] = Counter()
    for file, reader in zip(files, readers, strict=True):
        for window in reader.windows(_WINDOW):
            by_file[str(file.path)] += len(window)
            for text, label, _ in window:
                found.add(text, label)
            found.require_labels(str(file.path))
            on_progress(len(found.lengths))
    left_out = sum((reader.left_out for reader in readers), Counter[str]())
    unreadable = [row for reader in readers for row in reader.unreadable]
    if not found.lengths:
        raise SentimentError(_nothing(labels or (), left_out, unreadable))
    by_label = dict(found.by_label.items() if labels else found.by_label.most_common())
    return Description(
        rows=len(found.lengths) + left_out.total() + len(unreadable),
        by_label=by_label,
        by_file=dict(by_file),
        left_out=dict(left_out.most_common()),
        unreadable=len(unreadable),
        empties=found.lengths.count(0),
        duplicates=found.repetitions.duplicates,
        contradictions=found.repetitions.contradictions,
        with_signs={sign: found.with_signs[sign] for sign in SIGNS},
        lengths=Lengths.of(found.lengths),
        histogram=tuple(_histogram(found.lengths, max_tokens)),
        max_tokens=max_tokens,
        over_max_tokens=sum(length > max_tokens for length in found.lengths),
        telling_words=telling_words({label: found.words[label] for label in by_label}),
    )


class _Found:
    """What was counted so far, text by text."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.by_label = Counter(dict.fromkeys(labels, 0))
        self.words: dict[str, Counter[str]] = {label: Counter() for label in labels}
        self.lengths: list[int] = []
        self.with_signs: Counter[str] = Counter()
        self.repetitions = Repetitions()

    def add(self, text: str, label: str) -> None:
        """Take in one text."""
        normalised = words(text)
        self.by_label[label] += 1
        self.words.setdefault(label, Counter()).update(normalised)
        self.lengths.append(len(normalised))
        self.with_signs.update(set(chain.from_iterable(map(_signs_of, text.split()))))
        self.repetitions.add(normalised, label)

    def require_labels(self, path: str) -> None:
        """Raise SentimentError when what was read as labels can hardly be some."""
        if len(self.by_label) > _MOST_LABELS:
            raise SentimentError(
                f"{path} holds more than {_MOST_LABELS} different labels; is another column "
                "meant? name it with --label-column",
                "label_column",
            )


def _nothing(
    labels: Sequence[str], left_out: Counter[str], unreadable: Sequence[Unreadable]
) -> str:
    if left_out:
        most = [label for label, _ in left_out.most_common(5)]
        return f"no row is labelled {' or '.join(labels)}; among the labels are {', '.join(most)}"
    first = unreadable[0]
    return f"no row can be read, the first in {first.path}, line {first.line}: {first.problem}"


def _histogram(lengths: Sequence[int], max_tokens: int) -> Iterator[Bin]:
    """Yield bins of equal width up to max_tokens, then one of all that is over; no empty end."""
    width = max(1, max_tokens // _BINS)
    counts = np.bincount(np.minimum(lengths, max_tokens + 1).astype(np.int64))
    for first in range(1, min(len(counts), max_tokens + 1), width):
        last = min(first + width - 1, max_tokens)
        yield Bin(first, last, int(counts[first : last + 1].sum()))
    if len(counts) > max_tokens + 1:
        yield Bin(max_tokens + 1, None, int(counts[max_tokens + 1]))


# The only state of this module: what it remembers follows from the rules alone.
_SIGNS: Memory[str] = Memory(
    lambda chunk: tuple({piece.kind for piece in chunk_pieces(chunk)}.intersection(SIGNS))
)
_signs_of = _SIGNS.__getitem__
