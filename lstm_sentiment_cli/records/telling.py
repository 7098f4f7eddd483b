"""Which words tell labels apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntVector = npt.NDArray[np.int64]
FloatVector = npt.NDArray[np.float64]

MOST_WORDS = 10
"""Of each label."""
# As if so many words had been seen of either side before, with no difference between them.
_PRIOR_WORDS = 500


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word that one label has more often than the others."""

    word: str
    z: float
    """How many standard deviations its log-odds ratio is above 0."""
    here: int
    """How often the label's texts have it."""
    elsewhere: int
    """How often the texts of other labels have it."""


def telling_words(counts: Mapping[str, Counter[str]]) -> dict[str, tuple[TellingWord, ...]]:
    """Return for each label the words that tell it most surely from the others, the surest first.

    By the z-score of the log-odds ratio with an informative Dirichlet prior: B. L. Monroe,
    M. P. Colaresi, K. M. Quinn, "Fightin' words: lexical feature selection and evaluation for
    identifying the content of political conflict", Political Analysis 16 (2008). So neither
    frequent words that hardly differ come first, nor rare ones that differ by chance.
    Words of one label alone tell nothing.
    """
    seen = [label for label, its in counts.items() if its]
    vocabulary = sorted(set().union(*counts.values()))
    if len(seen) < 2 or len(vocabulary) < 2:
        return dict.fromkeys(counts, ())
    of_label = {
        label: np.fromiter((counts[label][word] for word in vocabulary), np.int64, len(vocabulary))
        for label in counts
    }
    in_all = np.sum(list(of_label.values()), axis=0)
    prior = _PRIOR_WORDS * in_all / in_all.sum()
    return {
        label: _most_telling(vocabulary, here, in_all - here, prior)
        for label, here in of_label.items()
    }


def _most_telling(
    vocabulary: Sequence[str], here: IntVector, elsewhere: IntVector, prior: FloatVector
) -> tuple[TellingWord, ...]:
    """Rank the words of one label; counts and prior are (words,)."""
    expected_here, expected_elsewhere = here + prior, elsewhere + prior
    ratio = _log_odds(expected_here) - _log_odds(expected_elsewhere)
    z = ratio / np.sqrt(1 / expected_here + 1 / expected_elsewhere)
    order = np.argsort(-z, kind="stable")[:MOST_WORDS]
    return tuple(
        TellingWord(vocabulary[word], float(z[word]), int(here[word]), int(elsewhere[word]))
        for word in order.tolist()
        if z[word] > 0
    )


def _log_odds(counts: FloatVector) -> FloatVector:
    return np.asarray(np.log(counts / (counts.sum() - counts)))
