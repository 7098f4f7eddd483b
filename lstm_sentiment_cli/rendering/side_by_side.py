"""Two models' answers to the same texts: beside each other, or as columns of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from lstm_sentiment_cli.rendering.bars import PERCENTAGE_CELLS, percentage
from lstm_sentiment_cli.rendering.blocks import ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded
from lstm_sentiment_cli.rendering.explanation import text_column
from lstm_sentiment_cli.rendering.listing import wrapped
from lstm_sentiment_cli.rendering.palette import label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation
    from lstm_sentiment_cli.inference.prediction import Prediction

_GAP = "   "
_NARROWEST = 30
_NARROWEST_TEXT = 16
_WIDEST_ANSWER = 16
_WIDEST_NAME = 20


class Side(NamedTuple):
    """One model's answer to a text."""

    model: str
    predicted: str
    shown: Text
    """Its lines, none wider than `column_width`."""


def column_width(width: int) -> int:
    """Return how wide each of two answers may be; the whole width where two find no room."""
    half = (width - len(_GAP)) // 2
    return half if half >= _NARROWEST else width


def side_by_side(left: Side, right: Side, width: int, *, unicode: bool = True) -> Text:
    """Return both answers under the names of their models, and a line where they disagree."""
    room = column_width(width)
    end = ellipsis(unicode)
    first, second = _headed(left, room, end), _headed(right, room, end)
    lines = _beside(first, second, room) if room < width else [*first, *second]
    if left.predicted != right.predicted:
        answers = (_said(side, end) for side in (left, right))
        said = f"{unequal(unicode)} {', '.join(answers)}"
        lines += [Text(line, style="bold") for line in wrapped(said, width)]
    return Text("\n").join(lines)


def comparison_table(
    texts: Sequence[str],
    models: tuple[str, str],
    predictions: tuple[Sequence["Prediction"], Sequence["Prediction"]],
    width: int,
    *,
    unicode: bool = True,
    explanations: Sequence["Explanation"] = (),
    colours: int = 256,
) -> Text:
    """Return a heading and a line for each text: "positive  97.1% ≠ negative  60.2% good grief".

    Where there is little room the percentages go. With explanations, the first model's, the words
    of the texts are shown in `colours`.
    """
    end = ellipsis(unicode)
    label_cells = [_widest(column) for column in predictions]
    with_figures = sum(label_cells) + 2 * (PERCENTAGE_CELLS + 1) + 4
    figures = width - with_figures >= _NARROWEST_TEXT
    column_cells = [room + (PERCENTAGE_CELLS + 1 if figures else 0) for room in label_cells]
    text_cells = max(width - sum(column_cells) - 4, 1)
    first, second = (
        padded(model, room, end) for model, room in zip(models, column_cells, strict=True)
    )
    lines = [Text(f"{first}   {second} text"[:width].rstrip(), style="bold")]
    shown = text_column(
        texts,
        explanations,
        text_cells,
        labels=list(predictions[0][0].probabilities),
        unicode=unicode,
        colours=colours,
    )
    for text, *pair in zip(shown, *predictions, strict=True):
        mark = " " if pair[0].predicted == pair[1].predicted else unequal(unicode)
        left, right = (
            _answer(each, room, end, figures=figures)
            for each, room in zip(pair, label_cells, strict=True)
        )
        lines.append(Text.assemble(left, (f" {mark} ", "bold"), right, " ", text))
    return Text("\n").join(lines)


def unequal(unicode: bool) -> str:
    """Return the sign for answers that differ."""
    return "≠" if unicode else "!"


def _said(side: Side, end: str) -> str:
    return f"{fitted(side.model, _WIDEST_NAME, end)}: {fitted(side.predicted, _WIDEST_NAME, end)}"


def _headed(side: Side, width: int, end: str) -> list[Text]:
    return [Text(fitted(side.model, width, end), style="bold"), *side.shown.split("\n")]


def _beside(left: Sequence[Text], right: Sequence[Text], room: int) -> list[Text]:
    """Return the lines of both, the second ones at the same place of every line."""
    height = max(len(left), len(right))
    lines = []
    for row in range(height):
        first = left[row].copy() if row < len(left) else Text()
        second = right[row] if row < len(right) else Text()
        first.append(" " * (room - cells(first.plain)) + _GAP)
        line = first + second
        line.rstrip()
        lines.append(line)
    return lines


def _widest(predictions: Sequence["Prediction"]) -> int:
    return max((cells(fitted(each.predicted, _WIDEST_ANSWER)) for each in predictions), default=1)


def _answer(prediction: "Prediction", room: int, end: str, *, figures: bool) -> tuple[str, str]:
    """Return an answer with its probability, and its colour."""
    probabilities = prediction.probabilities
    label = prediction.predicted
    likely = probabilities.get(label, max(probabilities.values()))
    colour = label_colours(list(probabilities)).get(label, "")
    figure = f" {percentage(likely)}" if figures else ""
    return padded(label, room, end) + figure, colour
