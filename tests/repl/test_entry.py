import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.repl.command import Call, as_text, call_in, texts_in


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
