"""/why, /last, /label and /save: what to do with answers that were given."""

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
_OFFERED = 20
_ENOUGH = 10
"""So many corrections of each label are the least that training takes."""


def why(session: "Session", argument: str, screen: "Screen") -> None:
    """Show every word's part in an answer."""
    from lstm_sentiment_cli.repl.drawing import reasons

    number, answer = numbered_answer(session, "/why", argument)
    screen.show(reasons(answer, number, explanation_of(answer), screen))


def last(session: "Session", argument: str, screen: "Screen") -> None:
    """List the last answers with their numbers."""
    from lstm_sentiment_cli.repl.drawing import numbered

    wanted = whole_number("/last", argument) if argument else _SHOWN
    if wanted < 1:
        raise SentimentError("/last wants how many answers to list, as 10; got '0'")
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
    save_answers(path, list(session.answers))
    count = len(session.answers)
    screen.show_lines([f"{path}: {count:,} {'answer' if count == 1 else 'answers'}"])


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


def _told(corrections: "Corrections", labels: tuple[str, ...], model: str) -> list[str]:
    """Return how many corrections there are, and, once they are enough, what to do with them."""
    import shlex

    counts = corrections.counts
    rows = sum(counts.values())
    each = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    lines = [f"{corrections.path}: {rows:,} {'row' if rows == 1 else 'rows'} ({each})"]
    if all(counts.get(name, 0) >= _ENOUGH for name in labels):
        lines.append(
            f"teach them: lstm-sentiment train {shlex.quote(str(corrections.path))} "
            f"--from {shlex.quote(model)} --learning-rate 0.0002 --output models/corrected"
        )
    return lines
