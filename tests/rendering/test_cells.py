import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.cells import (
    cells,
    count_bars,
    fitted,
    line_spans,
    listing,
    padded,
    wrapped,
)
from lstm_sentiment_cli.rendering.style import Display, visible


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
    assert [text[start:end] for start, end in line_spans(text, width)] == lines


@given(st.text(st.sampled_from("ab e\u0301東👍")), st.integers(2, 20))
def test_lines_fit_and_hold_all_but_spaces(text, width):
    lines = [text[start:end] for start, end in line_spans(text, width)]

    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_long_word_is_broken_in_no_time():
    assert len(line_spans("x" * 100_000, 80)) == 1250


ROWS = [("/model [NAME]", "list the models, or use another"), ("/quit", "leave")]


def lines(rows, width):
    return listing(rows, width).plain.split("\n")


def test_columns_are_aligned():
    assert lines(ROWS, 80) == [
        "/model [NAME]  list the models, or use another",
        "/quit          leave",
    ]


def test_the_last_column_is_wrapped_under_itself():
    assert lines([*ROWS, ("/a", "x" * 24)], 40) == [
        "/model [NAME]  list the models, or use",
        "               another",
        "/quit          leave",
        f"/a             {'x' * 24}",
    ]


def test_where_there_is_little_room_it_stands_below():
    assert lines(ROWS, 30) == [
        "/model [NAME]",
        "    list the models, or use",
        "    another",
        "/quit",
        "    leave",
    ]


def test_rows_of_more_columns_and_empty_cells():
    rows = [("a", "bb", ""), ("日本", "c", "d")]

    assert lines(rows, 80) == ["a     bb", "日本  c   d"]


def test_nothing_a_terminal_would_act_on_is_shown():
    assert lines([("a\x1b[2J", "b\x07 \u202e")], 80) == ["a\ufffd[2J  b\ufffd \ufffd"]


def test_the_first_column_is_bold():
    shown = listing(ROWS, 80)
    bold = [shown.plain[span.start : span.end] for span in shown.spans]

    assert bold == ["/model [NAME]", "/quit"]


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Mn", "Me"]))


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1), st.integers(1, 60))
def test_no_line_but_one_of_a_single_word_is_wider_than_asked_for(rows, width):
    heads = 2 + max(cells(head) for head, _ in rows)
    for line in lines(rows, width):
        words = line[4:].split()
        assert cells(line) <= max(width, heads) or len(words) <= heads


@given(WORDS, st.integers(1, 60))
def test_wrapping_keeps_every_word(text, width):
    broken = wrapped(text, width)

    assert " ".join(broken).split() == text.split()
    assert all(cells(line) <= width or " " not in line for line in broken)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_one_empty_line(text):
    assert wrapped(text, 10) == [""]


COUNTS = {"positive": 12_000, "negative": 6_000, "neutral": 3}


def test_counts_have_a_line_each_the_longest_bar_for_the_highest():
    assert str(count_bars(COUNTS, Display(40))).split("\n") == [
        "positive 12,000  66.7% " + "█" * 17,
        "negative  6,000  33.3% " + "█" * 8 + "▌",
        "neutral       3   0.0% ",
    ]


def test_counts_without_blocks():
    assert str(count_bars(COUNTS, Display(33, unicode=False))).split("\n") == [
        "positive 12,000  66.7% ##########",
        "negative  6,000  33.3% #####",
        "neutral       3   0.0% ",
    ]


def test_nothing_counted_has_no_bars():
    assert str(count_bars({"a": 0, "b": 0}, Display(40))).split("\n") == [
        "a 0   0.0% ",
        "b 0   0.0% ",
    ]
    assert str(count_bars({}, Display(40))) == ""


def test_bars_have_the_colours_given():
    text = count_bars(COUNTS, Display(40), {"positive": "red"})

    assert [str(span.style) for span in text.spans] == ["red"]
    assert set(str(text)[text.spans[0].start : text.spans[0].end]) == {"█"}


@pytest.mark.parametrize("width", [40, 80, 120])
@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**9), min_size=1, max_size=5))
def test_any_names_are_kept_inside_the_terminal_and_harmless(width, counts):
    text = str(count_bars(counts, Display(width)))

    lines = text.split("\n")
    assert len(lines) == len(counts)
    assert max(map(cells, lines)) <= width
    assert not any(sign in text for sign in "\x1b\x07\r\u202e\x9b")
