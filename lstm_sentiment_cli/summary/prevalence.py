"""The share of each label among texts, from the probabilities of the single texts.

Counting answers is biased wherever the true share differs from the one a model is calibrated at
(G. Forman, "Quantifying counts and costs via classification", Data Mining and Knowledge Discovery
17, 2008). The share is found by expectation maximisation on the priors instead: M. Saerens,
P. Latinne, C. Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities",
Neural Computation 14 (2002). The shares that the model learnt are taken out of its probabilities
first; those of other programs are taken as those of labels that are equally frequent.

Saerens et al. assume that texts of a label look alike in all groups. Those of a topic do not: its
words have told the model a part of the topic's share already, which must not be counted twice. So
the priors are taken to a power below 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.model.manifest import Manifest

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int64]

DRAWS = 1000
# How far log-odds are off on texts of a kind that the model was not calibrated on, as standard
# deviations: of an offset that the groups of one file share, as they are of one kind; of one that
# is a group's own; and of the slope's logarithm.
# `benchmarks/prevalence.py unknown` measures them on texts that the model has not seen.
KIND_OFFSET, GROUP_OFFSET, SLOPE = 0.35, 0.15, 0.1

# The part of a group's share, in log-odds, that its words have told the model already, and the most
# of it that intervals allow for. 0 is the method of Saerens et al., 1 the mean of probabilities.
KNOWN, MOST_KNOWN = 0.15, 0.8

MOST_LABELS = 12
_REACH = 8.0  # log-odds beyond it count as that: a text that is surer says no more
_STEPS = 128  # of each of the log-odds, of many labels fewer
_MOST_BINS = 2**20
_COARSER = 8  # steps that become one, where there are many intervals to find
_SMALLEST = 1e-30
_MOST_AT_ONCE = 2**22  # numbers in the largest arrays


@dataclass(frozen=True)
class Bins:
    """A histogram's bins: steps of the log-odds of each label against the last one.

    It is all that is kept of a text. Two labels have 128 bins, three 128 · 128, more at most 2^20.
    """

    labels: int
    coarse: bool = False

    @cached_property
    def steps(self) -> int:
        """How many steps there are along each of the log-odds."""
        most = min(_STEPS, int(_MOST_BINS ** (1 / (self.labels - 1))))
        return max(most // _COARSER, 4) if self.coarse else most

    @property
    def count(self) -> int:
        """How many bins there are."""
        return int(self.steps ** (self.labels - 1))

    def of(self, probabilities: FloatArray) -> IntArray:
        """Return the bins of texts, of their probabilities up to a factor: (n, labels) → (n,)."""
        logs = np.log(np.maximum(probabilities, _SMALLEST))
        return self.at(logs[:, :-1] - logs[:, -1:])

    def at(self, log_odds: FloatArray) -> IntArray:
        """Return the bins of log-odds against the last label: (n, labels - 1) → (n,)."""
        places = np.floor((log_odds + _REACH) * (self.steps / (2 * _REACH)))
        bins: IntArray = np.zeros(len(log_odds), np.int64)
        for column in np.clip(places, 0, self.steps - 1).astype(np.int64).T:
            bins = bins * self.steps + column
        return bins

    def centres(self, bins: IntArray) -> FloatArray:
        """Return the log-odds in the middle of bins: (n,) → (n, labels), the last column 0."""
        found, rest = np.zeros((len(bins), self.labels)), bins
        for column in range(self.labels - 2, -1, -1):
            rest, step = np.divmod(rest, self.steps)
            found[:, column] = (step + 0.5) * (2 * _REACH / self.steps) - _REACH
        return found


def learnt_shares(manifest: Manifest, labels: Sequence[str]) -> FloatArray:
    """Return the shares of the model's labels where it learnt (labels,); equal ones if unknown.

    What it answers contains them, as priors: they must be taken out to find those of other texts.
    """
    split = manifest.provenance.get("split")
    counts = split.get("training_by_label") if isinstance(split, dict) else None
    known = counts if isinstance(counts, dict) else {}
    found = np.array([known.get(label) or 0 for label in labels], float)
    return found / found.sum() if (found > 0).all() else np.full(len(found), 1 / len(found))


def shares(
    counts: IntArray | FloatArray,
    log_odds: FloatArray,
    *,
    known: float = KNOWN,
    tolerance: float = 1e-6,
    most: int = 1000,
) -> FloatArray:
    """Return the share of each label in cells: (cells, bins), (bins, labels) → (cells, labels).

    A cell without texts has NaN.
    """
    power = np.array(1 - known)
    with np.errstate(invalid="ignore"):
        return _maximised(
            counts, _ratios(log_odds), power, np.zeros(1), tolerance=tolerance, most=most
        )


def _ratios(log_odds: FloatArray) -> FloatArray:
    """Return the likelihoods of labels (…, labels), up to a factor for each text."""
    return np.asarray(np.exp(log_odds - log_odds.max(axis=-1, keepdims=True)))


def _maximised(
    weights: IntArray | FloatArray,
    ratios: FloatArray,
    power: FloatArray,
    given: FloatArray,
    *,
    tolerance: float,
    most: int,
) -> FloatArray:
    """Return the shares that make weighted texts most likely: EM from equal shares.

    (…, cells, bins), (…, bins, labels) → (…, cells, labels). Priors are taken to the power
    (…, 1, 1). `given` (…, cells, labels) are weights of texts whose labels are known.
    """
    labels = ratios.shape[-1]
    by_label = np.swapaxes(ratios, -1, -2)
    total = (weights.sum(axis=-1) + given.sum(axis=-1))[..., np.newaxis]
    found = np.full((*weights.shape[:-1], labels), 1 / labels, ratios.dtype)
    for _ in range(most):
        before, priors = found, found**power
        found = (priors * ((weights / (priors @ by_label)) @ ratios) + given) / total
        if not np.nanmax(np.abs(found - before), initial=0) > tolerance:
            break
    return found


@dataclass(frozen=True)
class Unknown:
    """What calibration does not know of a file, drawn many times: it is shared by its groups."""

    offsets: FloatArray  # (draws, labels), of log-odds
    slopes: FloatArray  # (draws,)

    @classmethod
    def drawn(cls, labels: int, chance: np.random.Generator, draws: int = DRAWS) -> "Unknown":
        """Draw it from what is known of models on texts of other kinds."""
        offsets = chance.normal(0, KIND_OFFSET / np.sqrt(2), (draws, labels))
        return cls(offsets, np.exp(chance.normal(0, SLOPE, draws)))

    def first(self, draws: int) -> "Unknown":
        """Return the first draws alone."""
        return Unknown(self.offsets[:draws], self.slopes[:draws])

    def shares(
        self,
        counts: IntArray,
        log_odds: FloatArray,
        chance: np.random.Generator,
        tolerance: float = 2e-4,
    ) -> FloatArray:
        """Return what the shares of one group's cells may be: → (draws, cells, labels).

        Each draw weighs the texts anew (the Bayesian bootstrap, Rubin 1981), shifts their log-odds
        by what calibration may have missed, and finds the shares again, with another part of them
        known already. As many texts as there are
        labels are added, one of each: if answers were never wrong, the draws would be those of the
        posterior under a flat prior, so that intervals are honest near 0 and 1 too.
        """
        draws, labels = self.offsets.shape
        own = chance.normal(0, GROUP_OFFSET / np.sqrt(2), (draws, labels))
        # Rather little than much: of a group that is no topic, the model knows nothing.
        known = MOST_KNOWN * chance.random((draws, 1, 1)) ** 2
        power = (1 - known).astype(np.float32)
        # In single precision, which is enough for what is drawn, and twice as fast.
        offsets = (self.offsets + own)[:, np.newaxis].astype(np.float32)
        slopes = self.slopes[:, np.newaxis, np.newaxis].astype(np.float32)
        single = log_odds.astype(np.float32)
        cells, bins = counts.shape
        at_once = max(1, _MOST_AT_ONCE // max(bins * max(cells, labels), 1))
        parts = []
        for start in range(0, draws, at_once):
            part = slice(start, start + at_once)
            ratios = _ratios(single * slopes[part] + offsets[part])
            weights = _weights(counts, len(ratios), chance)
            given = chance.standard_exponential((len(ratios), cells, labels), np.float32)
            parts.append(
                _maximised(weights, ratios, power[part], given, tolerance=tolerance, most=100)
            )
        return np.concatenate(parts)


def _weights(counts: IntArray, draws: int, chance: np.random.Generator) -> FloatArray:
    """Return the sums of one exponential weight a text, bin by bin: (draws, cells, bins)."""
    weights = np.zeros((draws, *counts.shape), np.float32)
    filled = counts > 0
    weights[:, filled] = chance.standard_gamma(
        counts[filled].astype(np.float32), (draws, int(filled.sum())), np.float32
    )
    return weights


def interval(drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of 95 % intervals: (draws, …) → (…), (…)."""
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0, method="median_unbiased")
    return low, high
