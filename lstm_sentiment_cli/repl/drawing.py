"""How answers look: what a conversation shows on its screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.answers import (
    Side,
    answer_table,
    column_width,
    comparison_table,
    explained_answer,
    side_by_side,
)
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded
from lstm_sentiment_cli.rendering.explanations import contributions_table
from lstm_sentiment_cli.rendering.style import Display

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation
    from lstm_sentiment_cli.repl.session import Answer

_WIDEST_MODEL = 12


def drawn(answers: Sequence["Answer"], display: Display) -> Text:
    """Return the answer to one text as bars, to several as a table."""
    if len(answers) > 1:
        return _table(answers, display)
    (answer,) = answers
    if answer.compared is None:
        return _block(answer, display)
    room = column_width(display.width)
    left, right = (
        Side(each.model, each.prediction.predicted, _block(each, display.narrowed(room)))
        for each in (answer, answer.compared)
    )
    return side_by_side(left, right, display)


def numbered(answers: Sequence["Answer"], first: int, display: Display) -> Text:
    """Return a table of answers, each after its number, and its model where there are several."""
    numbers = [str(number) for number in range(first, first + len(answers))]
    heads = [f"{number:>{len(numbers[-1])}} " for number in numbers]
    models = [fitted(answer.model, _WIDEST_MODEL, display.ellipsis) for answer in answers]
    if len({answer.model for answer in answers}) > 1:
        widest = max(map(cells, models))
        pairs = zip(heads, models, strict=True)
        heads = [f"{head}{padded(model, widest)} " for head, model in pairs]
    table = answer_table(
        [answer.text for answer in answers],
        [answer.prediction for answer in answers],
        display.narrowed(max(display.width - cells(heads[0]), 1)),
    )
    # What stands below the table, as how many texts were truncated, has no number.
    lines = table.split("\n")[: len(answers)]
    return Text("\n").join(
        Text.assemble((head, "dim"), line) for head, line in zip(heads, lines, strict=True)
    )


def reasons(answer: "Answer", number: int, why: "Explanation", display: Display) -> Text:
    """Return the line of an answer, and what each word of its text adds to that."""
    table = contributions_table(why, answer.predictor.labels, display)
    return Text("\n").join([numbered([answer], number, display), table])


def _block(answer: "Answer", display: Display) -> Text:
    """Return bars and doubts, and, where the answer is explained, its words and the strongest."""
    return explained_answer(
        answer.text,
        answer.prediction,
        answer.doubts,
        answer.explanation,
        display,
        max_tokens=answer.predictor.tokenizer.max_tokens,
    )


def _table(answers: Sequence["Answer"], display: Display) -> Text:
    """Return a line for each answer, in the colours of the words where they are explained."""
    texts = [answer.text for answer in answers]
    predictions = [answer.prediction for answer in answers]
    explanations = [answer.explanation for answer in answers if answer.explanation]
    others = [answer.compared for answer in answers if answer.compared]
    if others:
        return comparison_table(
            texts,
            (answers[0].model, others[0].model),
            (predictions, [other.prediction for other in others]),
            display,
            explanations,
        )
    return answer_table(
        texts,
        predictions,
        display,
        max_tokens=answers[0].predictor.tokenizer.max_tokens,
        explanations=explanations,
    )
