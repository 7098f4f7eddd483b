import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.layout.processors import TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.rendering.style import Display, visible
from lstm_sentiment_cli.repl.commands import COMMANDS
from lstm_sentiment_cli.repl.prompt import (
    CommandCompleter,
    SuggestNewestLine,
    VisibleProcessor,
    shortened,
    toolbar,
)
from lstm_sentiment_cli.repl.session import Session

ENTER = "\r"


def test_typing_does_not_wait_for_the_model(session, typing):
    may_load = threading.Event()
    load = session.load
    session.load = lambda name: (may_load.wait(20), load(name))[1]
    try:
        with typing(f"good{ENTER}day{ENTER}") as prompt:
            assert [prompt(), prompt()] == ["good", "day"]
            assert not session.begin_loading().done()
    finally:
        may_load.set()
    assert session.predictor.name == "default"


def test_a_model_that_cannot_be_loaded_ends_the_prompt(session, typing):
    session.model = "nope"

    with typing("half a senten") as prompt, pytest.raises(SentimentError, match="nope"):
        prompt()


def test_without_colour_not_even_suggestions_are_coloured(typing):
    with typing("", no_color=True) as prompt:
        assert prompt.app.color_depth == ColorDepth.DEPTH_1_BIT


TYPED = CompleteEvent(text_inserted=True)


def completed(session, text, at=None):
    """Return the lines that completion could make of a text, the cursor at its end or there."""
    document = Document(text, at)
    return [
        text[: document.cursor_position + found.start_position] + found.text
        for found in CommandCompleter(session).get_completions(document, TYPED)
    ]


def test_a_slash_offers_every_command_with_its_description(session):
    found = list(CommandCompleter(session).get_completions(Document("/"), TYPED))

    assert [each.text for each in found] == [f"/{name}" for name in COMMANDS]
    assert [fragment_list_to_text(each.display_meta) for each in found] == [
        command.summary for command in COMMANDS.values()
    ]


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("/mo", ["/model"]),
        ("/explain o", ["/explain on", "/explain off"]),
        ("/explain  of", ["/explain  off"]),
        ("/set explain o", ["/set explain on", "/set explain off"]),
        ("/quit ", []),
        ("/nope ", []),
        ("/xyz", []),
    ],
)
def test_what_was_typed_of_a_command_is_completed(session, typed, lines):
    assert completed(session, typed) == lines


def test_what_stands_behind_the_cursor_is_left_alone(session):
    assert completed(session, "/mo x", 3) == ["/model"]


@pytest.mark.parametrize(
    "text", ["", "model", " /mo", "//mo", "so /mo", "/mo\n", "good\n/mo", ":("]
)
def test_texts_are_never_completed(session, text):
    assert completed(session, text) == []


@given(st.text())
def test_whatever_is_typed_nothing_breaks(text):
    session = Session("default", load=None)

    for line in completed(session, "/" + text):
        assert line.startswith("/")


def test_hostile_names_are_shown_harmlessly_and_inserted_as_they_are(session, folder):
    for name in ("bad\x1b]0;title\x07.csv", "bad\u202e.csv", "bad\nquit.csv", "bad.csv"):
        (folder / name).touch()

    found = list(CommandCompleter(session).get_completions(Document("/file b"), TYPED))

    assert {each.text: fragment_list_to_text(each.display) for each in found} == {
        "bad.csv": "bad.csv",
        "bad\x1b]0;title\x07.csv": "bad\ufffd]0;title\ufffd.csv",
        "bad\u202e.csv": "bad\ufffd.csv",
    }


def test_of_a_path_only_the_last_name_is_shown(session, tmp_path):
    (tmp_path / "tweets.csv").touch()

    found = CommandCompleter(session).get_completions(Document(f"/file {tmp_path}/t"), TYPED)

    assert [(each.text, fragment_list_to_text(each.display)) for each in found] == [
        (f"{tmp_path}/tweets.csv", "tweets.csv")
    ]


def test_no_command_waits_for_the_model(session):
    session.load = None  # calling it would fail

    for name in COMMANDS:
        completed(session, f"/{name} ")


def suggestion(history, typed):
    found = SuggestNewestLine().get_suggestion(Buffer(history=history), Document(typed))
    return found and found.text


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("good", " morning"),
        ("good d", "ay"),
        ("good morning", ""),
        ("ood", None),
        ("nothing", None),
        ("", None),
        ("  ", None),
        ("/", None),
        ("/m", "odel other"),
        ("x\ngood d", "ay"),
        ("second l", "ine"),
    ],
)
def test_the_newest_line_that_begins_so_is_suggested(typed, rest):
    history = InMemoryHistory()
    for entry in (
        "/model other",
        "good evening",
        "good day",
        "first line\nsecond line",
        "good morning",
    ):
        history.append_string(entry)

    assert suggestion(history, typed) == rest


class Book(str):
    """An entry that takes long to be split."""

    def split(self, *_arguments):
        """Fail: nobody may do so between two keys."""
        raise AssertionError("split")


def test_entries_that_do_not_hold_what_is_typed_are_not_split():
    history = InMemoryHistory()
    history.append_string("good day\nbad day")
    history.append_string(Book("words and words"))

    assert suggestion(history, "bad") == " day"
    assert suggestion(history, "never typed") is None


def shown(session, columns=80, *, mode=None, unicode=True):
    return toolbar(session, Display(columns, unicode), mode)


def test_it_says_how_the_next_sentence_is_answered(session):
    session.answer(["good"])
    session.milliseconds = 0.84

    assert shown(session) == "default · threshold 0.5 · explain off · 0.8 ms"


def test_it_says_what_was_set(session):
    session.decide(Decision(threshold=0.6, uncertain=(0.4, 0.65)))
    session.explain = True
    session.compare("other")
    session.milliseconds = 1234.5

    assert shown(session, 120) == (
        "default · threshold 0.6 · uncertain 0.4 to 0.65 · explain on · compared with other"
        " · 1,234 ms"
    )


def test_while_the_model_loads_it_waits_for_nothing(session):
    session.load = None  # calling it would fail

    assert shown(session) == "default · explain off"


def test_a_model_that_cannot_be_loaded_does_not_end_it(session):
    session.model = "nope"
    session.begin_loading().exception()

    assert shown(session) == "nope · explain off"


def test_a_model_of_more_than_two_labels_has_no_threshold(session):
    two = session.predictor
    three = two.manifest.__class__(("a", "b", "c"), {}, 1.0, "fp32", {})
    session.load = lambda name: two.__class__(name, three, two.tokenizer, two.runtime)
    session.switch("three")

    assert shown(session) == "three · explain off"


def test_the_mode_of_vi_comes_first(session):
    assert shown(session, mode="normal") == "[normal] · default · explain off"


def test_it_needs_nothing_beyond_ascii(session):
    assert shown(session, unicode=False) == "default - explain off"
    assert shown(session, 10, unicode=False) == "default..."


def test_only_the_last_part_of_a_path_is_a_name(session):
    session.model = "/models/of/mine/"

    assert shown(session).startswith("mine · ")


def test_hostile_names_are_shown_harmlessly(session):
    session.model = "a\x1b]0;title\x07\u202eb"

    assert shown(session).startswith("a\ufffd]0;title\ufffd\ufffdb · ")


@given(st.text(), st.integers(4, 90), st.booleans())
def test_what_is_cut_fits(text, columns, unicode):
    fitted = shortened(text, Display(columns, unicode))

    assert get_cwidth(fitted) <= columns
    assert fitted == text or get_cwidth(text) > columns


def transformed(typed):
    half = len(typed) // 2
    fragments = [("class:a", typed[:half]), ("class:b", typed[half:])]
    return VisibleProcessor().apply_transformation(
        TransformationInput(None, Document(typed), 0, lambda place: place, fragments, 80, 24)
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("good day", "good day"),
        ("a\x1b[31m\u202eb\ud800", "a\ufffd[31m\ufffdb\ufffd"),
        ("e" + "\u0301" * 10_000 + "x", "e" + "\u0301" * 8 + "x"),
    ],
)
def test_what_is_typed_is_shown_harmlessly(typed, shown):
    done = transformed(typed)

    assert fragment_list_to_text(done.fragments) == shown
    assert [style for style, _ in done.fragments] == ["class:a", "class:b"]
    assert [done.source_to_display(place) for place in (0, len(typed))] == [0, len(shown)]
    assert [done.display_to_source(place) for place in (0, len(shown))] == [0, len(typed)]
    assert all(
        typed[done.display_to_source(place)] == character or character == "\ufffd"
        for place, character in enumerate(shown)
    )


@given(st.text(st.characters(exclude_characters="\n")))
def test_the_cursor_keeps_its_place_in_every_text(typed):
    done = transformed(typed)

    shown = fragment_list_to_text(done.fragments)
    assert shown == visible(typed)
    places = [done.source_to_display(place) for place in range(len(typed) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(shown)
