"""/model and /compare: who answers."""

from typing import TYPE_CHECKING

from lstm_sentiment_cli.repl.arguments import OFF
from lstm_sentiment_cli.repl.command import Offer, offered

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session


def model(session: "Session", argument: str, screen: "Screen") -> None:
    """Use another model; without an argument, list those there are."""
    if argument:
        screen.show_lines([_said("model", session.switch(argument))])
        return
    from lstm_sentiment_cli.rendering.listing import listing

    screen.show(listing(_rows(session, unicode=screen.unicode), screen.width))


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


def _rows(session: "Session", *, unicode: bool) -> list[tuple[str, str, str]]:
    """Return a row for each model: name, where it is, labels; the one in use is marked."""
    from lstm_sentiment_cli.model.overview import overviews

    found = {
        each.name: (each.source, ", ".join(each.labels or ("damaged",)))
        for each in overviews()
        if not each.shadowed
    }
    if session.model not in found:  # it was named by its path
        found = {session.model: ("", ", ".join(session.predictor.labels))} | found
    marks = {session.compared: "= ", session.model: "▸ " if unicode else "> "}
    return [
        (marks.get(name, "  ") + name, source, labels) for name, (source, labels) in found.items()
    ]
