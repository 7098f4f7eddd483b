import pytest

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.repl.loop import respond
from lstm_sentiment_cli.repl.screen import Screen
from lstm_sentiment_cli.repl.session import Session
from tests.repl.small_models import load


@pytest.fixture
def session():
    return Session("default", load)


@pytest.fixture
def screen(monkeypatch):
    """Give a screen of 40 columns, whose answers capsys sees."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    return Screen(terminal.stdout, terminal.say)


@pytest.fixture
def say(session, screen, capsys):
    """Type an entry, and return the lines that answer it: on stdout, then on stderr."""

    def say(entry):
        respond(session, entry, screen)
        return "".join(capsys.readouterr()).splitlines()

    return say


@pytest.fixture
def repl(tiny_model, tmp_path):
    """Give what starts the REPL in a terminal: ("--no-history", columns=40, TERM="dumb")."""
    from tests.repl.conversation import Conversation
    from tests.terminal_emulator import LSTM_SENTIMENT

    def start(*options, model=tiny_model, columns=80, rows=60, **environment):
        command = [*LSTM_SENTIMENT, "repl", "--model", str(model), *options]
        homes = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        return Conversation(command, columns=columns, rows=rows, environment=homes | environment)

    return start


@pytest.fixture
def kept(tmp_path):
    """Return where the REPL keeps its history on Linux; elsewhere only what it does is tested."""
    path = tmp_path / "lstm-sentiment" / "history"
    path.parent.mkdir()
    return path
