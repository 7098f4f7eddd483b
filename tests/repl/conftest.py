from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.repl.loop import respond
from lstm_sentiment_cli.repl.screen import Screen
from lstm_sentiment_cli.repl.session import Session
from lstm_sentiment_cli.text.tokenizer import Tokenizer


class WordRuntime:
    """A network that knows one word of praise."""

    def __init__(self, praise):
        self.praise = praise

    def run(self, tokens, lengths):
        """Return logits that favour texts with that word."""
        praised = (tokens == self.praise).any(axis=1)
        return np.where(praised[:, None], [[2.0, -2.0]], [[-1.0, 1.0]]).astype(np.float32)


def predictor_of(name):
    tokenizer = Tokenizer.fit(["good", "bad day"], vocabulary_size=100, max_tokens=8)
    manifest = Manifest(("positive", "negative"), {}, 1.0, "fp32", {})
    return Predictor(name, manifest, tokenizer, WordRuntime(tokenizer.encode("good").ids[0]))


class ToneRuntime(WordRuntime):
    """One that knows a third tone, and takes nothing for negative."""

    def run(self, tokens, lengths):
        """Return logits that favour texts with that word."""
        praised = (tokens == self.praise).any(axis=1)
        return np.where(praised[:, None], [[2.0, 0, 0]], [[0, 0, 2.0]]).astype(np.float32)


def predictor_of_three(name):
    two = predictor_of(name)
    labels = Manifest(("positive", "negative", "very neutral"), {}, 1.0, "fp32", {})
    return replace(two, manifest=labels, runtime=ToneRuntime(two.runtime.praise))


def load(name):
    """Load one of three models, as a session does."""
    if name == "three":
        return predictor_of_three(name)
    if name not in {"default", "other"}:
        raise SentimentError(f"no model {name}; 'models list' shows those there are")
    return predictor_of(name)


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
