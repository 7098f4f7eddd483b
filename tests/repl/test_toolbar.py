import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.rendering.style import Display
from lstm_sentiment_cli.repl.prompt import has_room_for_toolbar, shortened, toolbar


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


@pytest.mark.parametrize(
    ("columns", "rows", "expected"), [(60, 10, True), (59, 10, False), (60, 9, False)]
)
def test_small_terminals_have_no_room(columns, rows, expected):
    assert has_room_for_toolbar(columns, rows) is expected
