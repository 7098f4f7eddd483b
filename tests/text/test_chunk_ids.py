"""The short routes say what the rules say, chunk by chunk."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.text import chunk_ids
from lstm_sentiment_cli.text.chunk_ids import ChunkIds, packed
from lstm_sentiment_cli.text.cleaning import cleaned_chunk, decode_entities
from lstm_sentiment_cli.text.normalizer import TOKEN, pieces
from lstm_sentiment_cli.text.tokenizer import RESERVED, UNKNOWN, Tokenizer

TEXTS = [
    "good day do n't can so soo . .. ! ? well... yes www com http https x xd d t o u :) :( :D :/",
    "#goodday @you http://example.com me@example.com 12 1000 gr8 it's 😂 👍 best worst film !!",
]
TOKENIZER = Tokenizer.fit(TEXTS, vocabulary_size=200)
OF_VERSION = {
    version: Tokenizer(TOKENIZER.vocabulary[len(RESERVED) :], 64, version) for version in (1, 2)
}

# What the routes ask for, and what would lead them astray.
parts = st.sampled_from(
    ["good", "Day", "GOOD", "dont", "sooooo", "hahahaha", "don't", "unheard", "www", "http",
     "https", "://", "com", "x", "X", "xD", "D", "Do", "d", "T", "o", "u", "t", "9", "12", "1000",
     "gr8", "@you", "@", "@y_u", "#goodday", "#GoodDay", "#Good", "#good_day", "#", "_", ":", "::",
     ";", "=", "-", "^", "~", "<", "3", ">", "/", "\\", "|", "]", "[", "}", "{", "(", ")", "*", "'",
     "`", "\u2019", "\"", ",", ".", "..", "...", "\u2026", "!", "?", "!?", "&", "&amp;", "&lt;3",
     "&#64;", "&quot;", "&nbsp;", "http://a.b", "https://", "a@b.com", "caf\u00e9", "\uff2c",
     "\u00df", "\u0130", "😂", "👍🏽", "\u203c", "\u200d", "\ufe0f", "+", "$", "e\u0301", "\u0301",
     "\xad", "\u02bc", "\xb4", "\x92", "\ufffd", "\u3164", "\\'", "&shy;", "&acute;", "\U000e0067"]
)  # fmt: skip
chunks = st.lists(parts | st.characters(), min_size=1, max_size=6).map("".join).map(str.split)


def fresh_chunks(tokenizer=TOKENIZER):
    return ChunkIds(tokenizer._ids, clean_of(tokenizer), tokenizer._resolve, UNKNOWN)


def clean_of(tokenizer):
    return decode_entities if tokenizer.normalizer == 1 else cleaned_chunk


def by_the_rules(chunk, tokenizer=TOKENIZER):
    found = [
        token_id
        for match in TOKEN.finditer(clean_of(tokenizer)(chunk))
        for piece in pieces(match)
        for token_id, _, _ in tokenizer._resolve(piece)
    ]
    return b"".join(map(packed, found))


@pytest.mark.parametrize("version", OF_VERSION)
@given(found=chunks)
@example(
    found=["D:", "Do:", "(D:", "xD!", "www.!", "www..x", "a.):", "well...me@you.com", "@you::"]
)
@example(["http://x", "https://x", "http://", "https://", "http://a&quot;b", 'http://a"b'])
@example(
    found=["xd..", "..xd", "t.t", "(T.T)", "'...'", "x..d", "#x:d", "a...&#64;b", "word..", "...."]
)
@example(
    found=["so..\xad..x", "@\u3164", "@yo\u02bcu", "#so\xad", "\xe9..\ufe0f@b.com", "it\u2019s"]
)
@settings(max_examples=500, deadline=None)
def test_the_short_routes_say_what_the_rules_say(version, found):
    tokenizer = OF_VERSION[version]
    fresh = fresh_chunks(tokenizer)

    for chunk in found:
        assert fresh[chunk] == tokenizer._chunks[chunk] == by_the_rules(chunk, tokenizer), chunk


@pytest.mark.parametrize("part", ["so..", "#so", "so-", ".so", "so!", "@so:", "so&amp;", "xd", "'"])
def test_a_chunk_of_thousands_of_parts_is_read_by_the_rules(part):
    fresh = fresh_chunks()

    assert fresh[part * 2000] == by_the_rules(part * 2000)


def test_users_and_what_is_long_are_not_remembered():
    fresh = fresh_chunks()
    for chunk in ("@you", "@you:", "@y_u", "g" * 100, "good"):
        assert fresh[chunk] == by_the_rules(chunk)

    assert list(fresh) == ["good"]


@pytest.mark.parametrize("most", [0, 3])
def test_the_memory_is_bounded(monkeypatch, most):
    monkeypatch.setattr(chunk_ids, "MOST_CHUNKS", most)
    fresh = fresh_chunks()
    for number in range(100):
        assert fresh[f"good{number}!"] == by_the_rules(f"good{number}!")

    assert len(fresh) == most
