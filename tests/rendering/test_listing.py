import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.cells import cells, listing, wrapped

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
