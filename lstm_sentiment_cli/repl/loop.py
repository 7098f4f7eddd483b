"""The conversation: read an entry, answer it, until the user leaves."""

import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.rendering.style import Display
from lstm_sentiment_cli.repl.command import Call, call_in, texts_in
from lstm_sentiment_cli.repl.commands import run
from lstm_sentiment_cli.repl.history import PrivateHistory, history_path
from lstm_sentiment_cli.repl.prompt import Prompt
from lstm_sentiment_cli.repl.screen import Screen
from lstm_sentiment_cli.repl.session import Session

_KEYS = "Enter answers · ↑ and Ctrl-R bring back · Ctrl-C clears · Ctrl-D leaves · /help"
_FEW_KEYS = "Ctrl-D leaves · /help"


def start(
    session: Session, screen: Screen, *, history: bool = True, no_color: bool = False
) -> None:
    """Greet, and converse at the user's terminal; SentimentError when a model is not there."""
    if screen.dumb:
        session.begin_loading().result()  # here, an error can only be shown before the prompt
        greet(session, screen)
        converse(session, read_plain_line, screen)
        return
    for option, name in (("model", session.model), ("compare", session.compared)):
        if name:
            with blaming(option):
                find_model(name)  # reading it takes longer: that is done behind the prompt
    greet(session, screen)
    session.history = kept = PrivateHistory(history_path(), kept=history)
    prompt = Prompt(session, kept, no_color=no_color, vi=session.vi)
    with prompt.keeping_keys():
        converse(session, partial(_read_entry, prompt, kept, screen), screen)


def greet(session: Session, screen: Screen) -> None:
    """Say what this is."""
    for line in banner(session.model, screen.plain_display):
        screen.say(line)
    screen.say("")


def banner(model: str, display: Display) -> list[str]:
    """Return two lines: what this is, and what the keys do."""
    name = " ".join(["lstm-sentiment", *_version(), "· model", Path(model).name or model])
    lines = [name, _KEYS if len(_KEYS) <= display.width else _FEW_KEYS]
    if display.unicode:
        return lines
    return [line.replace("·", "-").replace("↑", "Up") for line in lines]


def converse(session: Session, read_entry: Callable[[], str], screen: Screen) -> None:
    """Answer entries until there are no more or the user wants to leave."""
    while not session.over:
        try:
            respond(session, read_entry(), screen)
        except KeyboardInterrupt:
            screen.say("Ctrl-D or /quit leaves")
        except EOFError:
            return


def respond(session: Session, entry: str, screen: Screen) -> None:
    """Run the command, or score the texts, of one entry; an empty one has no answer."""
    try:
        if call := call_in(entry):
            _obey(session, call, screen)
        elif texts := texts_in(entry):
            # Rich comes with it, which nothing needs before the first answer.
            from lstm_sentiment_cli.repl.drawing import drawn

            screen.show(drawn(session.answer(texts), screen.display))
    except KeyboardInterrupt:
        screen.say("stopped")


def _obey(session: Session, call: Call, screen: Screen) -> None:
    try:
        run(session, call, screen)
    except SentimentError as error:
        screen.error(str(error))


def read_plain_line() -> str:
    """Read a line where the terminal understands no escape codes.

    Such a terminal does not say what was pasted: here a pasted command is a command.
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


def _read_entry(prompt: Prompt, history: PrivateHistory, screen: Screen) -> str:
    if problem := history.take_problem():
        screen.say(problem)
    return prompt()


def _version() -> list[str]:
    try:
        return [version("lstm-sentiment-cli")]
    except PackageNotFoundError:  # run from a checkout that was never installed
        return []
