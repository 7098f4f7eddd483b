"""Several texts' answers: a line for each, the text last, so that no text can shift a column."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.bars import PERCENTAGE_CELLS, percentage, truncation
from lstm_sentiment_cli.rendering.blocks import bar, ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded
from lstm_sentiment_cli.rendering.explanation import text_column
from lstm_sentiment_cli.rendering.palette import label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation
    from lstm_sentiment_cli.inference.prediction import Prediction

_NARROWEST_TEXT = 10
_BAR_CELLS = 10


def answer_table(
    texts: Sequence[str],
    predictions: Sequence["Prediction"],
    width: int,
    *,
    unicode: bool = True,
    max_tokens: int | None = None,
    explanations: Sequence["Explanation"] = (),
    colours: int = 256,
) -> Text:
    """Return one line for each text: "positive  97.1% █████████▋ i love this".

    The percentage is that of the answer, or of the most probable label when that is "uncertain".
    With explanations, one a text, the words of the texts are shown in `colours`.
    """
    widest = max((cells(fitted(each.predicted, width)) for each in predictions), default=0)
    # A line is: label, space, percentage, space, bar and space if there is room, text.
    room = width - PERCENTAGE_CELLS - 2
    label_cells = max(min(widest, room - _NARROWEST_TEXT), 1)
    # Where the text would be left with little, the bar goes: the percentage says it too.
    bar_cells = _BAR_CELLS if room - label_cells >= _NARROWEST_TEXT + 2 * _BAR_CELLS else 0
    text_cells = room - label_cells - (bar_cells + 1 if bar_cells else 0)
    heads = [_head(each, label_cells, bar_cells, unicode=unicode) for each in predictions]
    labels = list(predictions[0].probabilities) if predictions else []
    shown = text_column(
        texts, explanations, text_cells, labels=labels, unicode=unicode, colours=colours
    )
    lines = [Text.assemble(*each) for each in zip(heads, shown, strict=True)]
    if truncated := sum(each.truncated for each in predictions):
        note = truncation(f"{truncated} truncated", max_tokens)
        lines.append(Text(fitted(note, width, ellipsis(unicode)), style="dim"))
    return Text("\n").join(lines)


def _head(prediction: "Prediction", label_cells: int, bar_cells: int, *, unicode: bool) -> Text:
    """Return what stands before the text: label, percentage, and a bar if there is room."""
    probability, colour = _shown(prediction)
    name = padded(prediction.predicted, label_cells, ellipsis(unicode))
    drawn = bar(probability, bar_cells, unicode=unicode).ljust(bar_cells)
    return Text.assemble(
        (f"{name} {percentage(probability)} ", "bold"), (f"{drawn} " if bar_cells else "", colour)
    )


def _shown(prediction: "Prediction") -> tuple[float, str]:
    """Return the probability that a line shows, and its colour."""
    probabilities = prediction.probabilities
    label = prediction.predicted
    if label not in probabilities:
        return max(probabilities.values()), ""
    return probabilities[label], label_colours(list(probabilities))[label]
