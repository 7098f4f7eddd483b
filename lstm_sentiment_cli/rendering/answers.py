"""Answers: one as bars, several as a table, those of two models side by side."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.cells import (
    PERCENTAGE_CELLS,
    cells,
    column_cells,
    fitted,
    fitted_line,
    padded,
    percentage,
    wrapped,
)
from lstm_sentiment_cli.rendering.explanations import (
    coloured,
    coloured_line,
    contributions_table,
    short_explanation,
    strongest,
)
from lstm_sentiment_cli.rendering.style import Display, label_colours

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Doubts
    from lstm_sentiment_cli.inference.sentiment_model import Answer, Prediction

_MARK_CELLS = 2
_SHORTEST_BAR = 2
_NARROWEST_TEXT = 10
_BAR_CELLS = 10
_WIDEST_NAME = 20
_WIDEST_MODEL = 12


def answered(answers: Sequence["Answer"], display: Display) -> Text:
    """Return the answer to one text as bars, to several as a table."""
    if len(answers) > 1:
        table = _comparison_table if answers[0].compared else answer_table
        return table(answers, display)
    (answer,) = answers
    if answer.compared is None:
        return answer_block(answer, display)
    return _side_by_side(answer, answer.compared, display)


def answer_block(answer: "Answer", display: Display, labels: Sequence[str] = ()) -> Text:
    """Return bars, doubts, and, if it is explained, the words in colours and the strongest.

    `labels` are the lines of the bars, if they stand beside those of another model.
    """
    parts = [bars(answer.prediction, display, labels), _notes(answer, display)]
    if answer.explanation is not None:
        known = list(answer.prediction.probabilities)
        parts.append(coloured(answer.text, answer.explanation, known, display))
        parts.append(strongest(answer.explanation, known, display))
    return Text("\n").join(part for part in parts if part.plain)


def bars(prediction: "Prediction", display: Display, labels: Sequence[str] = ()) -> Text:
    """Return a line for each label, the predicted one marked: "▸ positive  97.1% ██████".

    The line of a label that the model lacks is empty.
    """
    labels = labels or list(prediction.probabilities)
    # A line is: mark, label, space, percentage, space, bar.
    room = display.width - _MARK_CELLS - 1 - PERCENTAGE_CELLS - 1
    label_cells = column_cells(labels, display, room - _SHORTEST_BAR)
    colours = label_colours(list(prediction.probabilities))
    lines = []
    for label in labels:
        if (probability := prediction.probabilities.get(label)) is None:
            lines.append(Text())
            continue
        chosen = label == prediction.predicted
        mark = display.sign("▸ ", "> ") if chosen else "  "
        head = f"{mark}{padded(label, label_cells, display.ellipsis)} {percentage(probability)} "
        bar = display.bar(probability, room - label_cells)
        lines.append(Text.assemble((head, "bold" if chosen else ""), (bar, colours[label])))
    return Text("\n").join(lines)


def answer_table(answers: Sequence["Answer"], display: Display) -> Text:
    """Return a line for each text: "positive  97.1% █████████▋ i love this".

    The percentage is that of the answer. If that is "uncertain", it is that of the most probable
    label, which is named: "uncertain, negative  54.3%".
    """
    if not answers:
        return Text()
    shown = [_shown(answer.prediction) for answer in answers]
    # A line is: label, space, percentage, space, bar and space if there is room, text.
    room = display.width - PERCENTAGE_CELLS - 2
    label_cells = column_cells((name for name, *_ in shown), display, room - _NARROWEST_TEXT)
    # If the text would get little room, there are no bars: the percentages say the same.
    bar_cells = _BAR_CELLS if room - label_cells >= _NARROWEST_TEXT + 2 * _BAR_CELLS else 0
    text_cells = room - label_cells - (bar_cells + 1 if bar_cells else 0)
    lines = []
    for answer, (name, probability, colour) in zip(answers, shown, strict=True):
        head = f"{padded(name, label_cells, display.ellipsis)} {percentage(probability)} "
        bar = f"{display.bar(probability, bar_cells).ljust(bar_cells)} " if bar_cells else ""
        text = _text(answer, display.narrowed(text_cells))
        lines.append(Text.assemble((head, "bold"), (bar, colour), text))
    if truncated := sum(answer.prediction.truncated for answer in answers):
        note = f"{truncated} {_truncation(answers[0])}"
        lines.append(fitted_line(note, display, "dim"))
    return Text("\n").join(lines)


def numbered(answers: Sequence["Answer"], first: int, display: Display) -> Text:
    """Return a table of answers with their numbers, and their models if there are several."""
    numbers = [str(number) for number in range(first, first + len(answers))]
    heads = [f"{number:>{len(numbers[-1])}} " for number in numbers]
    if len({answer.model for answer in answers}) > 1:
        models = [fitted(answer.model, _WIDEST_MODEL, display.ellipsis) for answer in answers]
        widest = max(map(cells, models))
        pairs = zip(heads, models, strict=True)
        heads = [f"{head}{padded(model, widest)} " for head, model in pairs]
    table = answer_table(answers, display.narrowed(max(display.width - cells(heads[0]), 1)))
    # The line below the table, on truncated texts, has no number.
    lines = table.split("\n")[: len(answers)]
    return Text("\n").join(
        Text.assemble((head, "dim"), line) for head, line in zip(heads, lines, strict=True)
    )


def reasons(answer: "Answer", number: int, most: int, display: Display) -> Text:
    """Return the line of an answer, and what each of its words adds, at most so many of them."""
    why, others = short_explanation(answer.explain(), most, display)
    table = contributions_table(why, answer.predictor.labels, display)
    parts = [numbered([answer], number, display), table, others]
    return Text("\n").join(part for part in parts if part.plain)


def doubts_of(doubts: "Doubts") -> list[str]:
    """Return the reasons to doubt an answer, other than truncation: ["knows 3 of 7 words"]."""
    in_words = {"no words": "no words to go by", "not English": "clearly not English"}
    return [in_words.get(each, each) for each in doubts.reasons() if each != "truncated"]


def _notes(answer: "Answer", display: Display) -> Text:
    """Return a line on what the bars do not show; an empty Text if there is nothing to say."""
    prediction = answer.prediction
    notes = [] if prediction.predicted in prediction.probabilities else [prediction.predicted]
    notes += doubts_of(answer.doubts) if answer.doubts else []
    notes += [_truncation(answer)] if prediction.truncated else []
    line = display.sign(" · ", ", ").join(notes)
    return fitted_line(line, display, "dim")


def _truncation(answer: "Answer") -> str:
    return f"truncated: the model reads the first {answer.predictor.tokenizer.max_tokens} tokens"


def _shown(prediction: "Prediction") -> tuple[str, float, str]:
    """Return an answer as tables show it, the probability beside it, and its colour."""
    probabilities = prediction.probabilities
    label = prediction.predicted
    if label in probabilities:
        return label, probabilities[label], label_colours(list(probabilities))[label]
    most_probable = max(probabilities, key=probabilities.__getitem__)
    return f"{label}, {most_probable}", probabilities[most_probable], ""


def _text(answer: "Answer", display: Display) -> Text:
    """Return as much of a text as fits on one line, its words in colours if it is explained."""
    if answer.explanation is None:
        return fitted_line(answer.text, display)
    labels = list(answer.prediction.probabilities)
    return coloured_line(answer.text, answer.explanation, labels, display)


_GAP = "   "
_NARROWEST_BLOCK = 30
_NARROWEST_COMPARED_TEXT = 16


def _side_by_side(first: "Answer", second: "Answer", display: Display) -> Text:
    """Return both answers under the names of their models, and a line if they disagree.

    In a narrow terminal one stands below the other.
    """
    half = (display.width - len(_GAP)) // 2
    if half >= _NARROWEST_BLOCK:
        probabilities = (first.prediction.probabilities, second.prediction.probabilities)
        most, others = sorted(probabilities, key=len, reverse=True)
        # Shared labels stand on one line.
        labels = list(most | others) if set(most) & set(others) else []
        narrow, lines = display.narrowed(half), []
        for left, right in zip_longest(
            _headed(first, narrow, labels), _headed(second, narrow, labels), fillvalue=Text()
        ):
            lines.append(Text.assemble(left, " " * (half - cells(left.plain)) + _GAP, right))
            lines[-1].rstrip()
    else:
        lines = [*_headed(first, display), *_headed(second, display)]
    if first.prediction.predicted != second.prediction.predicted:
        said = ", ".join(
            f"{fitted(each.model, _WIDEST_NAME, display.ellipsis)}: "
            f"{fitted(each.prediction.predicted, _WIDEST_NAME, display.ellipsis)}"
            for each in (first, second)
        )
        disagreement = wrapped(f"{display.sign('≠', '!')} {said}", display.width)
        lines += [Text(line, style="bold") for line in disagreement]
    return Text("\n").join(lines)


def _headed(answer: "Answer", display: Display, labels: Sequence[str] = ()) -> list[Text]:
    name = fitted_line(answer.model, display, "bold")
    return [name, *answer_block(answer, display, labels).split("\n")]


def _comparison_table(answers: Sequence["Answer"], display: Display) -> Text:
    """Return a heading and a line for each text: "positive  97.1% ≠ negative  60.2% good grief".

    In a narrow terminal there are no percentages. Words are coloured by the explanations of the
    first model.
    """
    end = display.ellipsis
    pairs = [(answer, answer.compared) for answer in answers if answer.compared]
    shown = [tuple(_shown(each.prediction) for each in pair) for pair in pairs]
    label_cells = [
        column_cells((name for name, *_ in column), display, _WIDEST_NAME)
        for column in zip(*shown, strict=True)
    ]
    with_figures = sum(label_cells) + 2 * (PERCENTAGE_CELLS + 1) + 4
    figures = display.width - with_figures >= _NARROWEST_COMPARED_TEXT
    widths = [room + (PERCENTAGE_CELLS + 1 if figures else 0) for room in label_cells]
    text_cells = max(display.width - sum(widths) - 4, 1)
    models = zip(pairs[0], widths, strict=True)
    heading = "   ".join(padded(each.model, room, end) for each, room in models) + " text"
    lines = [Text(heading[: display.width].rstrip(), style="bold")]
    for pair, answer in zip(pairs, shown, strict=True):
        same = pair[0].prediction.predicted == pair[1].prediction.predicted
        left, right = (
            (padded(name, room, end) + (f" {percentage(probability)}" if figures else ""), colour)
            for (name, probability, colour), room in zip(answer, label_cells, strict=True)
        )
        mark = f" {' ' if same else display.sign('≠', '!')} "
        text = _text(pair[0], display.narrowed(text_cells))
        lines.append(Text.assemble(left, (mark, "bold"), right, " ", text))
    return Text("\n").join(lines)
