import threading
from contextlib import contextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.layout.processors import TransformationInput
from prompt_toolkit.output import ColorDepth, DummyOutput

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl.history import PrivateHistory
from lstm_sentiment_cli.repl.prompt import Harmless, Prompt, prompt_session

ENTER, CTRL_C, CTRL_D = "\r", "\x03", "\x04"


def paste(text):
    return f"\x1b[200~{text}\x1b[201~"


@contextmanager
def typing(session, keys):
    """Give a prompt at which keys were pressed."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        yield Prompt(session, PrivateHistory(None))


@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        (f"good day{ENTER}", "good day"),
        (ENTER, ""),
        (f"mistake{CTRL_C}good{ENTER}", "good"),
        (f"x{CTRL_D}good{ENTER}", "xgood"),
        (f"/quit{ENTER}", "/quit"),
        (f"{paste('good day')}{ENTER}", "good day"),
        (f"{paste('/quit')}{ENTER}", "//quit"),
        (f"so {paste('/so')}{ENTER}", "so /so"),
        (paste("/quit\n"), "//quit"),
        (paste("good day\r\n"), "good day"),
        (paste("good\r\n/quit\r\nbad\r\n"), "good\n/quit\nbad"),
        (paste("good\rbad"), "good\nbad"),
        ("so " + paste("good\nbad\n"), "so good\nbad"),
        (paste("\n"), ""),
        (paste("\x1b]0;title\x07\n"), "\x1b]0;title\x07"),
    ],
)
def test_keys_make_an_entry(session, keys, entry):
    with typing(session, keys) as prompt:
        assert prompt() == entry


@pytest.mark.parametrize(
    ("keys", "end"),
    [(CTRL_D, EOFError), (CTRL_C, KeyboardInterrupt), (f"x{CTRL_C}{CTRL_C}", KeyboardInterrupt)],
)
def test_keys_on_an_empty_line(session, keys, end):
    with typing(session, keys) as prompt, pytest.raises(end):
        prompt()


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


def test_without_colour_not_even_suggestions_are_coloured():
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        prompt = prompt_session(PrivateHistory(None), no_color=True)

        assert prompt.app.color_depth == ColorDepth.DEPTH_1_BIT


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("good day", "good day"),
        ("a\x1b[31m\u202eb\ud800", "a\ufffd[31m\ufffdb\ufffd"),
        ("e" + "\u0301" * 10_000 + "x", "e" + "\u0301" * 8 + "x"),
    ],
)
def test_what_is_typed_is_shown_harmlessly(typed, shown):
    fragments = [("class:a", character) for character in typed]
    document = Document(typed)

    done = Harmless().apply_transformation(
        TransformationInput(None, document, 0, lambda place: place, fragments, 80, 24)
    )

    assert fragment_list_to_text(done.fragments) == shown
    assert [done.source_to_display(place) for place in (0, len(typed))] == [0, len(shown)]
    assert [done.display_to_source(place) for place in (0, len(shown))] == [0, len(typed)]
    assert all(
        typed[done.display_to_source(place)] == character or character == "\ufffd"
        for place, character in enumerate(shown)
    )
