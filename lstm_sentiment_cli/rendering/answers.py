"""Two models' answers to the same texts: beside each other, or as columns of a table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from lstm_sentiment_cli.rendering.cells import cells, fitted, padded, wrapped
from lstm_sentiment_cli.rendering.explanations import coloured, strongest, text_column
from lstm_sentiment_cli.rendering.style import Display, label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Doubts, Explanation
    from lstm_sentiment_cli.inference.sentiment_model import Prediction


PERCENTAGE_CELLS = 6  # "100.0%"
_MARK_CELLS = 2
_SHORTEST_BAR = 2


def answer(
    prediction: "Prediction",
    display: Display,
    *,
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
    drawn = bars(prediction, display)
    if not notes:
        return drawn
    line = display.sign(" · ", ", ").join(notes)
    return drawn.append("\n").append(fitted(line, display.width, display.ellipsis), "dim")


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


def bars(prediction: "Prediction", display: Display) -> Text:
    """Return one line for each label, the predicted one marked: "▸ positive  97.1% ██████"."""
    widest = max(cells(fitted(label, display.width)) for label in prediction.probabilities)
    # A line is: mark, label, space, percentage, space, bar.
    room = display.width - _MARK_CELLS - 1 - PERCENTAGE_CELLS - 1
    label_cells = max(min(widest, room - _SHORTEST_BAR), 1)
    colours = label_colours(list(prediction.probabilities))
    lines = []
    for label, probability in prediction.probabilities.items():
        chosen = label == prediction.predicted
        mark = display.sign("▸ ", "> ") if chosen else "  "
        name = padded(label, label_cells, display.ellipsis)
        drawn = display.bar(probability, room - label_cells)
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


_SHORTEST_COUNT_BAR = 4


def count_bars(
    counts: Mapping[str, int], display: Display, colours: Mapping[str, str] | None = None
) -> Text:
    """Return one line for each count, the longest bar for the highest: "positive  12  60.0% ██".

    The percentage is of the sum of the counts.
    """
    total, highest = max(sum(counts.values()), 1), max([*counts.values(), 1])
    figures = {name: f"{count:,} {percentage(count / total)}" for name, count in counts.items()}
    figure_cells = max(map(len, figures.values()), default=0)
    widest = max((cells(fitted(name, display.width)) for name in counts), default=0)
    # A line is: name, space, count, space, percentage, space, bar.
    room = display.width - figure_cells - 2
    name_cells = max(min(widest, room - _SHORTEST_COUNT_BAR), 1)
    lines = []
    for name, count in counts.items():
        drawn = display.bar(count / highest, room - name_cells)
        head = f"{padded(name, name_cells, display.ellipsis)} {figures[name]:>{figure_cells}} "
        lines.append(Text.assemble(head, (drawn, (colours or {}).get(name, ""))))
    return Text("\n").join(lines)


def explained_answer(
    text: str,
    prediction: "Prediction",
    doubts: "Doubts",
    explanation: "Explanation | None",
    display: Display,
    *,
    max_tokens: int,
) -> Text:
    """Return bars and doubts, and below them the text in colours and its strongest words."""
    shown = answer(prediction, display, max_tokens=max_tokens, doubts=doubts)
    if explanation is None:
        return shown
    labels = list(prediction.probabilities)
    parts = [
        shown,
        coloured(text, explanation, labels, display),
        strongest(explanation, labels, display),
    ]
    return Text("\n").join(part for part in parts if part.plain)


_NARROWEST_TEXT = 10
_BAR_CELLS = 10


def answer_table(
    texts: Sequence[str],
    predictions: Sequence["Prediction"],
    display: Display,
    *,
    max_tokens: int | None = None,
    explanations: Sequence["Explanation"] = (),
) -> Text:
    """Return one line for each text: "positive  97.1% █████████▋ i love this".

    The percentage is that of the answer, or of the most probable label when that is "uncertain".
    With explanations, one a text, the words of the texts are shown in colours.
    """
    widest = max((cells(fitted(each.predicted, display.width)) for each in predictions), default=0)
    # A line is: label, space, percentage, space, bar and space if there is room, text.
    room = display.width - PERCENTAGE_CELLS - 2
    label_cells = max(min(widest, room - _NARROWEST_TEXT), 1)
    # Where the text would be left with little, the bar goes: the percentage says it too.
    bar_cells = _BAR_CELLS if room - label_cells >= _NARROWEST_TEXT + 2 * _BAR_CELLS else 0
    text_cells = room - label_cells - (bar_cells + 1 if bar_cells else 0)
    heads = [_head(each, label_cells, bar_cells, display) for each in predictions]
    labels = list(predictions[0].probabilities) if predictions else []
    shown = text_column(texts, explanations, labels, display.narrowed(text_cells))
    lines = [Text.assemble(*each) for each in zip(heads, shown, strict=True)]
    if truncated := sum(each.truncated for each in predictions):
        note = truncation(f"{truncated} truncated", max_tokens)
        lines.append(Text(fitted(note, display.width, display.ellipsis), style="dim"))
    return Text("\n").join(lines)


def _head(prediction: "Prediction", label_cells: int, bar_cells: int, display: Display) -> Text:
    """Return what stands before the text: label, percentage, and a bar if there is room."""
    probability, colour = _shown(prediction)
    name = padded(prediction.predicted, label_cells, display.ellipsis)
    drawn = display.bar(probability, bar_cells).ljust(bar_cells)
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


_GAP = "   "
_NARROWEST = 30
_NARROWEST_COMPARED_TEXT = 16
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


def side_by_side(left: Side, right: Side, display: Display) -> Text:
    """Return both answers under the names of their models, and a line where they disagree."""
    width, end = display.width, display.ellipsis
    room = column_width(width)
    first, second = _headed(left, room, end), _headed(right, room, end)
    lines = _beside(first, second, room) if room < width else [*first, *second]
    if left.predicted != right.predicted:
        answers = (_said(side, end) for side in (left, right))
        said = f"{_unequal(display)} {', '.join(answers)}"
        lines += [Text(line, style="bold") for line in wrapped(said, width)]
    return Text("\n").join(lines)


def comparison_table(
    texts: Sequence[str],
    models: tuple[str, str],
    predictions: tuple[Sequence["Prediction"], Sequence["Prediction"]],
    display: Display,
    explanations: Sequence["Explanation"] = (),
) -> Text:
    """Return a heading and a line for each text: "positive  97.1% ≠ negative  60.2% good grief".

    Where there is little room the percentages go. With explanations, the first model's, the words
    of the texts are shown in colours.
    """
    width, end = display.width, display.ellipsis
    label_cells = [_widest(column) for column in predictions]
    with_figures = sum(label_cells) + 2 * (PERCENTAGE_CELLS + 1) + 4
    figures = width - with_figures >= _NARROWEST_COMPARED_TEXT
    column_cells = [room + (PERCENTAGE_CELLS + 1 if figures else 0) for room in label_cells]
    text_cells = max(width - sum(column_cells) - 4, 1)
    first, second = (
        padded(model, room, end) for model, room in zip(models, column_cells, strict=True)
    )
    lines = [Text(f"{first}   {second} text"[:width].rstrip(), style="bold")]
    labels = list(predictions[0][0].probabilities)
    shown = text_column(texts, explanations, labels, display.narrowed(text_cells))
    for text, *pair in zip(shown, *predictions, strict=True):
        mark = " " if pair[0].predicted == pair[1].predicted else _unequal(display)
        left, right = (
            _answer(each, room, end, figures=figures)
            for each, room in zip(pair, label_cells, strict=True)
        )
        lines.append(Text.assemble(left, (f" {mark} ", "bold"), right, " ", text))
    return Text("\n").join(lines)


def _unequal(display: Display) -> str:
    return display.sign("≠", "!")


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
