"""Mistakes as lines: aligned, inside the terminal, harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.measurement import Mistake
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.evaluations import mistake_lines
from lstm_sentiment_cli.rendering.style import Display

ONE = Mistake("oh great", "negative", "positive", 0.991, "data/a.csv", 12)
OTHER = Mistake("not bad at all", "positive", "negative", 0.872, "b.csv", 1204)


def shown(mistakes, width=80, *, several_files=False, unicode=True):
    display = Display(width, unicode)
    return mistake_lines(mistakes, display, several_files=several_files).plain.split("\n")


def test_the_columns_are_aligned_and_the_text_is_last():
    assert shown([ONE, OTHER]) == [
        "  sure  answered  right     line  text",
        " 99.1%  positive  negative  12    oh great",
        " 87.2%  negative  positive  1204  not bad at all",
    ]


def test_of_several_files_the_name_is_told():
    assert shown([ONE, OTHER], several_files=True)[1] == (
        " 99.1%  positive  negative  a.csv:12    oh great"
    )


def test_a_narrow_terminal_leaves_out_the_line_and_cuts_the_text():
    _, line = shown([ONE._replace(text="so long a text that it does not fit")], 45)

    assert line == " 99.1%  positive  negative  so long a text t…"


def test_what_users_wrote_is_harmless():
    text = "\n".join(shown([ONE._replace(text="a\x1b[31m\nb\u202e", label="x\x07", file="\x1b")]))

    assert not any(sign in text for sign in "\x1b\x07\u202e")
    assert text.count("\n") == 1


@given(
    st.builds(
        Mistake,
        text=st.text(),
        label=st.text(max_size=30),
        predicted=st.text(max_size=30),
        probability=st.floats(0, 1),
        file=st.text(max_size=30),
        line=st.integers(1, 10**9),
    ),
    st.booleans(),
)
def test_every_line_fits(mistake, several_files):
    for line in shown([mistake, ONE], 80, several_files=several_files):
        assert cells(line) <= 80


@pytest.mark.parametrize(("unicode", "end"), [(True, "…"), (False, "...")])
def test_cut_text_ends_as_the_terminal_can_show_it(unicode, end):
    assert shown([ONE._replace(text="x" * 99)], unicode=unicode)[1].endswith(f"x{end}")
