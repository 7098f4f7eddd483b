"""Conversations: inside this process with small models, and of the real program in a terminal."""

import os
import sys
from contextlib import contextmanager
from functools import partial

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from lstm_sentiment_cli.cli.terminal import Terminal, counting
from lstm_sentiment_cli.repl.loop import respond
from lstm_sentiment_cli.repl.prompt import Prompt
from lstm_sentiment_cli.repl.session import Screen, Session
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
    return Screen(terminal.stdout, terminal.say, partial(counting, terminal))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder of one's own as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def say(session, screen, capsys):
    """Type an entry, and return the lines that answer it: on stdout, then on stderr."""

    def say(entry):
        respond(session, entry, screen)
        return "".join(capsys.readouterr()).splitlines()

    return say


BEFORE = ("good evening", "/model other", "bad day", "good morning", "one\ntwo")


class Before(InMemoryHistory):
    """What was typed before; when the prompt knows it, `then` is called."""

    def __init__(self, then):
        super().__init__(BEFORE)
        self.then = then

    async def load(self):
        """Give the entries, newest first."""
        async for entry in super().load():
            yield entry
        self.then()


@pytest.fixture
def typing(session):
    """Give what makes a prompt at which these keys are pressed."""

    @contextmanager
    def typing(keys, *, vi=False, **options):
        session.vi = vi
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            yield Prompt(session, Before(lambda: pipe.send_text(keys)), **options)

    return typing


@pytest.fixture
def refuse_opening(monkeypatch):
    """Give what has every opening of a file fail: who runs tests as root is refused nothing."""

    def begin(number):
        def refuse(*_arguments):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "open", refuse)

    return begin


@pytest.fixture
def full_disk():
    """Give what lets no file grow for as long as the block lasts."""

    @contextmanager
    def full_disk():
        import resource

        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full_disk


def conversation(options, folder, columns=80, rows=60, environment=None):
    """Start the REPL in a terminal; its user's files are in a folder of their own."""
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are for POSIX systems")
    from tests.terminal_emulator import LSTM_SENTIMENT, Conversation

    homes = {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return Conversation(
        [*LSTM_SENTIMENT, "repl", *options],
        columns=columns,
        rows=rows,
        environment=homes | (environment or {}),
    )


@pytest.fixture
def repl(tiny_model, tmp_path):
    """Give what starts the REPL in a terminal: ("--no-history", columns=40, TERM="dumb")."""

    def start(*options, model=tiny_model, columns=80, rows=60, **environment):
        options = ("--model", str(model), *options)
        return conversation(options, tmp_path, columns, rows, environment)

    return start


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """Return the program that a shared conversation calls as its user's editor; not there yet."""
    return tmp_path_factory.mktemp("editor") / "editor"


@pytest.fixture(scope="module")
def running(tiny_model, tmp_path_factory, editor):
    """Give what returns a conversation that goes on from test to test, one for each options."""
    conversations = {}

    def running(*options):
        if options not in conversations:
            conversations[options] = conversation(
                ("--model", str(tiny_model), *options),
                tmp_path_factory.mktemp("state"),
                environment={"VISUAL": str(editor)},
            )
        return conversations[options]

    yield running
    for each in conversations.values():
        with each:
            each.leave()


@pytest.fixture
def shared(running):
    """Give what begins again in a running conversation, for tests that leave it as it was."""

    def begin(*options, columns=80, rows=60):
        terminal = running(*options)
        terminal.begin_again(columns, rows)
        return terminal

    return begin


@pytest.fixture
def kept(tmp_path):
    """Return where the REPL keeps its history, which is known of Linux."""
    if sys.platform != "linux":
        pytest.skip("XDG's folders")
    path = tmp_path / "lstm-sentiment" / "history"
    path.parent.mkdir()
    return path
