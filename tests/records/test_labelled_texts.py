"""Texts decide which rows are used, and may lose their emoticons."""

import pytest

from lstm_sentiment_cli.records.labelled import is_taken, without_emoticons

TEXTS = [f"text {number} :)" for number in range(20_000)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("good :) film", "good film"),
        ("good film :-)", "good film"),
        (":( what a day :'(", "what a day"),
        ("good:)film", "good film"),
        (":)", ""),
        (":) ;) so", "so"),
        ("no  emoticon here", "no  emoticon here"),
        ("at 5:30", "at 5:30"),
    ],
)
def test_emoticons_go_and_so_do_their_spaces(text, expected):
    assert without_emoticons(text) == expected


@pytest.mark.parametrize("share", [0.01, 0.4, 0.75])
def test_a_share_of_the_texts_is_taken(share):
    taken = sum(is_taken(text, share) for text in TEXTS)

    # Four standard deviations of a fair draw.
    assert abs(taken - share * len(TEXTS)) < 4 * (share * (1 - share) * len(TEXTS)) ** 0.5


def test_all_texts_are_taken_unless_told_otherwise():
    assert all(is_taken(text, 1.0) for text in TEXTS)


def test_a_smaller_share_is_part_of_a_larger_one():
    assert all(is_taken(text, 0.5) for text in TEXTS if is_taken(text, 0.2))


def test_the_same_texts_are_taken_in_every_run():
    assert [number for number in range(20) if is_taken(str(number), 0.3)] == [2, 5, 10, 18]
