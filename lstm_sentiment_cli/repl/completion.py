"""Completion of commands: never of texts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from lstm_sentiment_cli.rendering.visible import visible
from lstm_sentiment_cli.repl.command import Offer
from lstm_sentiment_cli.repl.commands import COMMANDS, offers
from lstm_sentiment_cli.repl.entry import Call, call_in

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.session import Session


class CommandCompleter(Completer):
    """Offers the commands after a slash, and after a command what its argument can be."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Yield what can stand in the place of the word, or the argument, before the cursor."""
        del complete_event
        if call_in(document.text) is None:
            return
        typed, offered = _offered(self._session, document.text_before_cursor)
        folder = typed[: typed.rfind("/", 1) + 1]
        for offer in offered:
            # The name of a file can hold the end of a line, which would make texts of a command.
            if "\n" not in offer.value:
                yield Completion(
                    offer.value,
                    start_position=-len(typed),
                    display=visible(offer.value.removeprefix(folder)),
                    display_meta=visible(offer.description),
                )


def _offered(session: "Session", before_cursor: str) -> tuple[str, list[Offer]]:
    """Return what of the text an offer replaces, and the offers: "/mo" → "/mo", [/model]."""
    command, space, argument = before_cursor.partition(" ")
    if not space:
        names = [Offer(f"/{name}", each.description) for name, each in COMMANDS.items()]
        return command, [offer for offer in names if offer.value.startswith(command)]
    argument = argument.lstrip()
    return argument, list(offers(session, Call(command[1:], argument)))
