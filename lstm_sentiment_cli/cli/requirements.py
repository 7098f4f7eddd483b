"""Metrics that a model must reach: `--fail-under` and `--fail-over`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import typer

from lstm_sentiment_cli.errors import ExitCode, SentimentError, blaming, suggestion
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.rendering.style import visible

_LOSSES = {"log_loss", "brier", "ece"}
_UNDER, _OVER = "fail-under", "fail-over"


class Requirement(NamedTuple):
    """A metric, as the JSON names it, and the worst value that is good enough."""

    metric: str
    limit: float

    def missed(self, value: float) -> bool:
        """Whether a value is worse: a loss above the limit, any other metric below it."""
        return value > self.limit if self.metric in _LOSSES else value < self.limit


def read_requirements(
    under: Sequence[str], over: Sequence[str], known: Sequence[str]
) -> list[Requirement]:
    """Read the two options, such as "accuracy=0.8"; known are the names of all metrics."""
    options = ((_UNDER, under), (_OVER, over))
    return [_read(typed, option, known) for option, given in options for typed in given]


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


def _read(typed: str, option: str, known: Sequence[str]) -> Requirement:
    with blaming(option.replace("-", "_")):
        metric, equals, value = typed.rpartition("=")  # a label may contain the sign too
        if not equals:
            example = f"{known[0]}=0.8" if option == _UNDER else "ece=0.03"
            raise SentimentError(f"--{option} takes NAME=VALUE, as in {example}; got '{typed}'")
        if metric not in known:
            simple = ", ".join(name for name in known if "." not in name)
            dotted = next(name for name in known if "." in name)
            raise SentimentError(
                f"--{option}: unknown metric '{metric}'{suggestion(metric, known)}; "
                f"known are {simple}, and such as {dotted}"
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
