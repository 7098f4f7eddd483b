import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.repl.arguments import (
    Call,
    escape_slash,
    parse_call,
    parse_texts,
    path_candidates,
)


@pytest.mark.parametrize(
    ("typed", "call"),
    [
        ("/help", Call("help", "")),
        ("/model  my model ", Call("model", "my model")),
        ("/r/funny", Call("r/funny", "")),
        ("/", Call("", "")),
        ("//quit", None),
        (" /quit", None),
        ("not a /quit", None),
        (":(", None),
        ("", None),
        ("/quit\n/quit", None),
    ],
)
def test_a_command_is_a_slash_at_the_start_of_a_single_line(typed, call):
    assert parse_call(typed) == call


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        ("good", ["good"]),
        (":(", [":("]),
        ("//r/funny", ["/r/funny"]),
        ("///", ["//"]),
        ("", []),
        ("  \t", []),
        ("good\n\n/quit\n  \n//x", ["good", "/quit", "//x"]),
    ],
)
def test_what_is_no_command_is_texts(typed, texts):
    assert parse_texts(typed) == texts


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text))
def test_a_pasted_line_is_a_text_whatever_it_begins_with(pasted):
    assert parse_call(escape_slash(pasted)) is None
    assert parse_texts(escape_slash(pasted)) == [pasted]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["folder/", "tweets.csv"]),
        ("t", ["tweets.csv"]),
        (".", [".hidden"]),
        ("folder/", ["folder/my file.txt"]),
        ("folder/m", ["folder/my file.txt"]),
        ("nope/", []),
        ("~/fol", ["~/folder/"]),
        ("a\0", []),
    ],
)
def test_paths_are_completed(session, folder, monkeypatch, typed, offered):
    monkeypatch.setenv("HOME", str(folder))
    (folder / "folder").mkdir()
    (folder / "folder" / "my file.txt").touch()
    (folder / "tweets.csv").touch()
    (folder / ".hidden").touch()

    assert [each.value for each in path_candidates(session, typed)] == offered


def test_of_a_huge_folder_only_some_are_offered(folder, session):
    for number in range(300):
        (folder / f"tweets-{number}.txt").touch()

    assert len(list(path_candidates(session, "tweets"))) == 200
