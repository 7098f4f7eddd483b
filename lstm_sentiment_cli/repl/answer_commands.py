"""/why, /last, /label and /save: what to do with answers that were given."""

import shutil
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl.answers import explanation_of
from lstm_sentiment_cli.repl.arguments import choice, numbered_answer, typed_path, whole_number
from lstm_sentiment_cli.repl.command import Offer, offered
from lstm_sentiment_cli.repl.corrections import add_correction

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.corrections import Corrections
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session

_SHOWN = 10
_LINES_AROUND = 6
"""Around the words of /why: what was typed, two headings, an empty line, prompt and toolbar."""
_LEAST_WORDS = 5
_OFFERED = 20
_ENOUGH = 10
"""So many corrections of each label are the least that training takes."""


def why(session: "Session", argument: str, screen: "Screen") -> None:
    """Show the words' parts in an answer: as many as the screen has lines, the strongest."""
    from lstm_sentiment_cli.rendering.explanation import short_explanation
    from lstm_sentiment_cli.repl.drawing import reasons

    number, answer = numbered_answer(session, "/why", argument)
    most = max(shutil.get_terminal_size().lines - _LINES_AROUND, _LEAST_WORDS)
    why, others = short_explanation(
        explanation_of(answer), most, screen.width, unicode=screen.unicode
    )
    table = reasons(answer, number, why, screen)
    screen.show(table.append("\n").append_text(others) if others else table)


def last(session: "Session", argument: str, screen: "Screen") -> None:
    """List the last answers with their numbers."""
    from lstm_sentiment_cli.repl.drawing import numbered

    wanting = "/last wants how many answers to list, as 10"
    wanted = whole_number(wanting, argument) if argument else _SHOWN
    if wanted < 1:
        raise SentimentError(f"{wanting}; got '{argument}'")
    answers = list(session.answers)[-wanted:]
    if not answers:
        raise SentimentError("there is no answer yet; type a sentence")
    screen.show(numbered(answers, session.answered - len(answers) + 1, screen))


def label(session: "Session", argument: str, screen: "Screen") -> None:
    """Keep the right label of an answer."""
    typed, number = _label_and_number(argument)
    _, answer = numbered_answer(session, "/label", number)
    labels = answer.predictor.labels
    right = choice("/label", typed, labels)
    corrections = add_correction(session.corrections, answer.text, right)
    screen.show_lines(_told(corrections, labels, session.model))


def save(session: "Session", argument: str, screen: "Screen") -> None:
    """Write the answers so far into a file."""
    from lstm_sentiment_cli.repl.saving import save_answers

    path = typed_path("/save", argument)
    if not session.answers:
        raise SentimentError("there is no answer to save yet; type a sentence")
    count = len(session.answers)
    rows = save_answers(path, list(session.answers), session.answered - count + 1)
    told = f"{path}: {_counted(count, 'answer')}"
    # An answer that was compared has a row for each of the two models.
    screen.show_lines([told if rows == count else f"{told}, {_counted(rows, 'row')}"])


def number_offers(session: "Session", typed: str) -> list[Offer]:
    """Offer the numbers of the last answers, the last first."""
    newest = [
        Offer(str(session.answered - back), answer.text)
        for back, answer in enumerate(reversed(session.answers))
        if back < _OFFERED
    ]
    return offered(typed, newest)


def label_offers(session: "Session", typed: str) -> list[Offer]:
    """Offer the labels, then the numbers of the last answers."""
    if not session.answers:
        return []
    labels = session.answers[-1].predictor.labels
    right, space, number = typed.rpartition(" ")
    if space and right in labels:
        found = number_offers(session, number)
        return [Offer(f"{right} {offer.value}", offer.description) for offer in found]
    return offered(typed, [Offer(each) for each in labels])


def _label_and_number(argument: str) -> tuple[str, str]:
    """Return what was typed: "very positive 3" → ("very positive", "3"), "negative" → (…, "")."""
    before, _, end = argument.rpartition(" ")
    return (before.strip(), end) if before and end.isdecimal() else (argument, "")


def _counted(count: int, noun: str) -> str:
    """Return how many there are: (2, "row") → "2 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _told(corrections: "Corrections", labels: tuple[str, ...], model: str) -> list[str]:
    """Return how many corrections there are, and, once they are enough, what to do with them."""
    import shlex

    counts = corrections.counts
    rows = _counted(sum(counts.values()), "row")
    each = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    lines = [f"{corrections.path}: {rows} ({each})"]
    if all(counts.get(name, 0) >= _ENOUGH for name in labels):
        lines.append(
            f"teach them: lstm-sentiment train {shlex.quote(str(corrections.path))} "
            f"--from {shlex.quote(model)} --learning-rate 0.0002 --output models/corrected"
        )
    return lines
