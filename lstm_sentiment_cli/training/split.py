"""Examples into training and validation, without the same text on both sides."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.examples import Example
from lstm_sentiment_cli.text.normalizer import words


class Split(NamedTuple):
    """Two parts of the examples, each in the order they came."""

    training: list[Example]
    validation: list[Example]


def split(examples: Sequence[Example], fraction: float, seed: int) -> Split:
    """Hold out a stratified, seeded `fraction`.

    Texts that are the same after normalisation (users, addresses, case, elongations) stay
    together; such a group counts for the label of its first text.
    """
    members = same_texts(examples)
    chance = np.random.default_rng(seed)
    held_out: set[int] = set()
    for _, of_label in sorted(by_label(examples, members).items()):
        count = max(1, round(fraction * len(of_label)))
        held_out.update(chance.permutation(of_label)[:count].tolist())
    parts = Split([], [])
    for group, example in zip(members, examples, strict=True):
        (parts.validation if group in held_out else parts.training).append(example)
    return _checked(parts)


def same_texts(examples: Sequence[Example]) -> list[int]:
    """Return each example's group, numbered as they appear: the same text, the same group."""
    groups: dict[str, int] = {}
    return [groups.setdefault(_key(example), len(groups)) for example in examples]


def by_label(examples: Sequence[Example], members: Sequence[int]) -> dict[str, list[int]]:
    """Return label → its groups in their order; a group is of the label of its first text."""
    label_of: dict[int, str] = {}
    for group, example in zip(members, examples, strict=True):
        label_of.setdefault(group, example.label)
    groups: dict[str, list[int]] = {}
    for group, label in label_of.items():
        groups.setdefault(label, []).append(group)
    return groups


def apart(training: Sequence[Example], validation: Sequence[Example]) -> Split:
    """Leave out of training the texts that are in validation too."""
    known = {_key(example) for example in validation}
    return _checked(Split([each for each in training if _key(each) not in known], list(validation)))


def _key(example: Example) -> str:
    return " ".join(words(example.text))


def _checked(parts: Split) -> Split:
    for name, part in zip(Split._fields, parts, strict=True):
        if len({example.label for example in part}) < 2:
            raise SentimentError(
                f"{name} is left with one label only; give more rows, "
                "another --validation-fraction, or another --validation FILE"
            )
    return parts
