"""How answers look: what a conversation shows on its screen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering import bars, explanation, tables
from lstm_sentiment_cli.rendering.blocks import ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded
from lstm_sentiment_cli.rendering.side_by_side import (
    Side,
    column_width,
    comparison_table,
    side_by_side,
)

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation
    from lstm_sentiment_cli.repl.answers import Answer
    from lstm_sentiment_cli.repl.screen import Screen

_WIDEST_MODEL = 12


def drawn(answers: Sequence["Answer"], screen: "Screen") -> Text:
    """Return the answer to one text as bars, to several as a table."""
    if len(answers) > 1:
        return _table(answers, screen)
    (answer,) = answers
    if answer.compared is None:
        return _block(answer, screen.width, screen)
    room = column_width(screen.width)
    left, right = (
        Side(each.model, each.prediction.predicted, _block(each, room, screen))
        for each in (answer, answer.compared)
    )
    return side_by_side(left, right, screen.width, unicode=screen.unicode)


def numbered(answers: Sequence["Answer"], first: int, screen: "Screen") -> Text:
    """Return a table of answers, each after its number, and its model where there are several."""
    end = ellipsis(screen.unicode)
    numbers = [str(number) for number in range(first, first + len(answers))]
    heads = [f"{number:>{len(numbers[-1])}} " for number in numbers]
    models = [fitted(answer.model, _WIDEST_MODEL, end) for answer in answers]
    if len({answer.model for answer in answers}) > 1:
        widest = max(map(cells, models))
        pairs = zip(heads, models, strict=True)
        heads = [f"{head}{padded(model, widest)} " for head, model in pairs]
    table = tables.answer_table(
        [answer.text for answer in answers],
        [answer.prediction for answer in answers],
        max(screen.width - cells(heads[0]), 1),
        unicode=screen.unicode,
    )
    # What stands below the table, as how many texts were truncated, has no number.
    lines = table.split("\n")[: len(answers)]
    return Text("\n").join(
        Text.assemble((head, "dim"), line) for head, line in zip(heads, lines, strict=True)
    )


def reasons(answer: "Answer", why: "Explanation", screen: "Screen") -> Text:
    """Return a text, what was answered, and what each of its words adds to that."""
    text = Text(fitted(answer.text, screen.width, ellipsis(screen.unicode)), style="bold")
    table = explanation.contributions_table(
        why,
        screen.width,
        labels=answer.predictor.labels,
        unicode=screen.unicode,
        colour=screen.colour,
    )
    return Text("\n").join([text, table])


def _block(answer: "Answer", width: int, screen: "Screen") -> Text:
    """Return bars and doubts, and, where the answer is explained, its words and the strongest."""
    parts = [
        bars.answer(
            answer.prediction,
            width,
            unicode=screen.unicode,
            max_tokens=answer.predictor.tokenizer.max_tokens,
            doubts=answer.doubts,
        )
    ]
    if why := answer.explanation:
        labels, unicode, colour = answer.predictor.labels, screen.unicode, screen.colour
        parts += [
            explanation.coloured(
                answer.text, why, width, labels=labels, unicode=unicode, colour=colour
            ),
            explanation.strongest(why, width, labels=labels, unicode=unicode, colour=colour),
        ]
    return Text("\n").join([part for part in parts if part.plain])


def _table(answers: Sequence["Answer"], screen: "Screen") -> Text:
    texts = [answer.text for answer in answers]
    predictions = [answer.prediction for answer in answers]
    others = [answer.compared for answer in answers if answer.compared]
    if others:
        return comparison_table(
            texts,
            (answers[0].model, others[0].model),
            (predictions, [other.prediction for other in others]),
            screen.width,
            unicode=screen.unicode,
        )
    return tables.answer_table(
        texts,
        predictions,
        screen.width,
        unicode=screen.unicode,
        max_tokens=answers[0].predictor.tokenizer.max_tokens,
    )
