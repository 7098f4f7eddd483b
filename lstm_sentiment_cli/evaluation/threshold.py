"""The threshold or uncertain band that meets a user's goal, for a model of two labels.

Thresholds are tried in steps of 0.0001, the last digit that `predict` shows: the result can be
typed as it is shown, and then separates the rows in exactly the same way.
"""

from dataclasses import asdict, dataclass
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
    fields_json,
    wilson,
)
from lstm_sentiment_cli.evaluation.predictions import SAMPLES, TAILS, Predictions
from lstm_sentiment_cli.figures import OBJECTIVES, counted
from lstm_sentiment_cli.inference.decision import UNCERTAIN, Decision

_STEPS = 10_000
GRID = np.arange(_STEPS + 1) / _STEPS  # the thresholds
HALF = _STEPS // 2  # the number of the threshold 0.5
_UNANSWERED = -1


@dataclass(frozen=True, slots=True)
class ThresholdGoal:
    """A precision, a coverage, or the maximum of an objective; validated when made."""

    precision: float | None = None  # of the answers of either label, or of `label` alone
    label: str | None = None
    coverage: float | None = None  # share of the rows that are to be answered
    objective: str | None = None  # one of OBJECTIVES; accuracy if there is no other goal

    def __post_init__(self) -> None:
        one_of = ("precision", "coverage", "objective")
        given = [name for name in one_of if getattr(self, name) is not None]
        if len(given) > 1:
            raise SentimentError(f"give --{given[0]} or --{given[1]}, not both", tuple(given))
        if self.precision is not None and not 0 < self.precision <= 1:
            problem = f"must be above 0 and at most 1, such as 0.9; got {self.precision:g}"
            raise SentimentError(f"--precision {problem}", "precision")
        if self.coverage is not None and not 0 < self.coverage < 1:
            problem = f"must be above 0 and below 1, such as 0.8; got {self.coverage:g}"
            raise SentimentError(f"--coverage {problem}", "coverage")
        if self.objective not in {None, *OBJECTIVES}:
            problem = f"must be {' or '.join(OBJECTIVES)}, not '{self.objective}'"
            raise SentimentError(f"--objective {problem}", "objective")
        if self.label is not None and self.precision is None:
            raise SentimentError(
                "--label only says which label --precision applies to; give --precision too",
                "label",
            )

    def check(self, labels: tuple[str, ...]) -> None:
        """Raise SentimentError if a model of these labels cannot meet this goal."""
        Decision(threshold=0.5).check(labels)
        if self.label not in {None, *labels}:
            raise SentimentError(
                f"--label must be {' or '.join(labels)}, not '{self.label}'", "label"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """For each threshold, the rows on one side, and how many of these have the side's label."""

    label: str
    total: int  # the rows on both sides
    rows: IntVector  # (thresholds,)
    right: IntVector  # (thresholds,)

    @property
    def precision(self) -> FloatVector:
        """The share that has the label; 0 without rows."""
        return np.asarray(self.right / np.maximum(self.rows, 1))

    def reaches(self, precision: float) -> BoolVector:
        """Return which thresholds have rows on this side, and at least this precision."""
        return (self.rows > 0) & (self.precision >= precision)

    def must_reach(self, precision: float) -> BoolVector:
        """Return which thresholds reach a precision; SentimentError if none does."""
        reached = self.reaches(precision)
        if reached.any():
            return reached
        best = int(np.lexsort((self.rows, self.precision))[-1])
        raise SentimentError(
            f"no answers of {self.label} reach precision {precision:g} on these rows; the best is "
            f"{self.precision[best]:.4f}, for {self.rows[best]:,} of {counted(self.total, 'row')}",
            ("precision", "label"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdSweep:
    """How every threshold separates the rows; p is the probability of the first label."""

    from_on: Side  # first label: p >= threshold
    above: Side  # first label: p > threshold, as above an uncertain band
    below: Side  # second label: p < threshold
    confusion: IntVector  # (thresholds, 2, 2): without a band

    @classmethod
    def of(cls, predictions: Predictions) -> "ThresholdSweep":
        """Sort and count n rows; SentimentError if all of them have the same label."""
        first, second = predictions.labels
        total = predictions.rows
        order = np.argsort(predictions.probabilities[:, 0])
        lowest_first = predictions.probabilities[order, 0]
        # (n + 1,): examples of the first label among that many lowest.
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
        found, rejected = firsts[-1] - firsts[below], below - firsts[below]
        cells = [[found, firsts[below]], [total - below - found, rejected]]
        return cls(
            from_on=Side(first, total, total - below, found),
            above=Side(first, total, total - not_above, firsts[-1] - firsts[not_above]),
            below=Side(second, total, below, rejected),
            confusion=np.moveaxis(np.array(cells), -1, 0),
        )


@dataclass(frozen=True, slots=True)
class LabelDecisionMetrics:
    """How often one label was answered, and how well."""

    answers: int
    precision: Interval
    recall: Interval  # the share of its examples that got it; those without an answer did not


@dataclass(frozen=True, slots=True)
class DecisionMetrics:
    """What a threshold or an uncertain band does to labelled rows."""

    rows: int
    answered: int
    accuracy: Interval  # of the rows that were answered
    by_label: dict[str, LabelDecisionMetrics]

    @classmethod
    def of(cls, predictions: Predictions, decision: Decision) -> "DecisionMetrics":
        """Count the answers, decided by the same code as in `predict`."""
        chosen = _chosen(predictions, decision)
        right = chosen == predictions.gold
        answered = int((chosen != _UNANSWERED).sum())
        by_label = {}
        for number, (label, support) in enumerate(predictions.support().items()):
            answers = int((chosen == number).sum())
            found = int((right & (chosen == number)).sum())
            shares = (wilson(found, answers), wilson(found, support))
            by_label[label] = LabelDecisionMetrics(answers, *shares)
        return cls(predictions.rows, answered, wilson(int(right.sum()), answered), by_label)

    @property
    def coverage(self) -> float:
        """The share of the rows that was answered."""
        return self.answered / self.rows

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; a metric with an interval is {"value": …, "low": …, "high": …}."""
        return {
            "rows": self.rows,
            "answered": self.answered,
            "coverage": self.coverage,
            "accuracy": self.accuracy.to_json(),
            "by_label": {label: fields_json(its) for label, its in self.by_label.items()},
        }


@dataclass(frozen=True, slots=True)
class Gain:
    """What a threshold gains over 0.5, on the rows it was chosen on."""

    objective: str
    before: float
    after: float
    difference: Interval

    @classmethod
    def of(cls, predictions: Predictions, decision: Decision, objective: str) -> "Gain":
        """Compare a threshold with 0.5; the interval is a percentile bootstrap of the rows.

        What a row adds to either value depends on its label and its two answers only: drawing n of
        these eight cells is drawing n rows.
        """
        answers = (_chosen(predictions, each) for each in (Decision(threshold=0.5), decision))
        cells = np.ravel_multi_index((predictions.gold, *answers), (2, 2, 2))
        counts = np.bincount(cells, minlength=8)
        random = np.random.default_rng(0)
        drawn = random.multinomial(predictions.rows, counts / predictions.rows, size=SAMPLES)
        # The measured rows, then the resamples: gold label, first answer, second answer.
        cubes = np.vstack([counts, drawn]).reshape(-1, 2, 2, 2)
        before, after = (objective_of(cubes.sum(axis=axis), objective) for axis in (3, 2))
        difference, *resampled = (after - before).tolist()
        low, high = np.quantile(resampled, TAILS).tolist()
        interval = Interval.around(difference, low, high, lowest=-1.0)
        return cls(objective, float(before[0]), float(after[0]), interval)


def objective_of(confusion: IntVector, objective: str) -> FloatVector:
    """Return one of OBJECTIVES of confusion matrices: (n, 2, 2) → (n,)."""
    return CONFUSION_METRICS[objective.replace("-", "_")](confusion)


def _chosen(predictions: Predictions, decision: Decision) -> npt.NDArray[np.int8]:
    """Return the number of the label that each row is answered by, or _UNANSWERED (n,)."""
    numbers = {UNCERTAIN: _UNANSWERED} | {
        label: number for number, label in enumerate(predictions.labels)
    }
    answers = decision.predicted(predictions.probabilities, predictions.labels)
    return np.fromiter((numbers[answer] for answer in answers), np.int8, len(answers))


@dataclass(frozen=True, slots=True)
class ThresholdChoice:
    """The threshold or band that was found, and what it does on the rows it was found on."""

    goal: ThresholdGoal
    decision: Decision
    metrics: DecisionMetrics
    gain: Gain | None  # over the threshold 0.5, if an objective was the goal

    def remarks(self) -> list[str]:
        """Return what a reader of the metrics must know, one line each."""
        remarks = []
        if self.gain is not None and self.gain.difference.low <= 0:
            remarks.append("the threshold is not significantly better than 0.5")
        if self.goal.coverage is None:
            remarks.append(
                f"chosen on {counted(self.metrics.rows, 'row')}; "
                "expect slightly lower figures on others"
            )
        return remarks

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the goal, the threshold or band, and its metrics."""
        return {
            "wanted": {name: its for name, its in asdict(self.goal).items() if its is not None},
            "threshold": self.decision.threshold,
            "uncertain": self.decision.uncertain,
            **self.metrics.to_json(),
            "gain": self.gain and fields_json(self.gain),
        }


def find_threshold(predictions: Predictions, goal: ThresholdGoal) -> ThresholdChoice:
    """Find the threshold or band that meets a goal on labelled rows, or raise SentimentError."""
    goal.check(predictions.labels)
    sweep = ThresholdSweep.of(predictions)
    gain = None
    if goal.coverage is not None:
        decision = _surest(sweep, goal.coverage)
    elif goal.precision is None:
        objective = goal.objective or OBJECTIVES[0]
        decision = _best(objective_of(sweep.confusion, objective))
        gain = Gain.of(predictions, decision, objective)
    elif goal.label is None:
        decision = _precise_labels(sweep, goal.precision)
    else:
        side = sweep.from_on if goal.label == sweep.from_on.label else sweep.below
        decision = _best(np.where(side.must_reach(goal.precision), side.rows, 0))
    return ThresholdChoice(goal, decision, DecisionMetrics.of(predictions, decision), gain)


def _precise_labels(sweep: ThresholdSweep, precision: float) -> Decision:
    """Return the rule that answers most rows with this precision for either label.

    One threshold for all rows if there is one, else the narrowest band that does it.
    """
    alone = sweep.from_on.reaches(precision) & sweep.below.reaches(precision)
    if alone.any():
        return _best(np.where(alone, objective_of(sweep.confusion, "accuracy"), 0))
    lows, highs = sweep.below.must_reach(precision), sweep.above.must_reach(precision)
    # For each high end the highest low end that is not above it; -1 if there is none.
    low_of = np.maximum.accumulate(np.where(lows, np.arange(len(lows)), -1))
    answered = np.where(highs & (low_of >= 0), sweep.above.rows + sweep.below.rows[low_of], 0)
    if not answered.any():
        raise SentimentError(
            f"no band gives precision {precision:g} for both labels; "
            "ask for less, or for one label with --label",
            "precision",
        )
    high = int(answered.argmax())
    return _band(float(GRID[low_of[high]]), float(GRID[high]))


def _surest(sweep: ThresholdSweep, coverage: float) -> Decision:
    """Return the band around 0.5 that leaves out as many of the least sure rows as coverage allows.

    C. K. Chow, "On optimum recognition error and reject tradeoff", IEEE Transactions on
    Information Theory 16 (1970): rejecting the least sure rows makes the fewest errors, if the
    probabilities are honest. The true labels play no part in it, so that the accuracy shown is not
    better than it will be on other rows of the kind.
    """
    answered = sweep.below.rows[HALF::-1] + sweep.above.rows[HALF:]
    shares = answered / sweep.below.total
    enough = answered[shares >= coverage]
    if not len(enough):
        raise SentimentError(
            f"{1 - shares[0]:.1%} of the rows have probability 0.5, so no band can answer "
            f"{coverage:.1%}; ask for less",
            "coverage",
        )
    width = int((answered == enough[-1]).argmax())
    return _band(float(GRID[HALF - width]), float(GRID[HALF + width]))


def _band(low: float, high: float) -> Decision:
    """Return the rule that answers below low by the second and above high by the first label."""
    border = min(max(low, 0.5), high)
    return Decision(threshold=None if border == 0.5 else border, uncertain=(low, high))


def _best(values: FloatVector | IntVector) -> Decision:
    """Return the threshold with the highest value; of several, the nearest to 0.5."""
    places = np.flatnonzero(values == values.max())
    return Decision(threshold=float(GRID[places[np.abs(places - HALF).argmin()]]))
