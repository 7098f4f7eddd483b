"""/explain, /threshold, /uncertain, /history and /set: how answers are given."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision, parse_band
from lstm_sentiment_cli.repl.arguments import OFF, choice, probability
from lstm_sentiment_cli.repl.command import Offer, offered
from lstm_sentiment_cli.repl.history import PrivateHistory, history_path

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session

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
