"""The sample is what its README says of it."""

import csv
from collections import Counter
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data" / "sample.csv"


def rows():
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_half_of_200_rows_are_positive():
    assert Counter(row["label"] for row in rows()) == {"positive": 100, "negative": 100}


def test_no_two_texts_are_alike():
    from lstm_sentiment_cli.text.normalizer import words

    most_frequent = Counter(tuple(words(row["text"])) for row in rows()).most_common(1)

    assert [count for _, count in most_frequent] == [1]


def test_texts_are_as_long_as_tweets():
    assert all(row["text"] == row["text"].strip() for row in rows())
    assert all(4 <= len(row["text"].split()) <= 35 for row in rows())


def test_only_addresses_of_example_com():
    addresses = [word for row in rows() for word in row["text"].split() if "//" in word]

    assert addresses
    origins = ("http://example.com/", "https://example.com/")
    assert all(address.startswith(origins) for address in addresses)


def test_what_tweets_are_full_of_occurs():
    text = "\n".join(row["text"] for row in rows())

    for sign in ["#", "@", ":)", ":(", "!!", "??", '"', "&amp;", "🎉", "💔", "n't", "not "]:
        assert sign in text


def test_the_reader_of_examples_understands_every_row():
    from lstm_sentiment_cli.records.labelled import DataFile, read_examples

    examples = read_examples([DataFile(SAMPLE)], ("positive", "negative"))

    assert [(each.label, each.text) for each in examples] == [tuple(row.values()) for row in rows()]
