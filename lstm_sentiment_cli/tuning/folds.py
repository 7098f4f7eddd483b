"""Examples into the folds of cross-validation; no TensorFlow here."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.request import by_label, same_texts


def held_out_by(
    examples: Sequence[Example], labels: Sequence[str], folds: int, seed: int
) -> npt.NDArray[np.int64]:
    """Return the fold, from 0, that holds each example out, (examples,); stratified and seeded.

    Texts that are the same after normalisation stay together; such a group counts for the label
    of its first text. The groups of a label are dealt out, the large ones first, each to the fold
    that has the fewest rows of that label: folds differ by less rows of it than its largest group
    has, and by one where no text is there twice.
    """
    members = same_texts(examples)
    groups = _groups(examples, members, labels, folds)
    sizes = np.bincount(members)
    fold_of_group = np.empty(len(sizes), np.int64)
    chance = np.random.default_rng(seed)
    in_all = [0] * folds
    for label in labels:
        of_label = [0] * folds
        drawn = chance.permutation(groups[label])
        for group in drawn[np.argsort(-sizes[drawn], kind="stable")].tolist():
            fold = min(range(folds), key=lambda fold: (of_label[fold], in_all[fold]))
            fold_of_group[group] = fold
            of_label[fold] += sizes[group]
            in_all[fold] += sizes[group]
    return fold_of_group[members]


def check_folds(examples: Sequence[Example], labels: Sequence[str], folds: int) -> None:
    """Raise SentimentError when some fold would have to do without one of the labels."""
    _groups(examples, same_texts(examples), labels, folds)


def _groups(
    examples: Sequence[Example], members: Sequence[int], labels: Sequence[str], folds: int
) -> dict[str, list[int]]:
    groups = by_label(examples, members)
    for label in labels:
        texts = len(groups.get(label, ()))
        if texts < folds:
            fewer = f", or --folds {texts}" if texts > 1 else ""
            raise SentimentError(
                f"{folds} folds need {folds} different texts of each label, and of '{label}' "
                f"there are {texts}; give more rows{fewer}"
            )
    return groups
