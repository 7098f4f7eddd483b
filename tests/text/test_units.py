import unicodedata
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.text.tokenizer import Tokenizer, units

TEXTS = ["i do n't like goodday", "good film :)", "worst day ever :(", "face with tears of joy"]
TOKENIZER = Tokenizer.fit(TEXTS, vocabulary_size=100, max_tokens=16)

tweets = st.lists(
    st.sampled_from(
        ["good", "GOOOOD ", " :)", "&amp;", "&lt;3", "&fjlig;", "@you", "#goodday", "#GoodDay",
         "😂", "👍🏽", "👩‍👩‍👧", "🇬🇧", "&#128514;", "don't", "DON&#39;T", "cant", "…", "!?!", "#",
         "\u200d", "\ufe0f", "e\u0301", "हिन्दी", "http://x.co/😂", " ", "\x00", "\ud800"]
    )
    | st.text(st.characters(), max_size=5)
).map("".join)  # fmt: skip


def seen(text, tokenizer=TOKENIZER):
    return [text[unit.start : unit.end] for unit in units(tokenizer, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i don't like it", ["i", "don't", "like", "it"]),
        ("DON\u2019T cant", ["DON\u2019T", "cant"]),
        ("don&#39;t", ["don&#39;t"]),
        ("soooo good!!!!", ["soooo", "good", "!!!!"]),
        ("so... what?!", ["so", "...", "what", "?!"]),
        ("😂😂😂😂 😭", ["😂😂😂😂", "😭"]),
        ("nice❤️day", ["nice", "❤️", "day"]),
        ("&#128514;&#128514;&#128514; x", ["&#128514;&#128514;&#128514;", "x"]),
        ("👨‍👩‍👧🇬🇧👍🏽", ["👨‍👩‍👧🇬🇧👍🏽"]),
        ("good &amp;lt;3", ["good", "&amp;lt;3"]),
        ("#GoodDay", ["#Good", "Day"]),
        ("#gooodday!", ["#gooodday", "!"]),
        ("cafe\u0301s and हिन्दी", ["cafe\u0301s", "and", "हिन्दी"]),
        ("@you http://x.co/a?b", ["@you", "http://x.co/a?b"]),
        ("", []),
        (" \x00 (,)", []),
    ],
)
def test_units_are_what_people_see_as_one_thing(text, expected):
    assert seen(text) == expected


def test_an_emoji_that_is_read_as_its_name_is_one_unit():
    [unit] = units(TOKENIZER, "😂")

    assert [TOKENIZER.vocabulary[token] for token in unit.ids] == ["face", "tears", "of", "joy"]
    assert (unit.start, unit.end) == (0, 1)


def test_what_the_model_does_not_read_is_in_no_unit():
    assert len(units(TOKENIZER, "good " * 17)) == 16


@given(tweets)
def test_units_hold_the_tokens_of_encode_in_order(text):
    found = list(chain.from_iterable(unit.ids for unit in units(TOKENIZER, text)))

    assert (found or [2]) == TOKENIZER.encode(text).ids


@given(tweets)
def test_units_lie_inside_the_text_in_order_without_overlap(text):
    found = units(TOKENIZER, text)

    assert all(0 <= unit.start < unit.end <= len(text) for unit in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(tweets)
def test_no_unit_ends_before_an_accent_of_its_last_letter(text):
    assert not any(
        unit.end < len(text) and unicodedata.category(text[unit.end])[0] == "M"
        for unit in units(TOKENIZER, text)
    )
