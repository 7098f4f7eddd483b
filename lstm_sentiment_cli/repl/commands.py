"""Commands: words after a slash at the start of a typed line."""

from collections.abc import Callable
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.repl.session import Session


class Call(NamedTuple):
    """A command as it was typed."""

    name: str
    argument: str


class Command(NamedTuple):
    """What a command does, and the line of /help about it."""

    run: Callable[[Session, str], list[str]]
    usage: str
    description: str


def call_in(typed: str) -> Call | None:
    """Return the command that was typed, None for a text: "/model tiny" → ("model", "tiny").

    Only a slash at the very start makes a command, and only on a single line: of several lines,
    which come from a paste, each is a text.
    """
    if not typed.startswith("/") or typed.startswith("//") or "\n" in typed:
        return None
    name, _, argument = typed[1:].partition(" ")
    return Call(name, argument.strip())


def texts_in(typed: str) -> list[str]:
    r"""Return the texts to score: "a\n\n/b" → ["a", "/b"], and on a single line "//b" → ["/b"]."""
    if "\n" not in typed and typed.startswith("//"):
        typed = typed[1:]
    return [line for line in typed.split("\n") if line.strip()]


def as_text(pasted: str) -> str:
    """Return a pasted line so that it is a text where it stands: "/quit" → "//quit"."""
    return "/" + pasted if pasted.startswith("/") else pasted


def run(session: Session, call: Call) -> list[str]:
    """Run a command and return the lines that answer it; SentimentError for an unknown one."""
    command = COMMANDS.get(call.name)
    if command is None:
        known = [f"/{name}" for name in COMMANDS]
        meant = suggestion(f"/{call.name}", known) or "; /help lists them"
        raise SentimentError(f"no command /{call.name}{meant}; //{call.name} scores it as a text")
    return command.run(session, call.argument)


def _help(_session: Session, _argument: str) -> list[str]:
    rows = [(f"/{name} {each.usage}", each.description) for name, each in COMMANDS.items()]
    rows += [("//text", "score a text that begins with a slash")]
    rows += [("a paste", "of several lines: each is scored, none is a command")]
    widest = max(len(left) for left, _ in rows)
    return [f"{left:<{widest}}  {right}" for left, right in rows]


def _model(session: Session, argument: str) -> list[str]:
    if not argument:
        return _models(session)
    predictor = session.switch(argument)
    return [f"model {predictor.name}: {', '.join(predictor.labels)}"]


def _models(session: Session) -> list[str]:
    from lstm_sentiment_cli.model.locations import list_models

    lines = [f"model {session.predictor.name}: {', '.join(session.predictor.labels)}"]
    others = sorted({found.name for found in list_models() if not found.shadowed})
    return [*lines, f"there are: {', '.join(others)}"] if others else lines


def _quit(session: Session, _argument: str) -> list[str]:
    session.over = True
    return []


COMMANDS: dict[str, Command] = {
    "help": Command(_help, "", "show this"),
    "model": Command(_model, "[NAME]", "say which model answers and which there are, or switch"),
    "quit": Command(_quit, "", "leave, as Ctrl-D does"),
}
"""Every command there is; a new one is a row here."""
