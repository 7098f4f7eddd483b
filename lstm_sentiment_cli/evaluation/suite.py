"""The behaviour suite: small cases of our own, each of which asks for one capability.

The kinds of cases are those of M. T. Ribeiro, T. Wu, C. Guestrin, S. Singh, "Beyond accuracy:
behavioral testing of NLP models with CheckList", ACL 2020; the cases are in behaviour.csv.
"""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from io import StringIO
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError

MINIMUM, INVARIANCE, DIRECTION = "minimum functionality", "invariance", "direction"
POSITIVE, NEGATIVE = "positive", "negative"
# Answers to two texts of an invariance case may differ so much, even where the label changes.
_MAY_MOVE = 0.1
# What differs by less is equal: in which batch a text is answered shows in the last digits.
_EQUAL = 1e-6

Answer = Mapping[str, float]
"""Label → probability."""


class Case(NamedTuple):
    """One row of the suite: a text, or a pair of texts, and what the answer must be like."""

    capability: str
    kind: str
    text: str
    other: str
    """The second text of a pair, else ""."""
    expected: str
    """A label; of a pair "same", "up" or "down"."""

    def passed(self, answer: Answer, other: Answer) -> bool:
        """Whether the answers, to the text and to the second one of a pair, are as they must be."""
        return _CHECKS[self.kind](self.expected, answer, other)


class Suite(NamedTuple):
    """The cases, and the sha256 that tells them from those of another version."""

    cases: tuple[Case, ...]
    sha256: str

    def asked_of(self, labels: Sequence[str]) -> list[Case]:
        """Return the cases for a model of these labels; SentimentError when it has no tone."""
        if missing := {POSITIVE, NEGATIVE} - set(labels):
            raise SentimentError(
                f"the behaviour suite asks for positive and negative; the model answers "
                f"{', '.join(labels)}, without {' and '.join(sorted(missing))}"
            )
        return [case for case in self.cases if case.kind != MINIMUM or case.expected in labels]


def read_suite() -> Suite:
    """Read the suite that comes with the package."""
    text = (files("lstm_sentiment_cli.evaluation") / "behaviour.csv").read_text(encoding="utf-8")
    cases = tuple(Case(**row) for row in csv.DictReader(StringIO(text)))
    return Suite(cases, hashlib.sha256(text.encode()).hexdigest())


def most_probable(answer: Answer) -> str:
    """Return the label answered; of equal ones the first, as everywhere."""
    return max(answer, key=answer.__getitem__)


def tone(answer: Answer) -> float:
    """Return how much more probable positive is than negative: 0.7, 0.2 → 0.5."""
    return answer[POSITIVE] - answer[NEGATIVE]


def _is_the_label(expected: str, answer: Answer, _other: Answer) -> bool:
    return most_probable(answer) == expected


def _stays(_expected: str, answer: Answer, other: Answer) -> bool:
    if most_probable(answer) == most_probable(other):
        return True
    return all(abs(answer[label] - other[label]) <= _MAY_MOVE for label in answer)


def _moves(expected: str, answer: Answer, other: Answer) -> bool:
    moved = tone(other) - tone(answer)
    return moved > _EQUAL if expected == "up" else moved < -_EQUAL


_CHECKS = {MINIMUM: _is_the_label, INVARIANCE: _stays, DIRECTION: _moves}
