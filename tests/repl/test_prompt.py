import threading
from contextlib import contextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import ColorDepth, DummyOutput

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl.history import PrivateHistory
from lstm_sentiment_cli.repl.prompt import Prompt, prompt_session

ENTER = "\r"


@contextmanager
def typing(session, keys):
    """Give a prompt at which keys were pressed."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        yield Prompt(session, PrivateHistory(None))


def test_typing_does_not_wait_for_the_model(session):
    may_load = threading.Event()
    load = session.load
    session.load = lambda name: (may_load.wait(20), load(name))[1]
    try:
        with typing(session, f"good{ENTER}day{ENTER}") as prompt:
            assert [prompt(), prompt()] == ["good", "day"]
            assert not session.begin_loading().done()
    finally:
        may_load.set()
    assert session.predictor.name == "default"


def test_a_model_that_cannot_be_loaded_ends_the_prompt(session):
    session.model = "nope"

    with typing(session, "half a senten") as prompt, pytest.raises(SentimentError, match="nope"):
        prompt()


def test_without_colour_not_even_suggestions_are_coloured(session):
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        prompt = prompt_session(session, PrivateHistory(None), no_color=True)

        assert prompt.app.color_depth == ColorDepth.DEPTH_1_BIT
