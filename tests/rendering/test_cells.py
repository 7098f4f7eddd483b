import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.cells import cells, fitted, lines_of, padded
from lstm_sentiment_cli.rendering.style import visible


@pytest.mark.parametrize(
    ("text", "room"),
    [("hi", 2), ("e\u0301", 1), ("👍", 2), ("東京", 4), ("❤️", 2), ("👨‍👩‍👧", 6), ("", 0)],
)
def test_cells_are_what_the_least_able_terminal_needs(text, room):
    assert cells(text) == room


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("good morning", 12, "good morning"),
        ("good morning", 7, "good m…"),
        ("good morning", 6, "good…"),
        ("東京タワー", 6, "東京…"),
        ("東京タワー", 5, "東京…"),
        ("a\x1b[2Jb", 9, "a\ufffd[2Jb"),
        ("word", 1, "…"),
        ("word", 0, ""),
        ("", 0, ""),
    ],
)
def test_text_is_cut_by_cells(text, width, shown):
    assert fitted(text, width) == shown


def test_an_ellipsis_without_unicode_needs_three_cells():
    assert [fitted("good morning", width, "...") for width in (8, 3, 2)] == ["good...", "...", ""]


def test_the_end_of_a_huge_text_is_not_looked_at():
    huge = "e\u0301" * 10_000_000  # measuring it whole would take seconds

    assert fitted(huge, 4) == "e\u0301" * 3 + "…"


@given(st.text(st.characters()), st.integers(0, 200))
def test_fitted_text_fits_and_says_when_it_was_cut(text, width):
    shown = fitted(text, width)

    assert cells(shown) <= width
    assert shown == visible(text) or shown.endswith("…") or not shown


@given(st.text(st.characters()), st.integers(1, 100))
def test_padded_text_takes_exactly_its_column(text, width):
    assert cells(padded(text, width)) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("so good", 7, ["so good"]),
        ("so good", 6, ["so", "good"]),
        ("so  good ", 20, ["so  good"]),
        ("wonderful day", 5, ["wonde", "rful", "day"]),
        ("東京タワー day", 5, ["東京", "タワ", "ー", "day"]),
        ("東京", 1, ["東", "京"]),
        ("  ", 5, []),
    ],
)
def test_lines_end_at_spaces_and_only_long_words_are_broken(text, width, lines):
    assert [text[start:end] for start, end in lines_of(text, width)] == lines


@given(st.text(st.sampled_from("ab e\u0301東👍")), st.integers(2, 20))
def test_lines_fit_and_hold_all_but_spaces(text, width):
    lines = [text[start:end] for start, end in lines_of(text, width)]

    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_word_is_broken_in_no_time():
    assert len(lines_of("x" * 100_000, 80)) == 1250
