"""The data of a training: read from files, checked and split; no TensorFlow here."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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
_TREATMENT = ("weight", "strip_emoticons", "share", "balanced")


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


def read_training_data(
    files: Sequence[DataFile],
    validation: Sequence[DataFile],
    labels: tuple[str, ...],
    *,
    skip_unreadable: bool,
    command: Sequence[str],
    named: Collection[str] = (),
    on_check: Callable[[DataCheck], None] = lambda _check: None,
) -> TrainingData:
    """Read and check files; SentimentError when there is nothing to learn from.

    `named` are the hyperparameters that the user named, one of which may have no effect.
    """
    read = [read_examples([file], labels, skip_unreadable=skip_unreadable) for file in files]
    together = _joined(read)
    check = check_of(together, labels)
    on_check(check)
    require_trainable(together, labels)
    if "teacher_share" in named and not check.with_both:
        raise SentimentError(
            "teacher_share has no effect: no row has both a label and probabilities; leave it out",
            "teacher_share",
        )
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
    )


def _joined(parts: Sequence[Examples]) -> Examples:
    left_out = sum((Counter(part.left_out) for part in parts), Counter())
    return Examples(
        [example for part in parts for example in part],
        dict(left_out.most_common()),
        [row for part in parts for row in part.unreadable],
        {name: rows for part in parts for name, rows in part.by_file.items()},
        sum(part.undecodable for part in parts),
    )


def _source(file: DataFile, examples: Examples) -> dict[str, Any]:
    return {
        "name": Path(file.path).name,
        "rows": len(examples),
        "by_label": dict(Counter(example.label for example in examples)),
        "with_probabilities": sum(bool(example.probabilities) for example in examples),
        "with_both": sum(bool(each.probabilities) and each.labelled for each in examples),
        **{name: getattr(file, name) for name in _TREATMENT},
        "sha256": fingerprint(examples),
    }


class Split(NamedTuple):
    """Two parts of the examples, each in the original order."""

    training: list[Example]
    validation: list[Example]


def measurable(examples: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """Return which examples can tell how good a network is, (examples,).

    They are those with a label. Where none has one, all are: their most probable labels then tell
    how well it follows its teacher.
    """
    labelled = np.fromiter((each.labelled for each in examples), np.bool_, len(examples))
    return labelled if labelled.any() else ~labelled


def metrics_name(what: str, examples: Sequence[Example]) -> str:
    """Return a name for metrics on these examples, which says so if they have no labels."""
    known = not examples or any(example.labelled for example in examples)
    return what if known else f"{what} (against the most probable labels of its teacher)"


def split(examples: Sequence[Example], fraction: float, seed: int) -> Split:
    """Hold out a stratified `fraction` of the measurable examples, chosen by the seed.

    Texts that are the same after normalisation (users, addresses, case, elongations) stay
    together; such a group counts as having the label of its first measurable text. Texts that are
    not measurable, but equal to one held out, are in neither part.
    """
    can_be_measured = measurable(examples)
    members, groups = grouped(examples, can_be_measured)
    random = np.random.default_rng(seed)
    held_out: set[int] = set()
    for _, of_label in sorted(groups.items()):
        count = max(1, round(fraction * len(of_label)))
        held_out.update(random.permutation(of_label)[:count].tolist())
    parts = Split([], [])
    for group, example, can_be in zip(members, examples, can_be_measured.tolist(), strict=True):
        if group not in held_out:
            parts.training.append(example)
        elif can_be:
            parts.validation.append(example)
    return _checked(parts)


def grouped(
    examples: Sequence[Example], can_be_measured: npt.NDArray[np.bool_]
) -> tuple[list[int], dict[str, list[int]]]:
    """Return each example's group of equal texts, and label → groups, both in order of appearance.

    The first measurable text of a group decides its label; a group without one has none.
    """
    numbers: dict[str, int] = {}
    members = [numbers.setdefault(_key(example), len(numbers)) for example in examples]
    label_of: dict[int, str] = {}
    for row in np.flatnonzero(can_be_measured).tolist():
        label_of.setdefault(members[row], examples[row].label)
    groups: dict[str, list[int]] = {}
    for group, label in label_of.items():
        groups.setdefault(label, []).append(group)
    return members, groups


def split_from(training: Sequence[Example], validation: Sequence[Example]) -> Split:
    """Validate on the measurable rows of a separate file; their texts are not learnt."""
    rows = np.flatnonzero(measurable(validation)).tolist()
    measured = [validation[row] for row in rows]
    known = {_key(example) for example in measured}
    left = [each for each in training if _key(each) not in known]
    if not left:
        raise SentimentError(
            "no training rows are left: all are in the validation file; give another", "validation"
        )
    return _checked(Split(left, measured))


def _key(example: Example) -> str:
    return " ".join(words(example.text))


def _checked(parts: Split) -> Split:
    for name, part in zip(Split._fields, parts, strict=True):
        if len({example.label for example in part}) < 2:
            raise SentimentError(
                f"{name} is left with one label only; give more rows with a label, "
                "another --validation-fraction, or another --validation FILE",
                ("validation_fraction", "validation"),
            )
    return parts
