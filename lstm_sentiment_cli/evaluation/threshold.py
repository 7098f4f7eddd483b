"""Which threshold, or which uncertain band, gives what a user wants of a model of two labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.answers import (
    OBJECTIVES,
    Answers,
    Gain,
    answers_of,
    figure_of,
    gain,
)
from lstm_sentiment_cli.evaluation.cuts import GRID, HALF, Cuts, Side
from lstm_sentiment_cli.evaluation.metrics import BoolVector
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.inference.decision import Decision


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted: a precision, a coverage, or the most of an objective; checked when made."""

    precision: float | None = None
    """Of the answers of either label, or of `label` alone."""
    label: str | None = None
    coverage: float | None = None
    """Share of the rows that are to be answered."""
    objective: str | None = None
    """One of OBJECTIVES; accuracy when nothing else is wanted."""

    def __post_init__(self) -> None:
        one_of = ("precision", "coverage", "objective")
        given = [name for name in one_of if getattr(self, name) is not None]
        if len(given) > 1:
            raise SentimentError(f"give --{given[0]} or --{given[1]}, not both")
        if self.precision is not None and not 0 < self.precision <= 1:
            raise SentimentError(
                f"--precision must be above 0 and at most 1, as 0.9; got {self.precision:g}"
            )
        if self.coverage is not None and not 0 < self.coverage < 1:
            raise SentimentError(
                f"--coverage must be above 0 and below 1, as 0.8; got {self.coverage:g}"
            )
        if self.objective not in {None, *OBJECTIVES}:
            raise SentimentError(
                f"--objective is {' or '.join(OBJECTIVES)}, not '{self.objective}'"
            )
        if self.label is not None and self.precision is None:
            raise SentimentError("--label says whose --precision is wanted; give both")

    def check(self, labels: tuple[str, ...]) -> None:
        """Raise SentimentError when this cannot be had of a model of these labels."""
        Decision(threshold=0.5).check(labels)
        if self.label not in {None, *labels}:
            raise SentimentError(f"--label is {' or '.join(labels)}, not '{self.label}'")


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that was found, and what it does on the rows it was found on."""

    wanted: Wanted
    decision: Decision
    answers: Answers
    gain: Gain | None
    """Over the threshold 0.5, when an objective was wanted."""

    def remarks(self) -> list[str]:
        """Return what one must know to read the figures, a line each."""
        remarks = []
        if self.gain is not None and self.gain.difference.low <= 0:
            remarks.append("it is not better than 0.5 beyond what chance would do")
        if self.wanted.coverage is None:
            remarks.append(
                f"it was chosen by the labels of these {self.answers.rows:,} rows; "
                "on others expect a little less"
            )
        return remarks

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: what was wanted, what was found, and its figures."""
        wanted = {
            "precision": self.wanted.precision,
            "label": self.wanted.label,
            "coverage": self.wanted.coverage,
            "objective": self.wanted.objective,
        }
        return {
            "wanted": {name: value for name, value in wanted.items() if value is not None},
            "threshold": self.decision.threshold,
            "uncertain": self.decision.uncertain,
            **self.answers.to_json(),
            "gain": self.gain and self.gain.to_json(),
        }


def find_threshold(predictions: Predictions, wanted: Wanted) -> Found:
    """Find the rule that gives what is wanted on labelled rows; SentimentError when none does."""
    wanted.check(predictions.labels)
    cuts = Cuts.of(predictions)
    gained = None
    if wanted.coverage is not None:
        decision = _surest(cuts, wanted.coverage)
    elif wanted.precision is None:
        objective = wanted.objective or OBJECTIVES[0]
        decision = _best(cuts, objective)
        gained = gain(predictions, decision, objective)
    elif wanted.label is None:
        decision = _precise_labels(cuts, wanted.precision)
    else:
        decision = _precise_label(cuts, wanted.precision, wanted.label)
    return Found(wanted, decision, answers_of(predictions, decision), gained)


def _best(cuts: Cuts, objective: str) -> Decision:
    """Return the threshold with most of the objective; of equal ones the nearest to 0.5."""
    values = figure_of(cuts.confusion, objective)
    return Decision(threshold=_nearest_to_half(values == values.max()))


def _precise_label(cuts: Cuts, precision: float, label: str) -> Decision:
    """Return the threshold at which one label is answered most often at this precision."""
    side = cuts.from_on if label == cuts.from_on.label else cuts.below
    most = np.where(_reaching(side, precision, cuts.total), side.rows, 0)
    return Decision(threshold=_nearest_to_half(most == most.max()))


def _precise_labels(cuts: Cuts, precision: float) -> Decision:
    """Return the rule that answers most rows so that either label's answers are so precise.

    One threshold for all rows if there is one, else the narrowest band that does it.
    """
    alone = cuts.from_on.reaches(precision) & cuts.below.reaches(precision)
    if alone.any():
        accuracy = np.where(alone, figure_of(cuts.confusion, "accuracy"), 0)
        return Decision(threshold=_nearest_to_half(accuracy == accuracy.max()))
    lows = _reaching(cuts.below, precision, cuts.total)
    highs = _reaching(cuts.above, precision, cuts.total)
    # For each high end the highest low end that is not above it; -1 where there is none.
    low_of = np.maximum.accumulate(np.where(lows, np.arange(len(lows)), -1))
    answered = np.where(highs & (low_of >= 0), cuts.above.rows + cuts.below.rows[low_of], 0)
    if not answered.any():
        raise SentimentError(
            f"no band gives the answers of both labels precision {precision:g}; "
            "ask for less, or for one with --label"
        )
    high = int(answered.argmax())
    return _band(float(GRID[low_of[high]]), float(GRID[high]))


def _surest(cuts: Cuts, coverage: float) -> Decision:
    """Return the narrowest band around 0.5 that leaves the least sure rows out, as many as may be.

    C. K. Chow, "On optimum recognition error and reject tradeoff", IEEE Transactions on
    Information Theory 16 (1970): leaving out what one is least sure of makes the fewest errors, if
    the probabilities are honest. The right labels have no part in it, so that the accuracy told is
    not better than it is on other rows of the kind.
    """
    answered = cuts.below.rows[HALF::-1] + cuts.above.rows[HALF:]
    enough = answered[answered / cuts.total >= coverage]
    if not len(enough):
        raise SentimentError(
            f"{1 - answered[0] / cuts.total:.1%} of the rows have probability 0.5, so that no "
            f"band answers {coverage:.1%}; ask for less"
        )
    width = int((answered == enough[-1]).argmax())
    return _band(float(GRID[HALF - width]), float(GRID[HALF + width]))


def _band(low: float, high: float) -> Decision:
    """Return the rule that answers below low by the second and above high by the first label."""
    border = min(max(low, 0.5), high)
    return Decision(threshold=None if border == 0.5 else border, uncertain=(low, high))


def _reaching(side: Side, precision: float, total: int) -> BoolVector:
    """Return where a label's answers are so precise; SentimentError when they are nowhere."""
    reached = side.reaches(precision)
    if reached.any():
        return reached
    best = int(np.lexsort((side.rows, side.precision))[-1])
    raise SentimentError(
        f"no answers of {side.label} reach precision {precision:g} on these rows; the best is "
        f"{side.precision[best]:.4f}, for {side.rows[best]:,} of {total:,} rows"
    )


def _nearest_to_half(wanted: BoolVector) -> float:
    candidates = np.flatnonzero(wanted)
    return float(GRID[candidates[np.abs(candidates - HALF).argmin()]])
