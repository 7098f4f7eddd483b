"""The data of a training: read from files, checked and split; no TensorFlow here."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    Example,
    Examples,
    fingerprint,
    read_examples,
)
from lstm_sentiment_cli.records.profile import DataCheck, check_of, require_trainable
from lstm_sentiment_cli.text.normalizer import words

# How the rows of a file are used, as attributes of DataFile.
_TREATMENT = ("weight", "strip_emoticons", "emoji", "share", "balanced", "unlabelled")


@dataclass(frozen=True)
class TrainingData:
    """Examples and where they came from."""

    labels: tuple[str, ...]  # in the order of the network's outputs
    training: Sequence[Example]
    validation: Sequence[Example] = ()  # empty: a part of `training` is held out
    sources: list[dict[str, Any]] = field(default_factory=list)
    """For the provenance, one entry per file: name, rows, weight and so on."""
    command: list[str] = field(default_factory=list)
    """The command line, with files by their names only."""
    texts: Sequence[str] = ()
    """Texts without one of these labels, which word2vec and teachers can use."""


def read_training_data(
    files: Sequence[DataFile],
    validation: Sequence[DataFile],
    labels: tuple[str, ...],
    *,
    skip_unreadable: bool,
    command: Sequence[str],
    on_check: Callable[[DataCheck], None] = lambda _check: None,
) -> TrainingData:
    """Read and check files; SentimentError when there is nothing to learn from."""
    read = [read_examples([file], labels, skip_unreadable=skip_unreadable) for file in files]
    together = _joined(read)
    on_check(check_of(together, labels))
    require_trainable(together, labels)
    with blaming("validation", instead_of="input"):
        held_out = read_examples(validation, labels, skip_unreadable=skip_unreadable)
    if validation:
        require_trainable(held_out, labels)
    return TrainingData(
        labels,
        together.examples,
        held_out.examples,
        [_source(file, its) for file, its in zip(files, read, strict=True)],
        # A model is given to others: it names the files, not the folders they were in.
        [PurePath(word).name or word for word in command],
        together.texts,
    )


def _joined(parts: Sequence[Examples]) -> Examples:
    left_out = sum((Counter(part.left_out) for part in parts), Counter())
    return Examples(
        [example for part in parts for example in part],
        dict(left_out.most_common()),
        [row for part in parts for row in part.unreadable],
        {name: rows for part in parts for name, rows in part.by_file.items()},
        [text for part in parts for text in part.texts],
        sum(part.undecodable for part in parts),
    )


def _source(file: DataFile, examples: Examples) -> dict[str, Any]:
    return {
        "name": Path(file.path).name,
        "rows": len(examples),
        "by_label": dict(Counter(example.label for example in examples)),
        **{name: getattr(file, name) for name in _TREATMENT},
        "sha256": fingerprint(unlabelled(examples.texts) if file.unlabelled else examples),
    }


def unlabelled(texts: Sequence[str]) -> list[Example]:
    """Return texts as examples without label and weight, to take their fingerprint."""
    return [Example(text, "", 0.0) for text in texts]


class Split(NamedTuple):
    """Two parts of the examples, each in the original order."""

    training: list[Example]
    validation: list[Example]


def split(examples: Sequence[Example], fraction: float, seed: int) -> Split:
    """Hold out a stratified `fraction`, chosen by the seed.

    Texts that are the same after normalisation (users, addresses, case, elongations) stay
    together; such a group counts as having the label of its first text.
    """
    members, groups = grouped(examples)
    random = np.random.default_rng(seed)
    held_out: set[int] = set()
    for _, of_label in sorted(groups.items()):
        count = max(1, round(fraction * len(of_label)))
        held_out.update(random.permutation(of_label)[:count].tolist())
    parts = Split([], [])
    for group, example in zip(members, examples, strict=True):
        (parts.validation if group in held_out else parts.training).append(example)
    return _checked(parts)


def grouped(examples: Sequence[Example]) -> tuple[list[int], dict[str, list[int]]]:
    """Return each example's group of equal texts, and label → groups, both in order of appearance.

    The first text of a group decides its label.
    """
    numbers: dict[str, int] = {}
    members = [numbers.setdefault(_key(example), len(numbers)) for example in examples]
    label_of: dict[int, str] = {}
    for group, example in zip(members, examples, strict=True):
        label_of.setdefault(group, example.label)
    groups: dict[str, list[int]] = {}
    for group, label in label_of.items():
        groups.setdefault(label, []).append(group)
    return members, groups


def split_from(training: Sequence[Example], validation: Sequence[Example]) -> Split:
    """Validate on a separate file; texts that are in it are left out of training."""
    known = {_key(example) for example in validation}
    left = [each for each in training if _key(each) not in known]
    if not left:
        raise SentimentError(
            "no training rows are left: all are in the validation file; give another", "validation"
        )
    return _checked(Split(left, list(validation)))


def _key(example: Example) -> str:
    return " ".join(words(example.text))


def _checked(parts: Split) -> Split:
    for name, part in zip(Split._fields, parts, strict=True):
        if len({example.label for example in part}) < 2:
            raise SentimentError(
                f"{name} is left with one label only; give more rows, "
                "another --validation-fraction, or another --validation FILE",
                ("validation_fraction", "validation"),
            )
    return parts
