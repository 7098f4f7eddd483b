"""Metrics that a model must reach: `--fail-under` and `--fail-over`."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import typer

from lstm_sentiment_cli.errors import ExitCode, SentimentError, blaming, suggestion
from lstm_sentiment_cli.evaluation.behaviour import Rates
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.evaluation.predictions import LABEL_METRIC_NAMES, METRIC_NAMES, Evaluation
from lstm_sentiment_cli.rendering.style import visible

_LOSSES = {"log_loss", "brier", "ece"}
_BEHAVIOUR = "behaviour"
_UNDER, _OVER = "fail-under", "fail-over"


class Requirement(NamedTuple):
    """A metric, as the JSON names it, and the worst value that is good enough."""

    metric: str
    limit: float

    def missed(self, value: float) -> bool:
        """Whether a value is worse: a loss above the limit, any other metric below it."""
        return value > self.limit if self.metric in _LOSSES else value < self.limit


def read_requirements(
    under: Sequence[str], over: Sequence[str], labels: Sequence[str]
) -> list[Requirement]:
    """Read the two options: "accuracy=0.8", "by_label.negative.recall=0.7"."""
    by_label = [f"by_label.{label}.{name}" for label in labels for name in LABEL_METRIC_NAMES]
    known = _Known(
        (*METRIC_NAMES, *by_label),
        f"{', '.join(METRIC_NAMES)}, and such as by_label.{labels[0]}.recall",
        {_UNDER: "accuracy=0.8", _OVER: "ece=0.03"},
    )
    options = ((_UNDER, under), (_OVER, over))
    return [_read(typed, option, known) for option, given in options for typed in given]


def read_behaviour_requirements(
    under: Sequence[str], capabilities: Iterable[str]
) -> list[Requirement]:
    """Read "behaviour=0.7", the rate of the whole suite, and "behaviour.negation=0.6"."""
    by_capability = [f"{_BEHAVIOUR}.{each}" for each in capabilities]
    known = _Known(
        (_BEHAVIOUR, *by_capability),
        f"{_BEHAVIOUR}, and such as {by_capability[0]}",
        {_UNDER: "behaviour=0.7"},
    )
    return [_read(typed, _UNDER, known) for typed in under]


def metrics_of(evaluation: Evaluation) -> dict[str, Interval]:
    """Return the metrics of an evaluation by the names that requirements have."""
    by_label = {
        f"by_label.{label}.{name}": getattr(metrics, name)
        for label, metrics in evaluation.by_label.items()
        for name in LABEL_METRIC_NAMES
    }
    return {name: getattr(evaluation, name) for name in METRIC_NAMES} | by_label


def behaviour_metrics(rates: Rates) -> dict[str, Interval]:
    """Return the rates of the behaviour suite by the names that requirements have."""
    by_capability = {
        f"{_BEHAVIOUR}.{name}": each.share for name, each in rates.by_capability.items()
    }
    return {_BEHAVIOUR: rates.total.share} | by_capability


def enforce(requirements: Sequence[Requirement], metrics: Mapping[str, Interval]) -> None:
    """End with exit code 4 and a line on stderr, --quiet or not, for each requirement missed."""
    lines = list(misses(requirements, metrics))
    for line in lines:
        sys.stderr.write(visible(line) + "\n")
    if lines:
        raise typer.Exit(ExitCode.FIGURE_MISSED)


def misses(requirements: Sequence[Requirement], metrics: Mapping[str, Interval]) -> Iterator[str]:
    """Yield a line for each metric that is worse than required, or undefined."""
    for required in requirements:
        measured = metrics[required.metric]
        if not measured.defined:
            yield f"missed: {required.metric} is undefined on examples of a single label"
        elif required.missed(measured.value):
            side = "over" if required.metric in _LOSSES else "under"
            yield f"missed: {required.metric} is {measured.value:.6g}, {side} {required.limit:g}"


class _Known(NamedTuple):
    """The metrics that can be required."""

    metrics: Sequence[str]
    in_words: str
    examples: Mapping[str, str]
    """Option → what may follow it."""


def _read(typed: str, option: str, known: _Known) -> Requirement:
    with blaming(option):
        metric, equals, value = typed.rpartition("=")  # a label may contain the sign too
        if not equals:
            example = known.examples[option]
            raise SentimentError(f"--{option} takes NAME=VALUE, as in {example}; got '{typed}'")
        if metric not in known.metrics:
            raise SentimentError(
                f"--{option}: unknown metric '{metric}'{suggestion(metric, known.metrics)}; "
                f"known are {known.in_words}"
            )
        right = _OVER if metric in _LOSSES else _UNDER
        if option != right:
            better = "lower" if metric in _LOSSES else "higher"
            raise SentimentError(f"for {metric}, {better} is better: use --{right} {typed}")
        return Requirement(metric, _limit(value, metric))


def _limit(typed: str, metric: str) -> float:
    highest = float("inf") if metric == "log_loss" else 1.0
    try:
        number = float(typed)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= highest:
        bounds = "0 or more" if metric == "log_loss" else "from 0 to 1"
        raise SentimentError(f"{metric} must be {bounds}; got '{typed}'")
    return number
