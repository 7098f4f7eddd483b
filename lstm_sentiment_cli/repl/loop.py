"""The conversation: read an entry, answer it, until the user leaves."""

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.rendering.style import Display, is_dumb
from lstm_sentiment_cli.repl.arguments import parse_call, parse_texts
from lstm_sentiment_cli.repl.commands import run
from lstm_sentiment_cli.repl.history import PrivateHistory, history_path
from lstm_sentiment_cli.repl.keys import keep_type_ahead
from lstm_sentiment_cli.repl.prompt import Prompt
from lstm_sentiment_cli.repl.session import Screen, Session

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor

_KEYS = "Enter scores · ↑ or Ctrl-R: history · Ctrl-C clears · Ctrl-D leaves · /help"
_FEW_KEYS = "Ctrl-D leaves · /help"


def load_predictor(name_or_path: str) -> "Predictor":
    """Load a model, and what draws its answers."""
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.rendering import answers  # noqa: F401 - the first answer would wait for it

    return Predictor.load(find_model(name_or_path))


def start(
    session: Session, screen: Screen, *, history: bool = True, no_color: bool = False
) -> None:
    """Greet, and converse at the user's terminal; SentimentError if a model does not exist."""
    for option, name in (("model", session.model), ("compare", session.compared)):
        if name:
            with blaming(option):
                find_model(name)  # loading it takes longer, and is done behind the prompt
    if is_dumb():
        session.begin_loading().result()  # errors can only be shown before the prompt here
    for line in banner(session.model, Display.of(screen.width, sys.stdout.encoding)):
        screen.say(line)
    screen.say("")
    if is_dumb():
        converse(session, read_plain_line, screen)
        return
    session.history = PrivateHistory(history_path(), kept=history)
    prompt = Prompt(session, session.history, no_color=no_color)
    with keep_type_ahead(prompt.app):
        converse(session, prompt, screen)


def banner(model: str, display: Display) -> list[str]:
    """Return two lines: program and model, and what the keys do."""
    program = ["lstm-sentiment"]
    with suppress(PackageNotFoundError):  # a checkout that was never installed
        program.append(version("lstm-sentiment-cli"))
    name = " ".join([*program, "· model", Path(model).name or model])
    lines = [name, _KEYS if len(_KEYS) <= display.width else _FEW_KEYS]
    if display.unicode:
        return lines
    return [line.replace("·", "-").replace("↑", "Up") for line in lines]


def converse(session: Session, read_entry: Callable[[], str], screen: Screen) -> None:
    """Answer entries until there are no more, or the user wants to leave."""
    while not session.over:
        if session.history and (problem := session.history.take_problem()):
            screen.say(problem)
        try:
            respond(session, read_entry(), screen)
        except KeyboardInterrupt:
            screen.say("Ctrl-D or /quit leaves")
        except EOFError:
            return


def respond(session: Session, entry: str, screen: Screen) -> None:
    """Run the command, or score the texts, of one entry; an empty one has no answer."""
    try:
        if call := parse_call(entry):
            try:
                run(session, call, screen)
            except SentimentError as error:
                screen.error(str(error))
        elif texts := parse_texts(entry):
            # This imports Rich, which nothing needs before the first answer.
            from lstm_sentiment_cli.rendering.answers import answered

            session.begin_loading().result()  # a model that cannot be loaded ends the conversation
            try:
                screen.show(answered(session.answer(texts), screen.display))
            except SentimentError as error:
                screen.error(str(error))
    except KeyboardInterrupt:
        screen.say("stopped")


def read_plain_line() -> str:
    """Read a line from a terminal that understands no escape codes.

    Such a terminal does not mark pastes: here a pasted command is a command.
    """
    sys.stdout.write("> ")
    sys.stdout.flush()
    try:
        line = sys.stdin.buffer.readline()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        raise
    if not line:
        sys.stdout.write("\n")
        raise EOFError
    return line.decode(sys.stdin.encoding, errors="replace").rstrip("\r\n")
