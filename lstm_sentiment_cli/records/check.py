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


def check_of(examples: Examples, labels: Sequence[str]) -> DataCheck:
    """Look at what was read: texts are the same when the normaliser makes them so."""
    first_label: dict[str, str] = {}
    contradictory: set[str] = set()
    duplicates = 0
    lengths: list[int] = []
    for example in examples:
        normalised = words(example.text)
        lengths.append(len(normalised))
        key = " ".join(normalised)
        if not key:
            continue
        if key in first_label:
            duplicates += 1
            if first_label[key] != example.label:
                contradictory.add(key)
        else:
            first_label[key] = example.label
    counts = Counter(example.label for example in examples)
    return DataCheck(
        rows=len(examples) + sum(examples.left_out.values()) + len(examples.unreadable),
        by_label={label: counts[label] for label in labels},
        left_out=examples.left_out,
        empties=lengths.count(0),
        duplicates=duplicates,
        contradictions=len(contradictory),
        unreadable=tuple(examples.unreadable),
        lengths=_lengths(lengths),
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


def _lengths(lengths: list[int]) -> Lengths:
    if not lengths:
        return Lengths(0.0, 0.0, 0.0, 0)
    return Lengths(
        mean=float(np.mean(lengths)),
        median=float(np.median(lengths)),
        percentile_95=float(np.percentile(lengths, 95)),
        longest=max(lengths),
    )
