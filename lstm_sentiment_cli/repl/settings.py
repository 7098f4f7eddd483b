"""What can be set in a conversation, and what each setting is now."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.repl.arguments import OFF
from lstm_sentiment_cli.repl.setting_commands import (
    is_kept,
    on_off,
    shown_band,
    shown_threshold,
)

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.session import Session

TYPED = "typed here"
DEFAULT = "default"


class Setting(NamedTuple):
    """One setting of a conversation."""

    value: "Callable[[Session], str]"
    """What it is now, as it would be typed."""
    command: str | None
    """The command that sets it; None for what is settled when the REPL starts."""


SETTINGS = {
    "model": Setting(lambda session: session.model, "model"),
    "compare": Setting(lambda session: session.compared or OFF, "compare"),
    "threshold": Setting(shown_threshold, "threshold"),
    "uncertain": Setting(shown_band, "uncertain"),
    "explain": Setting(lambda session: on_off(session.explain), "explain"),
    "history": Setting(lambda session: on_off(is_kept(session)), "history"),
    "vi": Setting(lambda session: on_off(session.vi), None),
    "corrections": Setting(lambda session: str(session.corrections), None),
}


def values(session: "Session") -> dict[str, str]:
    """Return every setting's value: {"model": "default", "compare": "off", …}."""
    return {name: setting.value(session) for name, setting in SETTINGS.items()}


def note_changes(session: "Session", before: dict[str, str]) -> None:
    """Remember that what is not as it was before has been typed in the conversation."""
    now = values(session)
    session.origins.update({name: TYPED for name in now if now[name] != before[name]})


def rows(session: "Session") -> list[tuple[str, str, str]]:
    """Return name, value and origin of each setting."""
    return [
        (name, value, session.origins.get(name, DEFAULT)) for name, value in values(session).items()
    ]
