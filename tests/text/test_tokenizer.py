"""Texts become ids and tokens, and the units in which people see them."""

import json
import unicodedata
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.text.tokenizer import EMPTY, RESERVED, UNKNOWN, Tokenizer, units

TEXTS = ["good film", "good day :)", "worst day ever :(", "thumbs up for the film", "so cool"]
TOKENIZER = Tokenizer.fit(TEXTS, vocabulary_size=100, max_tokens=16)
OF_FIRST_VERSION = Tokenizer(TOKENIZER.vocabulary[len(RESERVED) :], 16, normalizer=1)
by_version = pytest.mark.parametrize("tokenizer", [OF_FIRST_VERSION, TOKENIZER])

# Pieces that tweets are made of, so that chance meets the rules and not only single letters.
tweets = st.lists(
    st.sampled_from(
        ["good", "GOOOOD ", " :)", "&amp;", "&lt;3", "@you", "#goodday", "#GoodDay", "😂", "👍🏽",
         "👩‍👩‍👧", "http://example.com ", "don't", "…", "!?!", "\u200d", "é", "ß", "\x00", "\n",
         "go\xadod", "don\xb4t", "e\u0301", "\x1b[1m", "\x1b[0 q", "\x9b1m", "&shy;", "&acute;"]
    )
    | st.text(max_size=5)
).map("".join)  # fmt: skip


def test_ids_are_ranks_by_frequency_after_the_reserved():
    assert TOKENIZER.vocabulary[:6] == (*RESERVED, "day", "film", "good")


def test_vocabulary_size_counts_the_reserved():
    tokenizer = Tokenizer.fit(TEXTS, vocabulary_size=5)

    assert tokenizer.vocabulary == (*RESERVED, "day", "film")


def test_words_seen_too_seldom_are_unknown():
    tokenizer = Tokenizer.fit(TEXTS, vocabulary_size=100, min_count=2)

    assert tokenizer.vocabulary == (*RESERVED, "day", "film", "good")
    assert tokenizer.encode("worst film").ids == [UNKNOWN, 4]


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u200d", "(,)"])
def test_a_text_without_words_is_one_token(text):
    assert TOKENIZER.encode(text).ids == [EMPTY]
    assert [token.id for token in TOKENIZER.tokens(text)] == [EMPTY]


def test_a_long_text_is_cut_and_says_so():
    assert TOKENIZER.encode("good " * 16).truncated is False
    assert TOKENIZER.encode("good " * 17) == ([5] * 16, True)
    assert len(TOKENIZER.tokens("good " * 17)) == 16


def test_a_text_of_a_hundred_million_characters_is_read_in_no_time():
    assert TOKENIZER.encode("x" * 10**8) == ([UNKNOWN], True)


def test_an_elongated_word_is_known_by_its_short_form():
    assert TOKENIZER.encode("soooo coool") == TOKENIZER.encode("so cool")


def test_an_unknown_hashtag_is_split_into_known_words():
    tokens = TOKENIZER.tokens("my #worstdayever")

    assert [(token.text, token.start, token.end) for token in tokens[2:]] == [
        ("worst", 4, 9),
        ("day", 9, 12),
        ("ever", 12, 16),
    ]


def test_an_unknown_emoji_is_read_by_its_name():
    tokens = TOKENIZER.tokens("ok 👍🏽!")

    assert [(token.text, token.start, token.end) for token in tokens[1:3]] == [
        ("thumbs", 3, 5),
        ("up", 3, 5),
    ]


def test_offsets_lead_through_entities():
    text = "a &amp; good &lt;3 day"
    places = {token.text: text[token.start : token.end] for token in TOKENIZER.tokens(text)}

    assert places["good"] == "good"
    assert places["day"] == "day"
    assert [text[t.start : t.end] for t in TOKENIZER.tokens(text)][3] == "&lt;3"


@by_version
@given(text=tweets)
def test_tokens_are_those_of_encode_in_the_order_of_the_text(tokenizer, text):
    tokens = tokenizer.tokens(text)

    assert [token.id for token in tokens] == tokenizer.encode(text).ids
    assert all(0 <= token.start <= token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@by_version
@given(text=tweets)
def test_encoding_is_bounded_and_never_empty(tokenizer, text):
    ids = tokenizer.encode(text).ids

    assert 1 <= len(ids) <= tokenizer.max_tokens
    assert all(UNKNOWN <= token_id < len(tokenizer.vocabulary) for token_id in ids)


@by_version
@given(text=tweets)
def test_what_was_met_before_changes_nothing(tokenizer, text):
    fresh = Tokenizer.from_json(tokenizer.to_json())

    assert fresh.encode(text) == fresh.encode(text) == tokenizer.encode(text)


@given(st.lists(tweets | st.sampled_from(["good " * 17, "x" * 2000, "good " * 16, ""]), max_size=5))
def test_many_texts_are_encoded_as_each_of_them(texts):
    found = TOKENIZER.encode_all(texts)
    expected = [TOKENIZER.encode(text) for text in texts]

    ids = memoryview(found.flat).cast("i").tolist()
    assert ids == [token_id for each in expected for token_id in each.ids]
    assert found.sizes == [4 * len(each.ids) for each in expected]
    assert found.truncated == [each.truncated for each in expected]


@given(tweets, st.sampled_from([" ", "\n", "  "]))
def test_spaces_around_change_nothing(text, space):
    assert TOKENIZER.encode(f"{space}{text}{space}").ids == TOKENIZER.encode(text).ids


@given(st.lists(st.text()), st.integers(1, 100), st.sampled_from([1, 2]))
def test_from_json_inverts_to_json(vocabulary, max_tokens, version):
    tokenizer = Tokenizer(vocabulary, max_tokens, version)
    source = tokenizer.to_json().encode(errors="surrogatepass").decode(errors="surrogatepass")

    assert Tokenizer.from_json(source) == tokenizer


def test_a_tokenizer_goes_on_to_read_by_the_rules_it_was_made_with():
    texts = ["don\xb4t", "go\xadod", "so cliche\u0301", "na\xefve", "\x1b[1mgood"]
    old = Tokenizer(["do", "n't", "good", "so", "cliche", "naive"], 16, normalizer=1)
    new = Tokenizer(["do", "n't", "good", "so", "cliche", "naive"], 16)

    assert Tokenizer.from_json(old.to_json()).normalizer == 1
    assert Tokenizer.from_json(new.to_json()).normalizer == 2
    assert [[token.text for token in new.tokens(text)] for text in texts] == [
        ["do", "n't"], ["good"], ["so", "cliche"], ["naive"], ["good"]
    ]  # fmt: skip
    assert [[token.text for token in old.tokens(text)] for text in texts] == [
        ["<unknown>", "<unknown>"], ["<unknown>", "<unknown>"], ["so", "cliche"], ["<unknown>"],
        ["<unknown>"],
    ]  # fmt: skip


def test_a_word_with_accents_is_known_by_itself_or_without_them():
    tokenizer = Tokenizer(["na\xefve", "naive", "cliche", "so", "#"], 16)
    tokens = tokenizer.tokens("na\xefve nai\u0308ve naive nai\u0301ve clich\xe9's #soclich\xe9")

    assert [token.text for token in tokens] == [
        "na\xefve", "na\xefve", "naive", "naive", "cliche", "#", "so", "cliche"
    ]  # fmt: skip


def test_offsets_lead_through_what_is_not_read():
    text = "\x1b[31mgo\xadod\x1b[0m \u200bcafe\u0301s \x9b1mfi&shy;lm."
    tokens = Tokenizer(["good", "cafes", "film"], 16).tokens(text)

    assert [text[token.start : token.end] for token in tokens] == [
        "go\xadod", "cafe\u0301s", "fi&shy;lm"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"normalizer": 99}, "normaliser 99"),
        ({"normalizer": 0}, "normaliser 0"),
        ({"normalizer": "2"}, "normaliser '2'"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 10_001}, "max_tokens must be at most 10,000"),
        ({"max_tokens": True}, "max_tokens"),
        ({"vocabulary": ["a", 1]}, "vocabulary"),
        ({"vocabulary": "abc"}, "vocabulary"),
    ],
)
def test_a_strange_tokenizer_is_refused(change, said):
    data = json.loads(TOKENIZER.to_json()) | change

    with pytest.raises(SentimentError, match=said):
        Tokenizer.from_json(json.dumps(data))


@pytest.mark.parametrize("source", ["", "[]", "{}", "null", '{"normalizer": 1', "deep"])
def test_what_is_no_tokenizer_is_refused(source):
    with pytest.raises(SentimentError, match="not a tokeniser"):
        Tokenizer.from_json("[" * 10**5 if source == "deep" else source)


UNIT_TEXTS = [
    "i do n't like goodday",
    "good film :)",
    "worst day ever :(",
    "face with tears of joy",
]
OF_UNITS = Tokenizer.fit(UNIT_TEXTS, vocabulary_size=100, max_tokens=16)
units_by_version = pytest.mark.parametrize(
    "tokenizer", [Tokenizer(OF_UNITS.vocabulary[len(RESERVED) :], 16, normalizer=1), OF_UNITS]
)

odd_tweets = st.lists(
    st.sampled_from(
        ["good", "GOOOOD ", " :)", "&amp;", "&lt;3", "&fjlig;", "@you", "#goodday", "#GoodDay",
         "😂", "👍🏽", "👩‍👩‍👧", "🇬🇧", "&#128514;", "don't", "DON&#39;T", "cant", "…", "!?!", "#",
         "\u200d", "\ufe0f", "e\u0301", "हिन्दी", "http://x.co/😂", " ", "\x00", "\ud800",
         "DON\xb4T", "do\xadn't", "\x1b[1m", "\x1b[0 q", "n\u0336", "\u1112\u1161", "&shy;", "\xb4",
         "\U000e0067"]
    )
    | st.text(st.characters(), max_size=5)
).map("".join)  # fmt: skip


def seen(text, tokenizer=OF_UNITS):
    return [text[unit.start : unit.end] for unit in units(tokenizer, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i don't like it", ["i", "don't", "like", "it"]),
        ("DON\u2019T cant", ["DON\u2019T", "cant"]),
        ("don&#39;t", ["don&#39;t"]),
        (
            "don\xb4t don&acute;t don\xe2\u20ac\u2122t",
            ["don\xb4t", "don&acute;t", "don\xe2\u20ac\u2122t"],
        ),
        ("do\xadn\xad't go\u200bod\u200b", ["do\xadn\xad't", "go\u200bod"]),
        ("\x1b[1mgood\x1b[0m do\x1b[1mn't\x1b[0m", ["good", "do\x1b[1mn't"]),
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
    [unit] = units(OF_UNITS, "😂")

    assert [OF_UNITS.vocabulary[token] for token in unit.ids] == [
        "face",
        "tears",
        "of",
        "joy",
    ]
    assert (unit.start, unit.end) == (0, 1)


def test_what_the_model_does_not_read_is_in_no_unit():
    assert len(units(OF_UNITS, "good " * 17)) == 16


@units_by_version
@given(text=odd_tweets)
def test_units_hold_the_tokens_of_encode_in_order(tokenizer, text):
    found = list(chain.from_iterable(unit.ids for unit in units(tokenizer, text)))

    assert (found or [2]) == tokenizer.encode(text).ids


@units_by_version
@given(text=odd_tweets)
def test_units_lie_inside_the_text_in_order_without_overlap(tokenizer, text):
    found = units(tokenizer, text)

    assert all(0 <= unit.start < unit.end <= len(text) for unit in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@units_by_version
@given(text=odd_tweets)
def test_no_unit_ends_before_an_accent_of_its_last_letter(tokenizer, text):
    assert not any(
        unit.end < len(text) and unicodedata.category(text[unit.end])[0] == "M"
        for unit in units(tokenizer, text)
    )
