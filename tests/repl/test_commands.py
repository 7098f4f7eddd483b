import re
from contextlib import suppress
from functools import partial
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from lstm_sentiment_cli.cli.terminal import Terminal, counting
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.repl import commands
from lstm_sentiment_cli.repl.arguments import Call, parse_call
from lstm_sentiment_cli.repl.commands import COMMANDS, complete, run, settings
from lstm_sentiment_cli.repl.history import PrivateHistory
from lstm_sentiment_cli.repl.session import Screen, Session
from tests.repl.small_models import load, predictor_of


@pytest.fixture(autouse=True)
def path(monkeypatch, tmp_path):
    """Return where a history is kept, which is not the user's own."""
    path = tmp_path / "state" / "history"
    monkeypatch.setattr(commands, "history_path", lambda: path)
    return path


QUIET = Screen(lambda: Console(file=StringIO()), print, partial(counting, Terminal(quiet=True)))


# Entry → the error that tells what is wrong with it; "…" stands for the rest of the line.
WRONG = {
    # names of commands and settings
    "/hlep": "unknown command /hlep (did you mean '/help'?); //hlep scores it as a text",
    "/r/funny": "unknown command /r/funny; /help lists them all; //r/funny scores it as a text",
    "/e": "unknown command /e (did you mean '/explain'?); //e scores it as a text",
    "/S": "unknown command /S (did you mean '/save' or '/set'?); //S scores it as a text",
    "/exit": "unknown command /exit (did you mean '/quit'?); //exit scores it as a text",
    "/q": "unknown command /q (did you mean '/quit'?); //q scores it as a text",
    "/": "unknown command /; /help lists them all; // scores it as a text",
    "/nope": "unknown command /nope; /help lists them all; //nope scores it as a text",
    "/help exit": "unknown command /exit (did you mean '/quit'?)",
    "/help l": "unknown command /l (did you mean '/last' or '/label'?)",
    "/set co x": "unknown setting 'co' (did you mean 'compare' or 'corrections'?)",
    "/set modle x": "unknown setting 'modle' (did you mean 'model'?)",
    "/set zzz": "unknown setting 'zzz'; /set lists them all",
    "/set vi on": "vi can only be set at the start: lstm-sentiment repl --vi",
    "/quit now": "/quit takes no argument, got 'now'",
    # values
    "/set explain nope": "/explain takes on or off, got 'nope'",
    "/explain o": "/explain takes on or off, got 'o' (did you mean 'on' or 'off'?)",
    "/explain onn": "/explain takes on or off, got 'onn' (did you mean 'on'?)",
    "/threshold x": "/threshold takes a probability from 0 to 1, such as 0.6, or off; got 'x'",
    "/threshold 60": "threshold must be between 0 and 1, got 60",
    "/threshold nan": "threshold must be between 0 and 1, got nan",
    "/uncertain 0.4": "/uncertain takes LOW,HIGH, such as 0.4,0.6; got '0.4'",
    "/uncertain a\x1b[2J,b": "/uncertain takes LOW,HIGH, such as 0.4,0.6; got 'a\ufffd[2J,b'",
    "/uncertain 0.6,0.4": "uncertain band must be LOW,HIGH with 0 <= LOW <= HIGH <= 1, got 0.6,0.4",
    "/history": "/history takes on, off or clear",
    "/history of": "/history takes on, off or clear, got 'of' (did you mean 'off'?)",
    "/history on": "history needs a terminal that can edit lines…",
    "/model nope": "no model nope; 'models list' shows those there are",
    "/compare nope": "no model nope; 'models list' shows those there are",
    # numbers and labels of the answers, of which there are two
    "/why 3": "there is no answer 3; /last shows answers 1 to 2",
    "/why 0": "there is no answer 0; /last shows answers 1 to 2",
    "/why x": "/why takes the number of an answer, such as 7; got 'x'",
    "/why -1": "/why takes the number of an answer, such as 7; got '-1'",
    "/why 99999999999": "/why takes the number of an answer, such as 7; got '99999999999'",
    "/why ²": "/why takes the number of an answer, such as 7; got '²'",
    "/last 0": "/last takes the number of answers to list, such as 10; got '0'",
    "/last x": "/last takes the number of answers to list, such as 10; got 'x'",
    "/label": "/label takes positive or negative",
    "/label 1": "/label takes positive or negative, got '1'",
    "/label negtive": "/label takes positive or negative, got 'negtive' (did you mean 'negative'?)",
    "/label negative 3": "there is no answer 3; /last shows answers 1 to 2",
    # paths
    "/save": "/save takes the path of a file",
    "/file": "/file takes the path of a file",
    "/file ''": "/file takes the path of a file",
    "/file a\0b": "/file takes the path of a file",
    "/file nope.txt": "no such file: nope.txt…",
    "/file .": ". is a folder…",
    f"/file {'x' * 300}": "cannot read xxx…",
    "/file \x1b[2J": "no such file: \ufffd[2J…",
}


@pytest.mark.parametrize(("entry", "told"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_typed_wrongly_is_one_line_and_changes_nothing(say, session, folder, entry, told):
    session.answer(["good", "bad"])
    before = (settings(session), session.answered, session.over, session.origins.copy())
    line, empty = say(entry)

    begun, cut, _ = f"error: {told}".partition("…")
    assert line.startswith(begun) if cut else line == begun
    assert empty == ""
    assert (settings(session), session.answered, session.over, session.origins) == before
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("entry", ["/why", "/why 1", "/label positive", "/last", "/save a.csv"])
def test_before_the_first_answer_they_say_what_to_do(say, entry):
    line, empty = say(entry)

    assert re.fullmatch("error: .*(;| yet;) type a sentence first", line)
    assert empty == ""


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
    assert "/quit quit (as Ctrl-D) //text score a text" in said
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize("columns", [30, 80])
@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_one_command_says_what_it_takes_and_does(say, monkeypatch, name, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    usage, *lines, example, empty = say(f"/help {name}")
    command = COMMANDS[name]

    assert usage == command.usage
    assert " ".join(lines) == " ".join(command.help)
    assert "{" not in " ".join(lines)
    assert example == f"Example: {command.example}"
    assert say(f"/help /{name}") == [usage, *lines, example, empty]
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_that_takes_such_arguments(name):
    call = parse_call(COMMANDS[name].example)

    assert call.name == name
    assert bool(call.argument) == (COMMANDS[name].usage != f"/{name}")


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


@pytest.mark.parametrize("command", ["file", "save"])
def test_paths_are_completed_after(session, folder, command):
    (folder / "tweets.csv").touch()

    assert complete(session, Call(command, "tw")) == [("tweets.csv", "csv")]


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

    assert "what it adds to the log-odds of the label, in context and on its own" in said


def test_quit_ends_the_conversation(say, session):
    assert say("/quit") == []
    assert session.over


FORGOTTEN = ["history cleared: everything you typed so far is deleted", ""]
OFF = ["history off: nothing you type from now on is kept", ""]
ON = ["history on: what you type from now on is kept", ""]


def test_explain_alone_goes_from_one_to_the_other(say, session):
    assert say("/explain") == ["explain on", ""]
    assert say("/explain") == ["explain off", ""]
    assert say("/explain off") == ["explain off", ""]
    assert say("/explain on") == ["explain on", ""]
    assert session.explain


def test_the_threshold_is_for_the_answers_that_follow(say):
    assert say("bad day")[1].startswith("▸ negative")
    assert say("/threshold 0.1") == ["threshold 0.1", ""]
    assert say("bad day")[0].startswith("▸ positive")
    assert say("/threshold") == ["threshold 0.1", ""]
    assert say("/threshold off") == ["threshold off", ""]
    assert say("bad day")[1].startswith("▸ negative")


def test_the_uncertain_band_is_for_the_answers_that_follow(say):
    assert say("/uncertain 0.1,0.2") == ["uncertain 0.1,0.2", ""]
    assert say("bad day")[2] == "uncertain"
    assert say("/uncertain") == ["uncertain 0.1,0.2", ""]
    assert say("/uncertain off") == ["uncertain off", ""]
    assert say("bad day")[1].startswith("▸ negative")


def test_threshold_and_band_hold_together(say, session):
    say("/threshold 0.7")
    say("/uncertain 0.4,0.6")
    assert (session.decision.threshold, session.decision.uncertain) == (0.7, (0.4, 0.6))

    say("/threshold off")
    assert (session.decision.threshold, session.decision.uncertain) == (None, (0.4, 0.6))


def test_a_rule_that_a_model_cannot_follow_is_refused(say, session):
    session.switch("three")

    assert say("/threshold 0.5") == [
        "error: a threshold and an uncertain band need a model with two labels; this one has 3: "
        "positive, negative, very neutral; choose another model, or leave them out",
        "",
    ]


def test_switches_are_taken_in_any_case(say):
    assert say("/explain ON") == ["explain on", ""]
    assert say("/threshold OFF") == ["threshold off", ""]
    assert say("/uncertain Off") == ["uncertain off", ""]
    assert say("/history CLEAR") == FORGOTTEN


def test_history_is_switched_off_and_on(say, session, path):
    session.history = kept = PrivateHistory(path)
    kept.append_string("one")
    assert say("/history off") == OFF
    kept.append_string("two")
    assert say("/set history") == ["history off", ""]
    assert say("/set history on") == say("/history on") == ON
    kept.append_string("three")

    assert say("/set history") == ["history on", ""]
    assert path.read_text() == '"one"\n"three"\n'


@pytest.mark.parametrize("before", [[], ["/history off"]], ids=["on", "off"])
def test_cleared_is_what_was_kept_whether_history_is_on_or_off(say, session, path, before):
    session.history = kept = PrivateHistory(path)
    kept.append_string("good")
    for entry in before:
        say(entry)
    kept.append_string("secret")

    assert say("/history clear") == FORGOTTEN
    assert path.read_bytes() == b""
    assert kept.get_strings() == []


def test_a_conversation_that_keeps_nothing_clears_what_earlier_ones_kept(say, path):
    PrivateHistory(path).append_string("good")

    assert say("/history off") == OFF
    assert say("/history clear") == FORGOTTEN
    assert path.read_bytes() == b""


def test_where_nothing_was_ever_kept_clearing_makes_nothing(say, path):
    assert say("/history clear") == FORGOTTEN
    assert not path.parent.exists()


@pytest.fixture
def mine(golden_model, folder, monkeypatch):
    """Give a folder of models in which one is whole and one is damaged."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    for name, manifest in [("mine", (golden_model / "manifest.json").read_text()), ("torn", "{")]:
        (folder / "models" / name).mkdir(parents=True)
        (folder / "models" / name / "manifest.json").write_text(manifest)
    (folder / "models" / "mine" / "metrics.json").write_text("{}")


def test_model_lists_those_there_are_and_marks_the_one_in_use(say, mine):
    lines = say("/model")

    assert ["mine" in line for line in lines][:2] == [True, False]
    assert lines[0].startswith("  mine")
    # Where names and labels do not fit beside each other, labels stand below, further in.
    assert [line for line in lines if not line.startswith("    ")][1].split()[0] == "torn"
    assert "damaged" in "".join(lines)
    assert [line for line in lines if line.startswith("▸")] == [
        next(line for line in lines if "default" in line)
    ]


def test_a_model_named_by_its_path_is_listed_too(say, session, mine):
    session.load = predictor_of
    say("/model ./elsewhere/other")

    assert say("/model")[0].startswith("▸ ./elsewhere/other")


def test_model_with_a_name_switches(say, session):
    assert say("/model other") == ["model other: positive, negative", ""]
    assert session.predictor.name == "other"


def test_compare_begins_tells_and_ends(say):
    assert say("/compare") == ["compare off", ""]
    assert say("/compare other") == ["compare other: positive, negative", ""]
    assert say("/compare") == ["compare other: positive, negative", ""]
    assert say("/compare off") == ["compare off", ""]


def test_names_of_models_are_offered(session, mine):
    def offered(name, typed):
        return [offer.value for offer in complete(session, Call(name, typed))]

    assert offered("model", "m") == ["mine"]
    assert {"default", "mine"} <= set(offered("model", ""))
    assert "default" not in offered("compare", "")
    assert offered("compare", "o") == ["off"]
    assert offered("set", "model m") == ["model mine"]
