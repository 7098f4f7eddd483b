"""What labelled files hold: how much of each label, how long, which words tell the labels apart."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.check import Lengths, Repetitions
from lstm_sentiment_cli.records.data_file import DataFile
from lstm_sentiment_cli.records.examples import ExampleReader, Unreadable
from lstm_sentiment_cli.records.telling import TellingWord, telling_words
from lstm_sentiment_cli.text.memory import Memory
from lstm_sentiment_cli.text.normalizer import chunk_pieces, words

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
                "meant? name it with --label-column"
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
