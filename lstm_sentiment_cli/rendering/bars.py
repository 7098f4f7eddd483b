"""One text's answer: a bar for each label, as wide as the terminal allows."""

from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.blocks import bar, ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded
from lstm_sentiment_cli.rendering.palette import label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.doubts import Doubts
    from lstm_sentiment_cli.inference.prediction import Prediction

PERCENTAGE_CELLS = 6  # "100.0%"
_MARK_CELLS = 2
_SHORTEST_BAR = 2


def answer(
    prediction: "Prediction",
    width: int,
    *,
    unicode: bool = True,
    max_tokens: int | None = None,
    doubts: "Doubts | None" = None,
) -> Text:
    """Return bars, and below them what there is to doubt of the answer."""
    notes = []
    if prediction.predicted not in prediction.probabilities:
        notes.append(prediction.predicted)
    if doubts is not None:
        notes += reasons(doubts)
    if prediction.truncated:
        notes.append(truncation("truncated", max_tokens))
    drawn = bars(prediction, width, unicode=unicode)
    if not notes:
        return drawn
    line = (" · " if unicode else ", ").join(notes)
    return drawn.append("\n").append(fitted(line, width, ellipsis(unicode)), "dim")


def reasons(doubts: "Doubts") -> list[str]:
    """Return what there is to doubt of an answer: ["knows 3 of 7 words"], [] where nothing is."""
    if not doubts.words:
        return ["no words to go by"]
    found = []
    if 3 * doubts.known <= 2 * doubts.words:
        found.append(f"knows {doubts.known} of {doubts.words} words")
    if not doubts.english:
        found.append("plainly not English")
    return found


def bars(prediction: "Prediction", width: int, *, unicode: bool = True) -> Text:
    """Return one line for each label, the predicted one marked: "▸ positive  97.1% ██████"."""
    widest = max(cells(fitted(label, width)) for label in prediction.probabilities)
    # A line is: mark, label, space, percentage, space, bar.
    room = width - _MARK_CELLS - 1 - PERCENTAGE_CELLS - 1
    label_cells = max(min(widest, room - _SHORTEST_BAR), 1)
    colours = label_colours(list(prediction.probabilities))
    lines = []
    for label, probability in prediction.probabilities.items():
        chosen = label == prediction.predicted
        mark = ("▸ " if unicode else "> ") if chosen else "  "
        name = padded(label, label_cells, ellipsis(unicode))
        drawn = bar(probability, room - label_cells, unicode=unicode)
        head = f"{mark}{name} {percentage(probability)} "
        lines.append(Text.assemble((head, "bold" if chosen else ""), (drawn, colours[label])))
    return Text("\n").join(lines)


def percentage(probability: float) -> str:
    """Return a probability for people, always as wide: 0.9713 → " 97.1%"."""
    return f"{probability:{PERCENTAGE_CELLS}.1%}"


def truncation(what: str, max_tokens: int | None) -> str:
    """Return the line that says a text was too long for the model."""
    limit = "" if max_tokens is None else f"{max_tokens} "
    return f"{what}: the model reads the first {limit}tokens"
