"""What labelled files hold: labels, lengths, repetitions, and the words that tell labels apart."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from math import erfc, inf, sqrt

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
from lstm_sentiment_cli.text.normalizer import Memory, chunk_pieces, chunks, words

IntMatrix = npt.NDArray[np.int64]
FloatMatrix = npt.NDArray[np.float64]

FEWEST_EXAMPLES = 10  # of each label: with fewer there is nothing to learn from, nor to validate on


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many words the texts have."""

    mean: float
    median: float
    percentile_95: float
    longest: int


@dataclass(frozen=True, slots=True)
class DataCheck:
    """What some files hold; two texts are the same if the model reads the same words."""

    rows: int  # all rows: examples, rows left out and unreadable ones
    by_label: dict[str, int]  # label asked for → its examples, in the order asked for
    left_out: dict[str, int]  # other label → its rows, most frequent first
    empties: int  # examples whose text has no words
    duplicates: int  # examples whose text occurred before
    contradictions: int  # texts that occur with different labels
    unreadable: tuple[Unreadable, ...]
    lengths: Lengths
    by_file: dict[str, int]  # file → examples taken from it
    undecodable: int = 0  # lines with bytes that cannot be decoded
    with_probabilities: int = 0  # examples that have probabilities
    with_both: int = 0  # of these, examples that have a label too

    @property
    def texts(self) -> int:
        """How many texts were looked at."""
        return sum(self.by_label.values())

    def to_json(self) -> dict[str, object]:
        """Return what `data check --json` prints."""
        return asdict(self) | {"unreadable": [row._asdict() for row in self.unreadable]}


class _Tally:
    """What was counted so far, text by text."""

    def __init__(self, labels: Sequence[str] = ()) -> None:
        self.by_label = Counter(dict.fromkeys(labels, 0))
        self.lengths: list[int] = []
        self._probabilities = Counter[bool]()  # of examples with a label, and without
        self._first_labels: dict[str, str] = {}  # words of a text → the label it was given first
        self._contradictory: set[str] = set()

    def add(self, example: Example) -> list[str]:
        """Count one example and return the words of its text."""
        normalised = words(example.text)
        self.by_label[example.label] += 1
        self.lengths.append(len(normalised))
        if example.probabilities:
            self._probabilities[example.labelled] += 1
        if normalised:  # texts without words do not repeat each other
            key, label = " ".join(normalised), example.label if example.labelled else ""
            first = self._first_labels.setdefault(key, label)
            if first and label and first != label:
                self._contradictory.add(key)
            self._first_labels[key] = first or label
        return normalised

    def check(
        self,
        left_out: Counter[str],
        unreadable: Sequence[Unreadable],
        by_file: Mapping[str, int],
        undecodable: int,
    ) -> DataCheck:
        """Return what was counted, together with what was left out or read with gaps."""
        empties = self.lengths.count(0)
        lengths = self.lengths or [0]
        return DataCheck(
            rows=len(self.lengths) + left_out.total() + len(unreadable),
            by_label=dict(self.by_label),
            left_out=dict(left_out.most_common()),
            empties=empties,
            duplicates=len(self.lengths) - empties - len(self._first_labels),
            contradictions=len(self._contradictory),
            unreadable=tuple(unreadable),
            lengths=Lengths(
                mean=float(np.mean(lengths)),
                median=float(np.median(lengths)),
                percentile_95=float(np.percentile(lengths, 95)),
                longest=max(lengths),
            ),
            by_file=dict(by_file),
            undecodable=undecodable,
            with_probabilities=self._probabilities.total(),
            with_both=self._probabilities[True],
        )


def check_of(examples: Examples, labels: Sequence[str]) -> DataCheck:
    """Return the facts about examples that were read."""
    tally = _Tally(labels)
    for example in examples:
        tally.add(example)
    return tally.check(
        Counter(examples.left_out), examples.unreadable, examples.by_file, examples.undecodable
    )


def require_trainable(examples: Iterable[Example], labels: Sequence[str]) -> None:
    """Raise SentimentError when a label has too few examples to be learnt."""
    counts = Counter(example.label for example in examples)
    found = [label for label in labels if counts[label]]
    if len(found) < 2:
        only = f"all examples are {found[0]}" if found else "there are no examples"
        raise SentimentError(
            f"{only}; training needs examples of {' and '.join(labels)} "
            "(if the data have other labels, name them with --labels)",
            "labels",
        )
    for label in labels:
        if counts[label] < FEWEST_EXAMPLES:
            raise SentimentError(
                f"too few examples of {label}: {counts[label]}; "
                f"training needs at least {FEWEST_EXAMPLES} of each label",
                "labels",
            )


MOST_KEYWORDS = 10  # of each label
FALSE_DISCOVERIES = 0.05  # share of the keywords that may be words of no label in particular
# As if so many words had been seen of either side before, with no difference between them.
_PRIOR_WORDS = 500


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that is significantly more frequent in texts of one label than of the others."""

    word: str
    z: float  # how many standard deviations its log-odds ratio is above 0
    here: int  # how often it occurs in texts of the label
    elsewhere: int  # how often it occurs in texts of the other labels


def keywords(counts: Mapping[str, Counter[str]]) -> dict[str, tuple[Keyword, ...]]:
    """Return for each label the words that distinguish it from the others, the surest first.

    The score is the z-score of the log-odds ratio with an informative Dirichlet prior: B. L.
    Monroe, M. P. Colaresi, K. M. Quinn, "Fightin' words: lexical feature selection and evaluation
    for identifying the content of political conflict", Political Analysis 16 (2008). So neither
    frequent words that hardly differ come first, nor rare ones that differ by chance.

    Many words are tested, and some of them would differ by chance. Their two-sided p-values are
    therefore bounded by the procedure of Y. Benjamini and Y. Hochberg, "Controlling the false
    discovery rate: a practical and powerful approach to multiple testing", Journal of the Royal
    Statistical Society B 57 (1995), over all words and labels: with m tests, the k smallest
    p-values count, k being the largest number for which the kth is at most 0.05 k / m.
    """
    vocabulary = sorted(set().union(*counts.values()))
    if sum(map(bool, counts.values())) < 2 or len(vocabulary) < 2:
        return dict.fromkeys(counts, ())
    here = np.array([[counts[label][word] for word in vocabulary] for label in counts])
    in_all = here.sum(axis=0)
    elsewhere = in_all - here
    z = _z_scores(here, elsewhere, _PRIOR_WORDS * in_all / in_all.sum())
    least = least_significant(np.abs(z[here.any(axis=1)]).ravel())
    found = {}
    for row, label in enumerate(counts):
        order = np.argsort(-z[row], kind="stable")[:MOST_KEYWORDS].tolist()
        found[label] = tuple(
            Keyword(vocabulary[w], float(z[row, w]), int(here[row, w]), int(elsewhere[row, w]))
            for w in order
            if z[row, w] >= least
        )
    return found


def _z_scores(here: IntMatrix, elsewhere: IntMatrix, prior: FloatMatrix) -> FloatMatrix:
    """Return z (labels, words); the prior is (words,)."""
    sides = np.array([here + prior, elsewhere + prior])
    log_odds = np.log(sides / (sides.sum(axis=2, keepdims=True) - sides))
    return np.asarray((log_odds[0] - log_odds[1]) / np.sqrt((1 / sides).sum(axis=0)))


def least_significant(z: FloatMatrix) -> float:
    """Return the smallest of the absolute z-scores (tests,) that count; none: infinity."""
    least = inf
    for rank, each in enumerate(np.sort(z)[::-1].tolist(), start=1):
        if erfc(each / sqrt(2)) <= FALSE_DISCOVERIES * rank / len(z):
            least = each
    return least


SIGNS = ("emoji", "emoticon", "hashtag", "user", "url")  # kinds of tokens beside words
_WINDOW = 8192
_BINS = 16
_MOST_LABELS = 100


@dataclass(frozen=True, slots=True)
class Bin:
    """How many texts have `first` to `last` words."""

    first: int
    last: int | None  # None: it has no upper end
    texts: int


_DESCRIBED = (
    *("rows", "by_label", "by_file", "with_probabilities", "with_both"),
    *("left_out", "unreadable", "undecodable"),
    *("empties", "duplicates", "contradictions", "with_signs", "lengths"),
    *("histogram", "max_tokens", "over_max_tokens", "telling_words"),
)


@dataclass(frozen=True, slots=True)
class Description:
    """What a check counts, and more that can be said of the texts."""

    check: DataCheck
    with_signs: dict[str, int]  # one of SIGNS → texts that contain it
    histogram: tuple[Bin, ...]  # texts by their number of words, without those that have none
    max_tokens: int
    over_max_tokens: int  # texts with more words than max_tokens
    keywords: dict[str, tuple[Keyword, ...]]  # label → its words, the surest first

    def to_json(self) -> dict[str, object]:
        """Return what `data describe --json` prints."""
        facts = asdict(self.check) | asdict(self)
        facts |= {"unreadable": len(self.check.unreadable), "telling_words": facts["keywords"]}
        return {name: facts[name] for name in _DESCRIBED}


def describe(
    files: Sequence[DataFile],
    labels: Sequence[str] | None,
    *,
    max_tokens: int,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Description:
    """Read files once and describe what they hold; without labels, rows of every label.

    max_tokens is what a model would read of a text. Rows that cannot be read are counted.
    """
    readers = [
        ExampleReader(file, labels, skip_unreadable=True, probabilities=True) for file in files
    ]
    tally = _Tally(labels or ())
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with_signs: Counter[str] = Counter()
    by_file: Counter[str] = Counter()
    for file, reader in zip(files, readers, strict=True):
        for window in reader.windows(_WINDOW):
            by_file[str(file.path)] += len(window)
            for example, _, _ in window:
                counts[example.label].update(tally.add(example))
                with_signs.update(set(chain.from_iterable(map(_signs_of, chunks(example.text)))))
            if len(tally.by_label) > _MOST_LABELS:
                raise SentimentError(
                    f"{file.path} has more than {_MOST_LABELS} different labels; "
                    "if another column holds them, name it with --label-column",
                    "label_column",
                )
            on_progress(len(tally.lengths))
    left_out = sum((reader.left_out for reader in readers), Counter[str]())
    unreadable = [row for reader in readers for row in reader.unreadable]
    undecodable = sum(reader.undecodable for reader in readers)
    if not tally.lengths:
        raise SentimentError(_nothing(labels or (), left_out, unreadable))
    if not labels:
        tally.by_label = Counter(dict(tally.by_label.most_common()))
    return Description(
        check=tally.check(left_out, unreadable, by_file, undecodable),
        with_signs={sign: with_signs[sign] for sign in SIGNS},
        histogram=tuple(_histogram(tally.lengths, max_tokens)),
        max_tokens=max_tokens,
        over_max_tokens=sum(length > max_tokens for length in tally.lengths),
        keywords=keywords({label: counts[label] for label in tally.by_label}),
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
    """Yield bins of equal width up to max_tokens, then one of all longer texts; no empty end."""
    width = max(1, max_tokens // _BINS)
    counts = np.bincount(np.minimum(lengths, max_tokens + 1).astype(np.int64))
    for first in range(1, min(len(counts), max_tokens + 1), width):
        last = min(first + width - 1, max_tokens)
        yield Bin(first, last, int(counts[first : last + 1].sum()))
    if len(counts) > max_tokens + 1:
        yield Bin(max_tokens + 1, None, int(counts[max_tokens + 1]))


# The only state of this module: what it remembers follows from the rules alone.
_signs_of = Memory[str](
    lambda chunk: tuple({piece.kind for piece in chunk_pieces(chunk)}.intersection(SIGNS))
).__getitem__
