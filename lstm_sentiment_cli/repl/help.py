"""What /help shows."""

from collections.abc import Mapping

from rich.text import Text

from lstm_sentiment_cli.rendering.listing import listing, wrapped
from lstm_sentiment_cli.repl.command import Command

_TEXTS = [
    ("//text", "score a text that begins with a slash"),
    ("a paste", "of several lines: each is scored, none is a command"),
]


def overview(commands: Mapping[str, Command], width: int) -> Text:
    """Return a line for each command, and for what is none."""
    rows = [(_usage(name, each), each.description) for name, each in commands.items()]
    return listing([*rows, *_TEXTS], width)


def about(name: str, command: Command, width: int) -> Text:
    """Return usage, description, what there is to say, and an example."""
    description = command.description[0].upper() + command.description[1:] + "."
    lines = [
        *wrapped(description, width),
        *wrapped(command.details, width),
        f"Example: {command.example}",
    ]
    return Text("\n").join([Text(_usage(name, command), style="bold"), *map(Text, lines)])


def _usage(name: str, command: Command) -> str:
    return f"/{name} {command.usage}".rstrip()
