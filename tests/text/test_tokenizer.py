import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.text.tokenizer import EMPTY, RESERVED, UNKNOWN, Tokenizer

TEXTS = ["good film", "good day :)", "worst day ever :(", "thumbs up for the film", "so cool"]
TOKENIZER = Tokenizer.fit(TEXTS, vocabulary_size=100, max_tokens=16)

# Pieces that tweets are made of, so that chance meets the rules and not only single letters.
tweets = st.lists(
    st.sampled_from(
        ["good", "GOOOOD ", " :)", "&amp;", "&lt;3", "@you", "#goodday", "#GoodDay", "😂", "👍🏽",
         "👩‍👩‍👧", "http://example.com ", "don't", "…", "!?!", "\u200d", "é", "ß", "\x00", "\n"]
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


@given(tweets)
def test_tokens_are_those_of_encode_in_the_order_of_the_text(text):
    tokens = TOKENIZER.tokens(text)

    assert [token.id for token in tokens] == TOKENIZER.encode(text).ids
    assert all(0 <= token.start <= token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@given(tweets)
def test_encoding_is_bounded_and_never_empty(text):
    ids = TOKENIZER.encode(text).ids

    assert 1 <= len(ids) <= TOKENIZER.max_tokens
    assert all(UNKNOWN <= token_id < len(TOKENIZER.vocabulary) for token_id in ids)


@given(tweets)
def test_what_was_met_before_changes_nothing(text):
    fresh = Tokenizer.from_json(TOKENIZER.to_json())

    assert fresh.encode(text) == fresh.encode(text) == TOKENIZER.encode(text)


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


@given(st.lists(st.text()), st.integers(1, 100))
def test_from_json_inverts_to_json(vocabulary, max_tokens):
    tokenizer = Tokenizer(vocabulary, max_tokens)
    source = tokenizer.to_json().encode(errors="surrogatepass").decode(errors="surrogatepass")

    assert Tokenizer.from_json(source) == tokenizer


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"normalizer": 99}, "normaliser 99"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"vocabulary": ["a", 1]}, "vocabulary"),
        ({"vocabulary": "abc"}, "vocabulary"),
    ],
)
def test_a_strange_tokenizer_is_refused(change, said):
    data = json.loads(TOKENIZER.to_json()) | change

    with pytest.raises(SentimentError, match=said):
        Tokenizer.from_json(json.dumps(data))


@pytest.mark.parametrize("source", ["", "[]", "{}", "null", '{"normalizer": 1'])
def test_what_is_no_tokenizer_is_refused(source):
    with pytest.raises(SentimentError, match="not a tokeniser"):
        Tokenizer.from_json(source)
