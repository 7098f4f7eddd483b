"""Words in colours: what stands on the screen, in which colours, and that nothing shifts."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from lstm_sentiment_cli.inference.explanation import Contribution, Explanation
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.explanations import (
    coloured,
    coloured_line,
    contributions_table,
    short_explanation,
    strongest,
)
from lstm_sentiment_cli.rendering.style import Display, diverging, shades, visible

LABELS = ("positive", "negative")
THREE = ("positive", "negative", "neutral")
TEXT = "the food was good but slow, terrible"
BLUE, ORANGE = diverging(LABELS, "positive")


def explained(text, label="positive", **words):
    """Return an explanation in which the words of a text add what is given."""
    found = [
        Contribution(text.index(word), text.index(word) + len(word), word, added)
        for word, added in words.items()
    ]
    return Explanation(label, tuple(sorted(found)))


WHY = explained(TEXT, food=0.1, good=1.2, slow=-0.8, terrible=-2.0)


def styles(text):
    """Return word → style."""
    return {text.plain[span.start : span.end]: span.style for span in text.spans if span.style}


def sent(text, color_system):
    """Return what a terminal of these colours would be sent."""
    # A style remembers the codes of the first terminal that it is sent to.
    Style.parse.cache_clear()
    Style._add.cache_clear()
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system=color_system, _environ={}, width=200
    )
    console.print(text, soft_wrap=True)
    return console.file.getvalue()


def test_words_have_the_colour_of_what_they_speak_for_stronger_where_they_say_more():
    blue, orange = shades(BLUE, 256), shades(ORANGE, 256)

    found = styles(coloured(TEXT, WHY, LABELS, Display(80)))

    assert found == {"good": blue[1], "slow": orange[1], "terrible": orange[2]}
    assert coloured(TEXT, WHY, LABELS, Display(80)).plain == TEXT


def test_where_no_word_says_much_none_is_coloured_as_if_it_did():
    weak = explained("so so day", day=0.2, so=-0.1)

    assert styles(coloured("so so day", weak, LABELS, Display(80))) == {"day": shades(BLUE, 256)[0]}


def test_without_colour_the_sign_is_written_twice_for_the_strongest():
    shown = coloured(TEXT, WHY, LABELS, Display(80, colours=0))

    assert (
        shown.plain
        == "the food was +good but \N{MINUS SIGN}slow, \N{MINUS SIGN}\N{MINUS SIGN}terrible"
    )
    assert styles(shown) == {}
    assert coloured(TEXT, WHY, LABELS, Display(80, colours=0, unicode=False)).plain == (
        "the food was +good but -slow, --terrible"
    )


def test_of_more_labels_plus_has_the_colour_of_the_explained_one():
    why = explained(TEXT, "negative", good=-1.0, terrible=2.0)

    found = styles(coloured(TEXT, why, THREE, Display(80)))

    assert found == {"good": shades(BLUE, 256)[1], "terrible": shades(ORANGE, 256)[2]}


def test_the_text_is_wrapped_at_spaces():
    shown = coloured(TEXT, WHY, LABELS, Display(14, colours=0, unicode=False))

    assert shown.plain.split("\n") == ["the food was", "+good but", "-slow,", "--terrible"]


@pytest.mark.parametrize(
    ("color_system", "codes"),
    [
        ("standard", {"\x1b[30;46mgood", "\x1b[30;43mslow"}),
        ("256", {"\x1b[38;5;", "\x1b[1;38;5;16;48;5;"}),
        ("truecolor", {"\x1b[38;2;", "\x1b[1;38;2;0;0;0;48;2;"}),
    ],
)
def test_in_every_colour_system_for_and_against_differ_and_bring_their_ground(color_system, codes):
    text = "good slow terrible lovely"
    why = explained(text, good=0.5, slow=-0.5, terrible=-2.0, lovely=2.0)
    colours = 16 if color_system == "standard" else 256

    raw = sent(coloured(text, why, LABELS, Display(80, colours=colours)), color_system)

    assert all(code in raw for code in codes)
    by_word = {word: raw.split(word)[0].rsplit("\x1b[0m", 1)[-1] for word in text.split()}
    assert len(set(by_word.values())) == 4


def test_the_strongest_three_are_named_with_what_they_add():
    line = strongest(WHY, LABELS, Display(80, unicode=False))

    assert line.plain == "strongest for positive: terrible -2.00, good +1.20, slow -0.80"


def test_of_more_labels_the_line_names_the_explained_one():
    why = explained(TEXT, "neutral", good=1.0)

    assert strongest(why, THREE, Display(80)).plain == "strongest for neutral: good +1.00"


@pytest.mark.parametrize("why", [explained(TEXT), explained(TEXT, food=0.1)])
def test_where_no_word_counts_none_is_named(why):
    assert strongest(why, LABELS, Display(80)).plain == ""


@pytest.mark.parametrize("width", [1, 8, 12, 20, 30, 60])
def test_a_narrow_line_names_fewer(width):
    line = strongest(WHY, LABELS, Display(width)).plain

    assert cells(line) <= width
    assert "\n" not in line


@pytest.mark.parametrize("width", range(8, 60))
@pytest.mark.parametrize("unicode", [True, False])
def test_a_word_that_is_cut_short_can_still_be_known(width, unicode):
    text = "terrible but awful"
    why = explained(text, terrible=-2.0, but=-1.0, awful=-0.9)
    line = strongest(why, LABELS, Display(width, unicode=unicode)).plain

    for named in filter(None, re.split(" · |, ", line.partition("for positive: ")[2] or line)):
        word, _number = named.split()
        kept = word.removesuffix("…" if unicode else "...")
        assert kept == word or len(kept) >= 3
    assert not line.endswith(": ")


def test_a_short_explanation_has_the_strongest_and_tells_of_the_others():
    short, others = short_explanation(WHY, 3, Display(80))

    assert [each.text for each in short.contributions] == ["terrible", "good"]
    assert others.plain == "… and 2 words of at most 0.80"
    assert short_explanation(WHY, 4, Display(80))[0] == WHY
    assert short_explanation(WHY, 4, Display(80))[1].plain == ""


def test_what_the_others_add_is_rounded_up():
    why = explained("x y z", x=1.0, y=0.0501, z=0.02)

    assert short_explanation(why, 2, Display(80))[1].plain.endswith(" of at most 0.06")


def test_the_table_has_every_unit_the_strongest_first():
    table = contributions_table(WHY, LABELS, Display(30, unicode=False)).plain

    assert table.split("\n") == [
        "what each word adds to the...",
        "terrible  -2.00 ##############",
        "good      +1.20 ########",
        "slow      -0.80 ######",
        "food      +0.10 #",
    ]


def test_a_text_without_words_has_a_table_that_says_so():
    assert contributions_table(explained(""), LABELS, Display(80)).plain == "no words to go by"


@pytest.mark.parametrize("show", [coloured, coloured_line])
def test_nothing_in_a_text_is_interpreted(show):
    text = "[red]bad[/] :smile: \x1b[31mx\x1b]8;;y\x07 \u202eend"
    shown = show(text, explained(text, bad=-2.0, end=1.0), LABELS, Display(80)).plain

    assert shown == visible(text)
    assert "\x1b[31m" not in sent(show(text, explained(text), LABELS, Display(80)), "truecolor")


def test_what_the_model_did_not_read_is_one_line_at_most():
    text = "good " + "and more " * 10_000
    shown = coloured(text, explained(text, good=1.0), LABELS, Display(40)).plain

    assert shown.startswith("good and more")
    assert shown.endswith("…")
    assert shown.count("\n") <= 1


hostile = st.lists(
    st.sampled_from(
        ["good ", "東京 ", "👨‍👩‍👧", "❤️ ", "e\u0301", "שלום ", "x" * 30, "\n", "\x1b[2J"]
    )
    | st.text(st.characters(), max_size=4),
    max_size=12,
)


@given(hostile, st.data())
def test_lines_fit_the_width_whatever_the_text(pieces, data):
    text = "".join(pieces)
    ends = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    found = [
        Contribution(start, end, text[start:end], data.draw(st.floats(-5, 5)))
        for start, end in zip(ends[::2], ends[1::2], strict=False)
    ]
    why = Explanation("positive", tuple(found))
    width = data.draw(st.integers(2, 60))
    unicode, colours = data.draw(st.booleans()), data.draw(st.sampled_from([0, 16, 256]))

    for shown in (
        coloured(text, why, LABELS, Display(width, unicode=unicode, colours=colours)),
        coloured_line(text, why, LABELS, Display(width, unicode=unicode, colours=colours)),
        strongest(why, LABELS, Display(width, unicode=unicode, colours=colours)),
    ):
        assert all(cells(line) <= width for line in shown.plain.split("\n"))
    table = contributions_table(why, LABELS, Display(max(width, 24), unicode=unicode))
    assert all(cells(line) <= max(width, 24) for line in table.plain.split("\n"))
