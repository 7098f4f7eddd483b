"""/explain, /threshold, /uncertain, /history and /set: how answers are given."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_sentiment_cli.inference.decision import Decision, parse_band
from lstm_sentiment_cli.repl.arguments import OFF, choice, probability
from lstm_sentiment_cli.repl.command import Offer, offered

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session

ON = "on"


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
        value = None if argument == OFF else probability("/threshold", argument)
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
        band = None if argument == OFF else parse_band(argument, "/uncertain")
        session.decide(replace(session.decision or Decision(), uncertain=band))
    screen.show_lines([f"uncertain {shown_band(session)}"])


def uncertain_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer usual bands."""
    return offered(typed, [Offer(OFF, "always an answer"), Offer("0.4,0.6"), Offer("0.35,0.65")])


def history(session: "Session", argument: str, screen: "Screen") -> None:
    """Keep nothing more of what is typed, or forget what was kept."""
    wanted = choice("/history", argument, (OFF, "clear"))
    if session.history is None:
        screen.show_lines(["history is off: nothing that you type is kept"])
    elif wanted == OFF:
        session.history.stop()
        session.history = None
        screen.show_lines(["history off: from now on nothing that you type is kept"])
    else:
        session.history.clear()
        screen.show_lines(["history cleared"])


def history_offers(_session: "Session", typed: str) -> list[Offer]:
    """Offer off and clear."""
    return offered(
        typed, [Offer(OFF, "keep nothing from now on"), Offer("clear", "forget what was typed")]
    )


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
