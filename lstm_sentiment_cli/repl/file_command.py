"""/file: what a model says of a whole file."""

from typing import TYPE_CHECKING

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.repl import paths
from lstm_sentiment_cli.repl.arguments import typed_path
from lstm_sentiment_cli.repl.command import Offer

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session


def file(session: "Session", argument: str, screen: "Screen") -> None:
    """Score a file, and show counts, histogram and surest lines."""
    from lstm_sentiment_cli.rendering.file_summary import file_summary
    from lstm_sentiment_cli.repl.file_scoring import score_file

    path = typed_path("/file", argument)
    rule = session.decision or Decision()
    with screen.counting("texts") as on_progress:
        scored = score_file(session.predictor, path, rule, on_progress)
    screen.show(file_summary(scored.summary, screen.width, unicode=screen.unicode))
    if scored.broken:
        screen.error(scored.broken)


def path_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer what lies in the folder typed so far."""
    return paths.path_offers(typed)
