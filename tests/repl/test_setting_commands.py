import pytest


class Kept:
    """A history that remembers what was asked of it."""

    def __init__(self):
        self.done = []

    def stop(self):
        """Note it."""
        self.done.append("stop")

    def clear(self):
        """Note it."""
        self.done.append("clear")


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
        ("/explain onn", "/explain wants on or off, got 'onn' (did you mean 'on'?)"),
        ("/threshold high", "/threshold wants a probability from 0 to 1, as 0.6, or off; got 'h"),
        ("/threshold 60", "threshold must be between 0 and 1, got 60"),
        ("/threshold nan", "threshold must be between 0 and 1, got nan"),
        ("/uncertain 0.4", "/uncertain wants LOW,HIGH, as 0.4,0.6; got '0.4'"),
        ("/uncertain 0.6,0.4", "uncertain band must be LOW,HIGH with 0 <= LOW <= HIGH <= 1"),
        ("/uncertain a\x1b[2J,b", "/uncertain wants LOW,HIGH, as 0.4,0.6; got 'a\ufffd[2J,b'"),
        ("/history", "/history wants off or clear, got ''"),
        ("/history of", "/history wants off or clear, got 'of' (did you mean 'off'?)"),
    ],
)
def test_what_cannot_be_set_is_one_line_and_changes_nothing(say, session, entry, told):
    session.history = Kept()
    (line, empty) = say(entry)

    assert line.startswith(f"error: {told}")
    assert (empty, session.decision, session.explain) == ("", None, False)
    assert session.history.done == []


def test_a_rule_that_a_model_cannot_follow_is_refused(say, session):
    session.switch("three")

    assert say("/threshold 0.5") == [
        "error: a threshold and an uncertain band are for models of two labels; this one has 3: "
        "positive, negative, very neutral; switch them off",
        "",
    ]


def test_history_is_cleared_and_stopped(say, session):
    session.history = kept = Kept()

    assert say("/history clear") == ["history cleared", ""]
    assert say("/history off") == ["history off: from now on nothing that you type is kept", ""]
    assert kept.done == ["clear", "stop"]
    assert session.history is None


@pytest.mark.parametrize("entry", ["/history off", "/history clear"])
def test_without_a_history_there_is_nothing_to_do(say, entry):
    assert say(entry) == ["history is off: nothing that you type is kept", ""]
