"""Which threshold, or which uncertain band, gives what a user wants of a model of two labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import (
    CONFUSION_METRICS,
    BoolVector,
    FloatVector,
    Interval,
    IntVector,
    confusion_metrics,
    wilson,
)
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.evaluation.resampling import SAMPLES, TAILS
from lstm_sentiment_cli.inference.decision import UNCERTAIN, Decision

_STEPS = 10_000
GRID = np.arange(_STEPS + 1) / _STEPS
"""The thresholds."""
HALF = _STEPS // 2
"""The number of the threshold 0.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows on one side of each threshold, and for how many of them the side's label is right."""

    label: str
    rows: IntVector  # (thresholds,)
    right: IntVector  # (thresholds,)

    @property
    def precision(self) -> FloatVector:
        """The share that is right; of no rows it is 0."""
        return np.asarray(self.right / np.maximum(self.rows, 1))

    def reaches(self, precision: float) -> BoolVector:
        """Return where there are answers, and so many of them right."""
        return (self.rows > 0) & (self.precision >= precision)


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """What each threshold parts; p is the probability of the first label."""

    total: int
    from_on: Side
    """First label: p >= threshold."""
    above: Side
    """First label: p > threshold, as above an uncertain band."""
    below: Side
    """Second label: p < threshold."""

    @classmethod
    def of(cls, predictions: Predictions) -> "Cuts":
        """Sort n rows, and count; SentimentError when all of them are of one label."""
        first, second = predictions.labels
        total = predictions.rows
        order = np.argsort(predictions.probabilities[:, 0])
        lowest_first = predictions.probabilities[order, 0]
        # (n + 1,): examples of the first label among the so many lowest.
        firsts = np.append(0, np.cumsum(predictions.gold[order] == 0))
        if firsts[-1] in {0, total}:
            only = first if firsts[-1] else second
            raise SentimentError(
                f"all examples are {only}; a threshold needs some of {first} and of {second}"
            )
        # Compared as Decision does it: in the precision of the probabilities.
        grid = GRID.astype(lowest_first.dtype)
        below = np.searchsorted(lowest_first, grid, side="left")
        not_above = np.searchsorted(lowest_first, grid, side="right")
        return cls(
            total=total,
            from_on=Side(first, total - below, firsts[-1] - firsts[below]),
            above=Side(first, total - not_above, firsts[-1] - firsts[not_above]),
            below=Side(second, below, below - firsts[below]),
        )

    @property
    def confusion(self) -> IntVector:
        """(thresholds, 2, 2): the confusion matrix of each."""
        # At threshold 0 every row is answered by the first label.
        firsts = self.from_on.right[0]
        seconds = self.total - firsts
        cells = [
            [self.from_on.right, firsts - self.from_on.right],
            [seconds - self.below.right, self.below.right],
        ]
        return np.moveaxis(np.array(cells), -1, 0)


OBJECTIVES = ("accuracy", "average-recall", "macro-f1")
_UNANSWERED = -1


@dataclass(frozen=True, slots=True)
class LabelDecisionMetrics:
    """How often one label was answered, and how well."""

    answers: int
    precision: Interval
    recall: Interval
    """The share of its examples that were answered by it; those left unanswered are not found."""


@dataclass(frozen=True, slots=True)
class DecisionMetrics:
    """What a rule answers on labelled rows."""

    rows: int
    answered: int
    accuracy: Interval
    """Of the rows that were answered."""
    by_label: dict[str, LabelDecisionMetrics]

    @property
    def coverage(self) -> float:
        """The share of the rows that was answered."""
        return self.answered / self.rows

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a figure with an interval is {"value": …, "low": …, "high": …}."""
        return {
            "rows": self.rows,
            "answered": self.answered,
            "coverage": self.coverage,
            "accuracy": self.accuracy.to_json(),
            "by_label": {
                label: {
                    "answers": its.answers,
                    "precision": its.precision.to_json(),
                    "recall": its.recall.to_json(),
                }
                for label, its in self.by_label.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Gain:
    """What a threshold changes on the rows it was chosen on, against that of 0.5."""

    objective: str
    before: float
    after: float
    difference: Interval

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "objective": self.objective,
            "before": self.before,
            "after": self.after,
            "difference": self.difference.to_json(),
        }


def answers_of(predictions: Predictions, decision: Decision) -> DecisionMetrics:
    """Count what a rule answers, by the very rule that `predict` applies."""
    chosen = _chosen(predictions, decision)
    right = chosen == predictions.gold
    answered = int((chosen != _UNANSWERED).sum())
    by_label = {}
    for number, label in enumerate(predictions.labels):
        answers = int((chosen == number).sum())
        found = int((right & (chosen == number)).sum())
        support = int((predictions.gold == number).sum())
        by_label[label] = LabelDecisionMetrics(
            answers, wilson(found, answers), wilson(found, support)
        )
    return DecisionMetrics(predictions.rows, answered, wilson(int(right.sum()), answered), by_label)


def gain(predictions: Predictions, decision: Decision, objective: str) -> Gain:
    """Compare a threshold with that of 0.5; the interval is a percentile bootstrap of the rows.

    What a row adds to either figure is told by its label and its two answers: drawing n of these
    eight cells is drawing n rows.
    """
    answers = (_chosen(predictions, each) for each in (Decision(threshold=0.5), decision))
    cells = np.ravel_multi_index((predictions.gold, *answers), (2, 2, 2))
    counts = np.bincount(cells, minlength=8)
    random = np.random.default_rng(0)
    drawn = random.multinomial(predictions.rows, counts / predictions.rows, size=SAMPLES)
    before, after = _both(counts, objective)
    resampled_before, resampled_after = _both(drawn, objective)
    low, high = np.quantile(resampled_after - resampled_before, TAILS)
    difference = float(after - before)
    interval = Interval(difference, min(difference, float(low)), max(difference, float(high)))
    return Gain(objective, float(before), float(after), interval)


def figure_of(confusion: IntVector, objective: str) -> FloatVector:
    """Return one of OBJECTIVES of confusion matrices (…, 2, 2) → (…,)."""
    if objective == "accuracy":
        right = np.trace(confusion, axis1=-2, axis2=-1)
        return np.asarray(right / confusion.sum(axis=(-2, -1)))
    figure = CONFUSION_METRICS.index(objective.replace("-", "_"))
    return np.asarray(confusion_metrics(confusion)[..., figure])


def _both(cells: IntVector, objective: str) -> tuple[FloatVector, FloatVector]:
    """Return the objective of both answers: (…, 8) → (…,), (…,)."""
    cube = cells.reshape(*cells.shape[:-1], 2, 2, 2)  # gold, first answer, second answer
    return figure_of(cube.sum(axis=-1), objective), figure_of(cube.sum(axis=-2), objective)


def _chosen(predictions: Predictions, decision: Decision) -> npt.NDArray[np.int8]:
    """Return the number of the label that each row is answered by, or _UNANSWERED (n,)."""
    numbers = {UNCERTAIN: _UNANSWERED} | {
        label: number for number, label in enumerate(predictions.labels)
    }
    answers = decision.predicted(predictions.probabilities, predictions.labels)
    return np.fromiter((numbers[answer] for answer in answers), np.int8, len(answers))


@dataclass(frozen=True, slots=True)
class ThresholdGoal:
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
            raise SentimentError(f"give --{given[0]} or --{given[1]}, not both", tuple(given))
        if self.precision is not None and not 0 < self.precision <= 1:
            raise SentimentError(
                f"--precision must be above 0 and at most 1, as 0.9; got {self.precision:g}",
                "precision",
            )
        if self.coverage is not None and not 0 < self.coverage < 1:
            raise SentimentError(
                f"--coverage must be above 0 and below 1, as 0.8; got {self.coverage:g}",
                "coverage",
            )
        if self.objective not in {None, *OBJECTIVES}:
            raise SentimentError(
                f"--objective is {' or '.join(OBJECTIVES)}, not '{self.objective}'",
                "objective",
            )
        if self.label is not None and self.precision is None:
            raise SentimentError("--label says whose --precision is wanted; give both", "label")

    def check(self, labels: tuple[str, ...]) -> None:
        """Raise SentimentError when this cannot be had of a model of these labels."""
        Decision(threshold=0.5).check(labels)
        if self.label not in {None, *labels}:
            raise SentimentError(f"--label is {' or '.join(labels)}, not '{self.label}'", "label")


@dataclass(frozen=True, slots=True)
class ThresholdChoice:
    """The rule that was found, and what it does on the rows it was found on."""

    wanted: ThresholdGoal
    decision: Decision
    answers: DecisionMetrics
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


def find_threshold(predictions: Predictions, wanted: ThresholdGoal) -> ThresholdChoice:
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
    return ThresholdChoice(wanted, decision, answers_of(predictions, decision), gained)


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
            "ask for less, or for one with --label",
            "precision",
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
            f"band answers {coverage:.1%}; ask for less",
            "coverage",
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
        f"{side.precision[best]:.4f}, for {side.rows[best]:,} of {total:,} rows",
        ("precision", "label"),
    )


def _nearest_to_half(wanted: BoolVector) -> float:
    candidates = np.flatnonzero(wanted)
    return float(GRID[candidates[np.abs(candidates - HALF).argmin()]])
