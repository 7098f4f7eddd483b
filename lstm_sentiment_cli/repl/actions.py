"""/file: what a model says of a whole file."""

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision, parse_band
from lstm_sentiment_cli.repl.command import (
    OFF,
    Offer,
    choice,
    numbered_answer,
    offered,
    probability,
    typed_path,
    whole_number,
)
from lstm_sentiment_cli.repl.corrections import add_correction
from lstm_sentiment_cli.repl.history import PrivateHistory, history_path
from lstm_sentiment_cli.repl.session import explanation_of

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.rendering.style import Display
    from lstm_sentiment_cli.repl.corrections import Corrections
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session


def model(session: "Session", argument: str, screen: "Screen") -> None:
    """Use another model; without an argument, list those there are."""
    if argument:
        screen.show_lines([_said("model", session.switch(argument))])
        return
    from lstm_sentiment_cli.rendering.cells import listing

    screen.show(listing(_rows(session, screen.display), screen.width))


def model_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer the names of models, without reading any."""
    return offered(typed, _names())


def compare(session: "Session", argument: str, screen: "Screen") -> None:
    """Have a second model answer beside the first, or, for "off", none."""
    if argument == OFF:
        session.compare(None)
    elif argument:
        session.compare(argument)
    peer = session.peer
    screen.show_lines([_said("compare", peer) if peer else "compare off"])


def compare_offers(session: "Session", typed: str) -> list[Offer]:
    """Offer off and the names of the models that are not in use."""
    others = [offer for offer in _names() if offer.value != session.model]
    return offered(typed, [*others, Offer(OFF, "one model answers")])


def _said(what: str, predictor: "Predictor") -> str:
    return f"{what} {predictor.name}: {', '.join(predictor.labels)}"


def _names() -> list[Offer]:
    from lstm_sentiment_cli.errors import SentimentError
    from lstm_sentiment_cli.model.locations import list_models

    try:
        return [Offer(found.name, found.source) for found in list_models() if not found.shadowed]
    except SentimentError:  # told when a command needs the folder that cannot be read
        return []


def _rows(session: "Session", display: "Display") -> list[tuple[str, str, str]]:
    """Return a row for each model: name, where it is, labels; the one in use is marked."""
    from lstm_sentiment_cli.model.overview import overviews

    found = {
        each.name: (each.source, ", ".join(each.labels or ("damaged",)))
        for each in overviews()
        if not each.shadowed
    }
    if session.model not in found:  # it was named by its path
        found = {session.model: ("", ", ".join(session.predictor.labels))} | found
    marks = {session.compared: "= ", session.model: display.sign("▸ ", "> ")}
    return [
        (marks.get(name, "  ") + name, source, labels) for name, (source, labels) in found.items()
    ]


ON = "on"
_CLEAR = "clear"
_NONE = "there is no history to switch on where the terminal has no line to edit (TERM=dumb)"


def explain(session: "Session", argument: str, screen: "Screen") -> None:
    """Switch explanations on or off; without an argument, to the other of the two."""
    if argument:
        session.explain = choice("/explain", argument, (ON, OFF)) == ON
    else:
        session.explain = not session.explain
    screen.show_lines([f"explain {on_off(session.explain)}"])


def explain_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer on and off."""
    return offered(
        typed, [Offer(ON, "each answer shows what its words add"), Offer(OFF, "bars alone")]
    )


def threshold(session: "Session", argument: str, screen: "Screen") -> None:
    """Answer the first label from another probability on; without an argument, say from which."""
    if argument:
        value = None if argument.casefold() == OFF else probability("/threshold", argument)
        session.decide(replace(session.decision or Decision(), threshold=value))
    screen.show_lines([f"threshold {shown_threshold(session)}"])


def threshold_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer usual values."""
    return offered(
        typed, [Offer(OFF, "the most probable label"), Offer("0.5"), Offer("0.6"), Offer("0.7")]
    )


def uncertain(session: "Session", argument: str, screen: "Screen") -> None:
    """Answer "uncertain" in another band; without an argument, say in which."""
    if argument:
        band = None if argument.casefold() == OFF else parse_band(argument, "/uncertain")
        session.decide(replace(session.decision or Decision(), uncertain=band))
    screen.show_lines([f"uncertain {shown_band(session)}"])


def uncertain_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer usual bands."""
    return offered(typed, [Offer(OFF, "always an answer"), Offer("0.4,0.6"), Offer("0.35,0.65")])


def history(session: "Session", argument: str, screen: "Screen") -> None:
    """Keep what is typed from now on, or no more of it, or forget what was kept."""
    wanted = choice("/history", argument, (ON, OFF, _CLEAR))
    history = session.history
    if wanted == _CLEAR:
        # What earlier conversations kept goes even where this one keeps nothing.
        (history or PrivateHistory(history_path(), kept=False)).clear()
        screen.show_lines(["history cleared: nothing that was typed is kept any more"])
    elif wanted == OFF:
        if history:
            history.stop()
        screen.show_lines(["history off: from now on nothing that you type is kept"])
    elif history:
        history.resume()
        screen.show_lines(["history on: what you type from now on is kept"])
    else:
        raise SentimentError(_NONE)


def history_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer on, off and clear."""
    return offered(
        typed,
        [
            Offer(ON, "keep what is typed from now on"),
            Offer(OFF, "keep nothing from now on"),
            Offer(_CLEAR, "forget what was typed"),
        ],
    )


def is_kept(session: "Session") -> bool:
    """Return whether what is typed is kept."""
    return session.history is not None and session.history.kept


def on_off(value: bool) -> str:
    """Return how a switch is shown."""
    return ON if value else OFF


def shown_threshold(session: "Session") -> str:
    """Return "0.6", or "off" for the most probable label."""
    value = session.decision and session.decision.threshold
    return OFF if value is None else f"{value:g}"


def shown_band(session: "Session") -> str:
    """Return "0.4,0.6", or "off"."""
    band = session.decision and session.decision.uncertain
    return f"{band[0]:g},{band[1]:g}" if band else OFF


_SHOWN = 10
_LINES_AROUND = 6
"""Around the words of /why: what was typed, two headings, an empty line, prompt and toolbar."""
_LEAST_WORDS = 5
_OFFERED = 20
_ENOUGH = 10
"""So many corrections of each label are the least that training takes."""


def why(session: "Session", argument: str, screen: "Screen") -> None:
    """Show the words' parts in an answer: as many as the screen has lines, the strongest."""
    from lstm_sentiment_cli.rendering.explanations import short_explanation
    from lstm_sentiment_cli.repl.drawing import reasons

    number, answer = numbered_answer(session, "/why", argument)
    most = max(shutil.get_terminal_size().lines - _LINES_AROUND, _LEAST_WORDS)
    display = screen.display
    why, others = short_explanation(explanation_of(answer), most, display)
    table = reasons(answer, number, why, display)
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
    screen.show(numbered(answers, session.answered - len(answers) + 1, screen.display))


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


def file(session: "Session", argument: str, screen: "Screen") -> None:
    """Score a file, and show counts, histogram and surest lines."""
    from lstm_sentiment_cli.rendering.file_summary import file_summary
    from lstm_sentiment_cli.repl.file_scoring import score_file

    path = typed_path("/file", argument)
    rule = session.decision or Decision()
    with screen.counting("texts") as on_progress:
        scored = score_file(session.predictor, path, rule, on_progress)
    screen.show(file_summary(scored.summary, screen.display))
    if scored.broken:
        screen.error(scored.broken)
