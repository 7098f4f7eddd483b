"""What a command is: a row of the table in `commands.py`."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Session


class Offer(NamedTuple):
    """One way to complete what was typed after a command."""

    value: str
    """The whole argument, not only what is missing of it."""
    description: str = ""


class Command(NamedTuple):
    """What a command does, and what there is to say of it."""

    run: "Callable[[Session, str, Screen], None]"
    """Does it, for the argument that was typed, and shows what there is to show.

    SentimentError for what the user can mend.
    """
    usage: str
    """The argument: "[on|off]", "" for none."""
    description: str
    """Its line of /help."""
    offers: "Callable[[Session, str], Iterable[Offer]]"
    """Completes the argument typed so far; must not wait for a model."""
    details: str
    """What /help NAME says of it, in sentences."""
    example: str
    """What could be typed: "/explain on"."""


def offered(typed: str, offers: Iterable[Offer]) -> list[Offer]:
    """Return the offers that begin with what was typed: "o" → on, off."""
    return [offer for offer in offers if offer.value.startswith(typed)]


def no_offers(_session: "Session", _typed: str) -> list[Offer]:
    """Offer nothing, for commands that take no argument."""
    return []
