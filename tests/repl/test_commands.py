from contextlib import suppress
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl import commands
from lstm_sentiment_cli.repl.arguments import Call, parse_call
from lstm_sentiment_cli.repl.commands import COMMANDS, complete, run
from lstm_sentiment_cli.repl.screen import Screen
from lstm_sentiment_cli.repl.session import Session
from tests.repl.small_models import load


@pytest.fixture(autouse=True)
def no_history_of_ours(monkeypatch, tmp_path_factory):
    path = tmp_path_factory.mktemp("state") / "history"
    monkeypatch.setattr(commands, "history_path", lambda: path)


QUIET = Screen(lambda: Console(file=StringIO()), lambda line: None)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            "/hlep",
            "unknown command /hlep (did you mean '/help'?); //hlep scores it as a text",
        ),
        (
            "/r/funny",
            "unknown command /r/funny; /help lists them all; //r/funny scores it as a text",
        ),
        ("/e", "unknown command /e (did you mean '/explain'?); //e scores it as a text"),
        (
            "/S",
            "unknown command /S (did you mean '/save' or '/set'?); //S scores it as a text",
        ),
        ("/help l", "unknown command /l (did you mean '/last' or '/label'?)"),
        ("/set co x", "unknown setting 'co' (did you mean 'compare' or 'corrections'?)"),
        (
            "/exit",
            "unknown command /exit (did you mean '/quit'?); //exit scores it as a text",
        ),
        ("/q", "unknown command /q (did you mean '/quit'?); //q scores it as a text"),
        ("/", "unknown command /; /help lists them all; // scores it as a text"),
        ("/help exit", "unknown command /exit (did you mean '/quit'?)"),
        ("/quit now", "/quit takes no argument, got 'now'"),
        ("/set modle x", "unknown setting 'modle' (did you mean 'model'?)"),
        ("/set zzz", "unknown setting 'zzz'; /set lists them all"),
        ("/set vi on", "vi can only be set at the start: lstm-sentiment repl --vi"),
        ("/set explain nope", "/explain takes on or off, got 'nope'"),
    ],
)
def test_what_is_typed_wrongly_is_one_line_that_says_what_to_do(say, session, entry, told):
    assert say(entry) == [f"error: {told}", ""]
    assert not session.over
    assert session.answered == 0


@pytest.mark.parametrize("columns", [30, 40, 80, 120])
def test_help_fits_the_terminal_and_breaks_no_word(say, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = say("/help")
    said = " ".join(" ".join(lines).split())

    assert [line.split()[0] for line in lines if line.startswith("/")] == [
        *(f"/{name}" for name in COMMANDS),
        "//text",
    ]
    assert all(command.summary in said for command in COMMANDS.values())
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize("columns", [30, 80])
@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_one_command_says_what_it_takes_and_does(say, monkeypatch, name, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    usage, *lines, example, empty = say(f"/help {name}")
    command = COMMANDS[name]

    assert usage == f"/{name} {command.usage}".rstrip()
    assert command.details in " ".join(lines)
    assert example == f"Example: {command.example}"
    assert say(f"/help /{name}") == [usage, *lines, example, empty]
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_that_takes_such_arguments(name):
    call = parse_call(COMMANDS[name].example)

    assert call.name == name
    assert bool(call.argument) == bool(COMMANDS[name].usage)


def test_set_shows_every_setting_with_where_it_came_from(say, session, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    session.origins = {"explain": "./lstm-sentiment.toml", "history": "--no-history"}
    session.explain = True
    say("/threshold 0.6")

    assert say("/set") == [
        "model        default          default",
        "compare      off              default",
        "threshold    0.6              typed here",
        "uncertain    off              default",
        "explain      on               ./lstm-sentiment.toml",
        "history      off              --no-history",
        "vi           off              default",
        "corrections  corrections.csv  default",
        "",
    ]


@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        ("/set explain on", "explain on"),
        ("/set threshold 0.6", "threshold 0.6"),
        ("/set  uncertain   0.4,0.6", "uncertain 0.4,0.6"),
        ("/set model other", "model other: positive, negative"),
        ("/set compare three", "compare three: positive, negative, very neutral"),
    ],
)
def test_set_does_what_the_command_of_that_name_does(say, session, entry, answer):
    name, value = entry.split()[1:]

    assert say(entry)[-2:] == [answer, ""]
    assert say(f"/set {name}") == [f"{name} {value}", ""]
    assert session.origins == {name: "typed here"}


def test_what_failed_or_changed_nothing_has_not_been_typed(say, session):
    for entry in ("/threshold 2", "/explain off", "/compare nope"):
        say(entry)

    assert session.origins == {}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (Call("help", "mo"), ["model"]),
        (Call("explain", ""), ["on", "off"]),
        (Call("explain", "of"), ["off"]),
        (Call("threshold", "o"), ["off"]),
        (Call("history", ""), ["on", "off", "clear"]),
        (Call("set", "unc"), ["uncertain"]),
        (Call("set", "explain o"), ["explain on", "explain off"]),
        (Call("set", "vi o"), []),
        (Call("quit", ""), []),
        (Call("why", ""), []),
        (Call("label", ""), []),
        (Call("nope", ""), []),
    ],
)
def test_arguments_are_completed(session, typed, offered):
    assert [offer.value for offer in complete(session, typed)] == offered


def test_completing_waits_for_no_model(session):
    session.load = None

    for name in COMMANDS:
        for typed in ("", "o", "explain o", "x 1"):
            list(complete(session, Call(name, typed)))


@given(st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_typed_after_a_slash_is_answered_or_told(name, argument):
    session = Session("default", load)
    with suppress(SentimentError):
        run(session, Call(name, argument), QUIET)


@given(st.sampled_from(sorted(set(COMMANDS) - {"save", "label", "file"})), st.text(max_size=20))
def test_whatever_argument_a_command_gets_is_answered_or_told(name, argument):
    session = Session("default", load)
    session.answer(["good", "bad"])
    with suppress(SentimentError):
        run(session, Call(name, argument), QUIET)


def test_help_of_why_says_what_its_numbers_are(say):
    said = " ".join(say("/help why"))

    assert "what it adds to the log-odds of the label, in its place and alone" in said


def test_quit_ends_the_conversation(say, session):
    assert say("/quit") == []
    assert session.over
