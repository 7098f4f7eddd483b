"""Synthetic tweets: all different, the same from the same seed, with what real ones have."""

import re
import statistics

import pytest

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.synthetic import synthetic_texts, synthetic_tweets
from lstm_sentiment_cli.text.tokenizer import RESERVED, Tokenizer


@pytest.fixture(scope="module")
def tokenizer(default_model):
    return Predictor.load(default_model).tokenizer


@pytest.fixture(scope="module")
def words(tokenizer):
    return tokenizer.vocabulary[len(RESERVED) :]


@pytest.fixture(scope="module")
def tweets(words):
    return synthetic_tweets(words, 20_000, seed=0)


def test_no_two_are_alike_and_each_is_one_line(tweets):
    assert len(set(tweets)) == 20_000
    assert [tweet for tweet in tweets if tweet.split() != re.split(r"[ \n]", tweet)] == []


def test_a_seed_gives_the_same_ones_again(words, tweets):
    assert synthetic_tweets(words, 50, seed=0) == tweets[:50]
    assert synthetic_tweets(words, 50, seed=1) != tweets[:50]


def test_they_are_as_long_as_tweets_are(tokenizer, tweets):
    lengths = [len(tokenizer.encode(tweet).ids) for tweet in tweets]

    assert 13 < statistics.mean(lengths) < 15
    assert min(lengths) < 4
    assert max(lengths) > 30


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("user", r"@\w+"),
        ("link", r"http://\S+"),
        ("hashtag", r"#\w+"),
        ("emoji", "[\U0001f300-\U0001faff]"),
        ("emoticon", r":[()D]"),
        ("elongation", r"([a-z])\1\1"),
        ("negation", r"\b(?:don|can)'t\b"),
        ("entity", "&amp;"),
        ("shouting", r"\b[A-Z]{3,}\b"),
    ],
)
def test_each_kind_is_in_some_and_not_in_most(tweets, kind, pattern):
    share = statistics.mean(re.search(pattern, tweet) is not None for tweet in tweets)

    assert 0.02 < share < 0.5


def test_frequent_words_are_frequent_and_new_chunks_keep_coming(words, tweets):
    chunks = " ".join(tweets).split()
    first = set(" ".join(tweets[:10_000]).split())
    later = " ".join(tweets[10_000:]).split()

    assert chunks.count("the") > chunks.count("people") > chunks.count("competitive")
    assert 0.05 < statistics.mean(chunk not in first for chunk in later) < 0.2


@pytest.mark.parametrize("vocabulary", [[], [":)", "<3", "10"], ["good"], ["привет", "да"]])
def test_any_vocabulary_will_do(vocabulary):
    tweets = synthetic_tweets(vocabulary, 300, seed=0)

    assert len(set(tweets)) == 300


def test_texts_have_so_many_tokens_that_the_vocabulary_knows(tokenizer, words):
    texts = synthetic_texts(words, 500, 40, seed=0)

    encoded = [tokenizer.encode(text).ids for text in texts]
    assert {len(ids) for ids in encoded} == {40}
    assert min(min(ids) for ids in encoded) >= len(RESERVED)


def test_words_that_are_two_tokens_are_left_out():
    tokenizer = Tokenizer(["dont", "good"], 64)

    (text,) = synthetic_texts(tokenizer.vocabulary[len(RESERVED) :], 1, 40, seed=0)

    assert text == " ".join(["good"] * 40)
