import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text

from lstm_sentiment_cli.repl.commands import COMMANDS
from lstm_sentiment_cli.repl.prompt import CommandCompleter
from lstm_sentiment_cli.repl.session import Session

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


def test_hostile_names_are_shown_harmlessly_and_inserted_as_they_are(
    session, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("bad\x1b]0;title\x07.csv", "bad\u202e.csv", "bad\nquit.csv", "bad.csv"):
        (tmp_path / name).touch()

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
