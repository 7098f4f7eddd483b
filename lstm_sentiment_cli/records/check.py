"""A look at labelled examples before anything is trained on them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.examples import Example, Examples, Unreadable
from lstm_sentiment_cli.text.normalizer import words

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
            "(are the labels others? name them with --labels)"
        )
    for label in labels:
        if counts[label] < FEWEST_EXAMPLES:
            raise SentimentError(
                f"{counts[label]} examples are {label}; "
                f"training needs at least {FEWEST_EXAMPLES} of each label"
            )
