"""Slices: kinds of texts, such as those with a negation, and the accuracy of each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.evaluation.metrics import (
    BoolVector,
    Interval,
    IntVector,
    fields_json,
    wilson,
)
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.text.normalizer import Memory, chunk_pieces, chunks

# The position of a name is that of its bit in Predictions.slices.
SLICES = (
    "with a negation",
    "with an emoji",
    "with an emoticon",
    "with a hashtag",
    "with a question mark",
    "shouting in capitals",
    "with an unknown word",
    "up to 5 tokens",
    "20 tokens and more",
)
_NEGATION, _EMOJI, _EMOTICON, _HASHTAG, _QUESTION, _CAPITALS, _UNKNOWN, _SHORT, _LONG = (
    1 << place for place in range(len(SLICES))
)
_OF_KIND = {"emoji": _EMOJI, "emoticon": _EMOTICON, "hashtag": _HASHTAG}
_NEGATIONS = frozenset(
    {"no", "not", "n't", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor"}
    | {"without", "cannot"}
)
# LOL and USA have three capitals; a hashtag is often in capitals without being loud.
_LOUD = re.compile(r"(?<![#@\w])[A-Z]{4,}(?!\w)")
# With fewer rows the interval says next to nothing: they come last, whatever their accuracy.
FEWEST_ROWS = 30


@dataclass(frozen=True, slots=True)
class SliceMetrics:
    """Accuracy on one kind of texts, and on all others."""

    name: str
    rows: int
    accuracy: Interval
    rest: Interval | None  # accuracy of the rows outside the slice; None if there are none

    @property
    def small(self) -> bool:
        """Whether the slice has too few rows to be ranked."""
        return self.rows < FEWEST_ROWS

    @property
    def worse(self) -> bool:
        """Whether accuracy is lower than on the rest: the intervals do not touch."""
        return self.rest is not None and self.accuracy.high < self.rest.low

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return fields_json(self) | {"worse": self.worse}


def slices_of(
    texts: Sequence[str], lengths: IntVector, unknown: BoolVector
) -> npt.NDArray[np.uint16]:
    """Return, for each of n texts, the bits of the SLICES it belongs to.

    lengths (n,) are in tokens; unknown (n,) says whether a word was unknown to the model.
    """
    lookup = _KINDS.__getitem__
    kinds = (sum(set(chain.from_iterable(map(lookup, chunks(text))))) for text in texts)
    bits = np.fromiter(kinds, np.uint16, len(texts))
    bits[unknown] |= _UNKNOWN
    bits[lengths <= 5] |= _SHORT
    bits[lengths >= 20] |= _LONG
    return bits


def slice_metrics(predictions: Predictions) -> list[SliceMetrics]:
    """Return the slices that have rows, lowest accuracy first; those of fewer than 30 rows last."""
    slices = []
    for place, name in enumerate(SLICES):
        inside = (predictions.slices & (1 << place)) > 0
        within, outside = predictions.right[inside], predictions.right[~inside]
        rest = wilson(int(outside.sum()), len(outside)) if len(outside) else None
        if len(within):
            accuracy = wilson(int(within.sum()), len(within))
            slices.append(SliceMetrics(name, len(within), accuracy, rest))
    return sorted(slices, key=lambda each: (each.small, each.accuracy.value))


def _kinds(chunk: str) -> Iterator[int]:
    """Yield the bits of the text between two spaces: "don't" → negation; some repeatedly."""
    if _LOUD.search(chunk):
        yield _CAPITALS
    for piece in chunk_pieces(chunk):
        form = piece.forms[0]
        if piece.kind in _OF_KIND:
            yield _OF_KIND[piece.kind]
        elif form in _NEGATIONS:
            yield _NEGATION
        elif piece.kind == "ending" and "?" in form:
            yield _QUESTION


# The only state of this module: a cache of what follows from the rules alone.
_KINDS: Memory[int] = Memory(lambda chunk: tuple(set(_kinds(chunk))))
