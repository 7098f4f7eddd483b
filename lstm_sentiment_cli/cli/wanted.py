"""Figures that a user wants a model to reach: `--fail-under` and `--fail-over`."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import typer

from lstm_sentiment_cli.errors import ExitCode, SentimentError, suggestion
from lstm_sentiment_cli.evaluation.behaviour import Rates
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.evaluation.predictions import LABEL_METRIC_NAMES, METRIC_NAMES, Evaluation
from lstm_sentiment_cli.rendering.style import visible

_LOSSES = {"log_loss", "brier", "ece"}
_BEHAVIOUR = "behaviour"


class Wanted(NamedTuple):
    """A figure, by its name in the JSON, and the worst value of it that will do."""

    figure: str
    value: float

    def missed(self, measured: float) -> bool:
        """Whether a value is worse: a loss above it, any other figure below it."""
        return measured > self.value if self.figure in _LOSSES else measured < self.value


def read_wanted(under: Sequence[str], over: Sequence[str], labels: Sequence[str]) -> list[Wanted]:
    """Read what stands after the two options: "accuracy=0.8", "by_label.negative.recall=0.7"."""
    names = _Names(
        (
            *METRIC_NAMES,
            *(_of_label(label, name) for label in labels for name in LABEL_METRIC_NAMES),
        ),
        f"{', '.join(METRIC_NAMES)}, and by_label.{labels[0]}.recall and the like",
        {"--fail-under": "accuracy=0.8", "--fail-over": "ece=0.03"},
    )
    options = (("--fail-under", under), ("--fail-over", over))
    return [_read(typed, option, names) for option, given in options for typed in given]


def read_wanted_of_behaviour(under: Sequence[str], capabilities: Iterable[str]) -> list[Wanted]:
    """Read "behaviour=0.7", the rate of the whole suite, and "behaviour.negation=0.6"."""
    of_capabilities = [_of_capability(each) for each in capabilities]
    names = _Names(
        (_BEHAVIOUR, *of_capabilities),
        f"{_BEHAVIOUR}, and {of_capabilities[0]} and the like",
        {"--fail-under": "behaviour=0.7"},
    )
    return [_read(typed, "--fail-under", names) for typed in under]


def misses(wanted: Sequence[Wanted], evaluation: Evaluation) -> Iterator[str]:
    """Yield a line for each figure that is worse than it must be, or is not defined."""
    return misses_of(wanted, _figures(evaluation))


def misses_of(wanted: Sequence[Wanted], figures: Mapping[str, Interval]) -> Iterator[str]:
    """Yield a line for each figure that is worse than it must be, or is not defined."""
    for each in wanted:
        measured = figures[each.figure]
        if not measured.defined:
            yield f"missed: {each.figure} is not defined on examples of one label"
        elif each.missed(measured.value):
            side = "over" if each.figure in _LOSSES else "under"
            yield f"missed: {each.figure} is {measured.value:.6g}, {side} {each.value:g}"


def _figures(evaluation: Evaluation) -> dict[str, Interval]:
    of_labels = {
        _of_label(label, name): getattr(figures, name)
        for label, figures in evaluation.by_label.items()
        for name in LABEL_METRIC_NAMES
    }
    return {name: getattr(evaluation, name) for name in METRIC_NAMES} | of_labels


def end_with(missed: Iterable[str]) -> None:
    """Say on stderr what was missed, be it quiet or not, and end with 4; do nothing if nothing."""
    lines = list(missed)
    for line in lines:
        sys.stderr.write(visible(line) + "\n")
    if lines:
        raise typer.Exit(ExitCode.FIGURE_MISSED)


def behaviour_figures(rates: Rates) -> dict[str, Interval]:
    """Return the rates of the behaviour suite by the names that they are wanted by."""
    of_capabilities = {
        _of_capability(name): rate.share for name, rate in rates.by_capability.items()
    }
    return {_BEHAVIOUR: rates.total.share} | of_capabilities


class _Names(NamedTuple):
    """The figures that there are."""

    figures: Sequence[str]
    in_words: str
    examples: Mapping[str, str]
    """Option → what may stand after it."""


def _of_capability(name: str) -> str:
    return f"{_BEHAVIOUR}.{name}"


def _of_label(label: str, figure: str) -> str:
    return f"by_label.{label}.{figure}"


def _read(typed: str, option: str, names: _Names) -> Wanted:
    figure, equals, value = typed.rpartition("=")  # a label may hold the sign too
    if not equals:
        example = names.examples[option]
        raise SentimentError(
            f"{option} wants NAME=VALUE, as in {example}; got '{typed}'", option.removeprefix("--")
        )
    if figure not in names.figures:
        raise SentimentError(
            f"{option}: unknown figure '{figure}'{suggestion(figure, names.figures)}; there are "
            f"{names.in_words}"
        )
    right = "--fail-over" if figure in _LOSSES else "--fail-under"
    if option != right:
        better = "lower" if figure in _LOSSES else "higher"
        raise SentimentError(f"{figure} is the better the {better} it is: use {right} {typed}")
    return Wanted(figure, _number(value, figure))


def _number(typed: str, figure: str) -> float:
    highest = float("inf") if figure == "log_loss" else 1.0
    try:
        number = float(typed)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= highest:
        reach = "is 0 or more" if figure == "log_loss" else "goes from 0 to 1"
        raise SentimentError(f"{figure} {reach}; got '{typed}'")
    return number
