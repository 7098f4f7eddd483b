"""The metrics, written for people: with their 95% intervals, and comparisons as sentences."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

NONE = "-"  # stands for a value that is undefined or unknown


class Metric(NamedTuple):
    """What people are told of a metric, how it is written, and which values it can have."""

    title: str
    meaning: str  # in a few words
    of: str = "predictions"  # or "probabilities": the report has a table of each
    percent: bool = True
    bounds: tuple[float, float] = (0.0, 1.0)
    lower_is_better: bool = False


_score = partial(Metric, of="probabilities", percent=False)
_loss = partial(_score, lower_is_better=True)
METRICS = {
    "accuracy": Metric("accuracy", "share of correct predictions"),
    "average_recall": Metric("average recall", "share of a label that is found, mean over labels"),
    "macro_precision": Metric(
        "macro precision", "share of a label's predictions that are correct, mean"
    ),
    "macro_f1": Metric("macro F1", "harmonic mean of precision and recall, mean over labels"),
    "roc_auc": _score("ROC AUC", "how well labels are ranked, mean over labels; 0.5 is chance"),
    "pr_auc": _score("PR AUC", "mean precision as recall rises; of two labels, for the first"),
    "log_loss": _loss(
        "log loss", "mean -ln of the true label's probability; 0 is best", bounds=(0.0, math.inf)
    ),
    "brier": _loss("Brier score", "mean squared error of probabilities; 0 is best"),
    "ece": _loss("calibration error", "how far confidence is from accuracy; 0 is best"),
}
"""Name in JSON → metric, in the order of all output; `evaluation/metrics.py` computes them."""

PEOPLE_METRICS = {
    "people.changed": Metric(
        "changed", "share of templates whose answer changes with the group", lower_is_better=True
    ),
    "people.shift": _loss("shift", "how far a group moves log-odds", bounds=(0.0, math.inf)),
}
"""Name for --fail-over → metric of `evaluation/people.py`."""

OBJECTIVES = ("accuracy", "average-recall", "macro-f1")  # for which a threshold can be the best
PICKS = ("mixed", "random", "uncertain")  # which texts are to be labelled
PERIODS = ("hour", "day", "week", "month", "year")  # into which times are parted
PEERS = ("vader", "majority")  # what a model can be compared with, other models apart


def metric_of(name: str) -> Metric:
    """Return the row of a metric; those without one, such as a label's recall, are shares."""
    return METRICS.get(name) or PEOPLE_METRICS.get(name) or Metric(name, "")


Bounded = tuple[float, float, float]  # a value, and the low and the high end of its interval


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: (1, "row") → "1 row", (12_000, "row") → "12,000 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return names as an error has them, not thousands of them: "a, b, c and 2,997 more"."""
    shown, more = ", ".join(names[:most]), len(names) - most
    return f"{shown} and {more:,} more" if more > 0 else shown


def parts(name: str, bounded: Bounded) -> tuple[str, str]:
    """Return a metric and its interval: ("81.2%", "80.4-82.0") or ("0.4038", "0.3980-0.4100")."""
    value, low, high = bounded
    if math.isnan(value):
        return NONE, NONE
    to = " to " if low < 0 else "-"
    if metric_of(name).percent:
        return f"{value:.1%}", f"{100 * low:.1f}{to}{100 * high:.1f}"
    return f"{value:.4f}", f"{low:.4f}{to}{high:.4f}"


def figure(name: str, bounded: Bounded | None) -> str:
    """Return a metric with its interval: "81.2% (80.4-82.0)", "0.4038 (0.3980-0.4100)", "-"."""
    if bounded is None or math.isnan(bounded[0]):
        return NONE
    value, interval = parts(name, bounded)
    return f"{value} ({interval})"


def share(bounded: Bounded | None) -> str:
    """Return a share with its interval: "81.2% (80.4-82.0)"."""
    return figure("share", bounded)


def points(bounded: Bounded) -> str:
    """Return a difference of shares with its interval: "+0.1 points (-0.2 to +0.3)"."""
    value, low, high = (100 * each for each in bounded)
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


def difference(bounded: Bounded) -> str:
    """Return a difference of scores with its interval: "-0.0200 (-0.0300 to -0.0100)"."""
    value, low, high = bounded
    return f"{value:+.4f} ({low:+.4f} to {high:+.4f})"


def interval_in(fact: object) -> Bounded | None:
    """Return the value and interval in {"value": …, "low": …, "high": …}; else None."""
    match fact:
        case {
            "value": int() | float() as value,
            "low": int() | float() as low,
            "high": int() | float() as high,
        }:
            return value, low, high
        case _:
            return None


def verdict(
    first: str, second: str, paired: Mapping[str, Any], *, of: str = "accuracy", row: str = "row"
) -> str:
    """Return the outcome of a paired comparison as a sentence; "" if the facts are incomplete.

    "a is better than b: accuracy +5.0 points (+2.1 to +7.9), p = 0.0012 (McNemar; only a is right
    on 40 rows, only b on 12)". The facts are those of `PairedComparison.to_json`.
    """
    outcome = {
        "better": f"{first} is better than {second}",
        "worse": f"{first} is worse than {second}",
        "a tie": f"{first} and {second} cannot be told apart",
    }.get(str(paired.get("verdict")))
    gained, p = interval_in(paired.get("difference")), paired.get("p")
    if not (outcome and gained and isinstance(p, int | float)):
        return ""
    written = "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}"
    only_first, only_second = paired.get("only_first"), paired.get("only_second")
    counts = (
        f"; only {first} is right on {counted(only_first, row)}, only {second} on {only_second:,}"
        if isinstance(only_first, int) and isinstance(only_second, int)
        else ""
    )
    return f"{outcome}: {of} {points(gained)}, {written} (McNemar{counts})"
