"""Figures that a user wants a model to reach: `--fail-under` and `--fail-over`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.evaluation.evaluate import FIGURES, LABEL_FIGURES, Evaluation
from lstm_sentiment_cli.evaluation.metrics import Interval

_LOSSES = {"log_loss", "brier", "ece"}


class Wanted(NamedTuple):
    """A figure, by its name in the JSON, and the worst value of it that will do."""

    figure: str
    value: float

    def missed(self, measured: float) -> bool:
        """Whether a value is worse: a loss above it, any other figure below it."""
        return measured > self.value if self.figure in _LOSSES else measured < self.value


def read_wanted(under: Sequence[str], over: Sequence[str], labels: Sequence[str]) -> list[Wanted]:
    """Read what stands after the two options: "accuracy=0.8", "by_label.negative.recall=0.7"."""
    options = (("--fail-under", under), ("--fail-over", over))
    return [_read(typed, option, labels) for option, given in options for typed in given]


def misses(wanted: Sequence[Wanted], evaluation: Evaluation) -> Iterator[str]:
    """Yield a line for each figure that is worse than it must be, or is not defined."""
    figures = _figures(evaluation)
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
        for name in LABEL_FIGURES
    }
    return {name: getattr(evaluation, name) for name in FIGURES} | of_labels


def _of_label(label: str, figure: str) -> str:
    return f"by_label.{label}.{figure}"


def _read(typed: str, option: str, labels: Sequence[str]) -> Wanted:
    figure, equals, value = typed.rpartition("=")  # a label may hold the sign too
    names = [*FIGURES, *(_of_label(label, name) for label in labels for name in LABEL_FIGURES)]
    if not equals:
        example = "accuracy=0.8" if option == "--fail-under" else "ece=0.03"
        raise SentimentError(f"{option} wants NAME=VALUE, as in {example}; got '{typed}'")
    if figure not in names:
        raise SentimentError(
            f"{option}: unknown figure '{figure}'{suggestion(figure, names)}; there are "
            f"{', '.join(FIGURES)}, and by_label.{labels[0]}.recall and the like"
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
