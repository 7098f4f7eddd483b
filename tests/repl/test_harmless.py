import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import TransformationInput

from lstm_sentiment_cli.rendering.style import visible
from lstm_sentiment_cli.repl.prompt import VisibleProcessor


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
