import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl.commands import COMMANDS, Call, as_text, call_in, run, texts_in


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
    assert call_in(typed) == call


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
    assert texts_in(typed) == texts


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text))
def test_a_pasted_line_is_a_text_whatever_it_begins_with(pasted):
    assert call_in(as_text(pasted)) is None
    assert texts_in(as_text(pasted)) == [pasted]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("hlep", "no command /hlep (did you mean '/help'?); //hlep scores it as a text"),
        ("r/funny", "no command /r/funny; /help lists them; //r/funny scores it as a text"),
    ],
)
def test_an_unknown_command_says_what_to_do_next(session, name, hint):
    with pytest.raises(SentimentError) as error:
        run(session, Call(name, ""))
    assert str(error.value) == hint


def test_help_tells_of_every_command(session):
    lines = run(session, Call("help", ""))

    assert [line.split()[0] for line in lines if line.startswith("/")] == [
        *(f"/{name}" for name in COMMANDS),
        "//text",
    ]
    assert all(command.description in "\n".join(lines) for command in COMMANDS.values())
    assert max(map(len, lines)) <= 80


def test_model_tells_which_is_in_use_and_which_there_are(session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "mine").mkdir(parents=True)
    (tmp_path / "models" / "mine" / "manifest.json").write_text("{}")

    lines = run(session, Call("model", ""))

    assert lines[0] == "model default: positive, negative"
    assert "mine" in lines[1]


def test_model_with_a_name_switches(session):
    assert run(session, Call("model", "other")) == ["model other: positive, negative"]
    assert session.predictor.name == "other"


def test_quit_ends_the_conversation(session):
    assert run(session, Call("quit", "")) == []
    assert session.over
