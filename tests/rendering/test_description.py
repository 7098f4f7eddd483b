"""What labelled files hold, shown: complete, harmless, inside the terminal."""

import io
import re

import pytest
from rich.console import Console

from lstm_sentiment_cli.records.profile import Bin, Description, Lengths, TellingWord
from lstm_sentiment_cli.rendering import profiles as shown
from lstm_sentiment_cli.rendering.style import Display

FOUND = Description(
    rows=120,
    by_label={"positive": 60, "negative": 40},
    by_file={"a.csv": 100},
    left_out={"neutral": 15, "odd": 2},
    unreadable=3,
    empties=1,
    duplicates=4,
    contradictions=2,
    with_signs={"emoji": 5, "emoticon": 6, "hashtag": 7, "user": 8, "url": 9},
    lengths=Lengths(12.0, 11.0, 25.0, 1300),
    histogram=(Bin(1, 4, 10), Bin(5, 8, 70), Bin(65, None, 19)),
    max_tokens=64,
    over_max_tokens=19,
    telling_words={
        "positive": (TellingWord("love", 12.34, 1200, 3), TellingWord("[red]\x1b[31m", 2.0, 5, 0)),
        "negative": (TellingWord("a" * 60, 8.0, 10, 1),),
    },
)


def printed(renderable, width=80):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(renderable)
    return console.file.getvalue()


def test_the_headline_counts_texts_and_what_is_none():
    assert shown.headline(FOUND) == (
        "100 texts, 17 rows of other labels, 3 rows that could not be read"
    )


def test_labels_are_bars_in_their_colours():
    text = shown.label_balance(FOUND, Display(40))

    assert [line[:18] for line in str(text).split("\n")] == [
        "positive 60  60.0%", "negative 40  40.0%"
    ]  # fmt: skip
    assert len({str(span.style) for span in text.spans}) == 2


def test_lengths_are_told_and_drawn():
    assert shown.length_line(FOUND) == (
        "words in a text: half have at most 11, 95% at most 25, the longest 1,300; "
        "19 texts have more than 64, which is what a model reads by default"
    )
    assert re.sub("[█▏▎▍▌▋▊▉]+", "=", str(shown.length_histogram(FOUND, Display(60)))).split(
        "\n"
    ) == [
        "1 to 4      10  10.1% =",
        "5 to 8      70  70.7% =",
        "65 and more 19  19.2% =",
    ]


def test_facts_have_their_share_of_the_texts():
    lines = [" ".join(line.split()) for line in printed(shown.facts_table(FOUND)).splitlines()]

    assert "that occurred before 4 (4.0%)" in lines
    assert "that occur with different labels 2 (2.0%)" in lines
    assert "without a word 1 (1.0%)" in lines
    assert "with an emoji 5 (5.0%)" in lines
    assert "with a @user 8 (8.0%)" in lines
    assert "with an address 9 (9.0%)" in lines


@pytest.mark.parametrize("width", [40, 80, 120])
def test_telling_words_are_harmless_and_inside_the_terminal(width):
    text = printed(shown.telling_tables(FOUND), width)

    assert re.search(r"love +12\.3 +1,200 +3", text)
    assert "[red]\ufffd[31m" in text
    assert "\x1b" not in text
    assert "a" * 15 + "…" in text
    assert max(map(len, text.splitlines())) <= width


def test_labels_without_telling_words_have_no_table():
    text = printed(shown.telling_tables(Description(**{
        **{name: getattr(FOUND, name) for name in FOUND.__slots__},
        "telling_words": {"positive": ()},
    })))  # fmt: skip

    assert text.strip() == ""
