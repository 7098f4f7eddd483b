import pytest

from lstm_sentiment_cli.repl import commands
from lstm_sentiment_cli.repl.history import PrivateHistory

FORGOTTEN = ["history cleared: everything you typed so far is deleted", ""]
OFF = ["history off: nothing you type from now on is kept", ""]
ON = ["history on: what you type from now on is kept", ""]


@pytest.fixture(autouse=True)
def path(monkeypatch, tmp_path):
    path = tmp_path / "state" / "history"
    monkeypatch.setattr(commands, "history_path", lambda: path)
    return path


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


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("/explain onn", "/explain takes on or off, got 'onn' (did you mean 'on'?)"),
        (
            "/threshold high",
            "/threshold takes a probability from 0 to 1, such as 0.6, or off; got 'h",
        ),
        ("/threshold 60", "threshold must be between 0 and 1, got 60"),
        ("/threshold nan", "threshold must be between 0 and 1, got nan"),
        ("/uncertain 0.4", "/uncertain wants LOW,HIGH, as 0.4,0.6; got '0.4'"),
        ("/uncertain 0.6,0.4", "uncertain band must be LOW,HIGH with 0 <= LOW <= HIGH <= 1"),
        ("/uncertain a\x1b[2J,b", "/uncertain wants LOW,HIGH, as 0.4,0.6; got 'a\ufffd[2J,b'"),
        ("/history", "/history takes on, off or clear"),
        ("/history of", "/history takes on, off or clear, got 'of' (did you mean 'off'?)"),
        ("/explain o", "/explain takes on or off, got 'o' (did you mean 'on' or 'off'?)"),
    ],
)
def test_what_cannot_be_set_is_one_line_and_changes_nothing(say, session, entry, told):
    (line, empty) = say(entry)

    assert line.startswith(f"error: {told}")
    assert (empty, session.decision, session.explain) == ("", None, False)


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
    assert say("/set history on") == ON
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


def test_a_conversation_without_a_history_says_that_it_has_none(say):
    (line, empty) = say("/history on")

    assert line.startswith("error: this terminal cannot edit lines (TERM=dumb)")
    assert empty == ""
