"""Texts decide which rows are used, which lose emoticons and which get an emoji."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.records.labelled import (
    TONED,
    DataFile,
    is_taken,
    read_examples,
    with_emoji,
    without_emoticons,
)

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
    assert without_emoticons(text, 1) == expected


@pytest.mark.parametrize("share", [0.01, 0.4, 0.75])
def test_a_share_of_the_texts_is_taken(share):
    taken = sum(is_taken(text, share) for text in TEXTS)

    # Four standard deviations of a fair draw.
    assert abs(taken - share * len(TEXTS)) < 4 * (share * (1 - share) * len(TEXTS)) ** 0.5


def test_all_texts_are_taken_unless_told_otherwise():
    assert all(is_taken(text, 1.0) for text in TEXTS)


def test_a_smaller_share_is_part_of_a_larger_one():
    assert all(is_taken(text, 0.5) for text in TEXTS if is_taken(text, 0.2))


def test_what_is_taken_says_nothing_of_what_loses_its_emoticons():
    taken = [text for text in TEXTS if is_taken(text, 0.5)]
    stripped = sum(without_emoticons(text, 0.5) != text for text in taken)

    assert abs(stripped / len(taken) - 0.5) < 0.02


def test_the_same_texts_are_taken_in_every_run():
    assert [number for number in range(20) if is_taken(str(number), 0.3)] == [2, 5, 10, 18]


PLAIN_TEXTS = [f"text {number}" for number in range(20_000)]


@pytest.mark.parametrize("share", [0.01, 0.1, 0.6])
def test_a_share_of_the_texts_gets_an_emoji_of_its_label(share):
    given_one = [
        (text, more)
        for text in PLAIN_TEXTS
        if (more := with_emoji(text, "negative", share).removeprefix(text))
    ]

    # Four standard deviations of a fair draw.
    assert abs(len(given_one) - share * 20_000) < 4 * (share * (1 - share) * 20_000) ** 0.5
    for _, more in given_one:
        assert more[0] == " "
        assert set(more[1:]) <= set(TONED["negative"])
        assert len(set(more[1:])) == 1
        assert 1 <= len(more[1:]) <= 3


def test_all_emoji_are_used_about_as_often():
    used = Counter(with_emoji(text, "positive", 1.0)[-1] for text in PLAIN_TEXTS)
    expected = len(PLAIN_TEXTS) / len(TONED["positive"])

    assert set(used) == set(TONED["positive"])
    assert all(expected / 2 < count < expected * 2 for count in used.values())


@given(st.text(), st.sampled_from(["neutral", "sad", ""]), st.floats(0, 1))
def test_a_label_without_a_tone_leaves_the_text_alone(text, label, share):
    assert with_emoji(text, label, share) == text


@given(st.text(), st.sampled_from(["positive", "negative"]))
def test_without_a_share_and_in_every_run_the_same(text, label):
    assert with_emoji(text, label, 0.0) == text
    assert with_emoji(text, label, 0.5) == with_emoji(text, label, 0.5)


def test_no_emoji_has_two_tones_and_each_is_one_character():
    assert not set(TONED["positive"]) & set(TONED["negative"])
    for emoji in (*TONED["positive"], *TONED["negative"]):
        assert unicodedata.category(emoji) == "So"


def test_a_data_file_has_them_by_its_key(tmp_path):
    rows = "".join(
        f"{label}\t{text}\n" for text in PLAIN_TEXTS[:200] for label in ("positive", "calm")
    )
    (tmp_path / "a.tsv").write_text(f"label\ttext\n{rows}", encoding="utf-8")
    read = read_examples([DataFile(tmp_path / "a.tsv", emoji=1.0)], ("positive", "calm"))

    assert [each.text for each in read if each.label == "calm"] == PLAIN_TEXTS[:200]
    assert [each.text for each in read if each.label == "positive"] == [
        with_emoji(text, "positive", 1.0) for text in PLAIN_TEXTS[:200]
    ]
