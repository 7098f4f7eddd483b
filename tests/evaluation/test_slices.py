"""Kinds of texts: which belongs where, and how each is ranked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.evaluation.slices import FEWEST_ROWS, SLICES, slice_metrics, slices_of
from lstm_sentiment_cli.text.tokenizer import Tokenizer


def names(text, length=10, *, unknown=False):
    (bits,) = slices_of([text], np.array([length]), np.array([unknown])).tolist()
    return [name for place, name in enumerate(SLICES) if bits >> place & 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a plain day", []),
        ("", []),
        ("i don't know", ["with a negation"]),
        ("i don\xb4t know", ["with a negation"]),
        ("i do\x1b[1mn\xad't\x1b[0m know", ["with a negation"]),
        ("NEVER again, i cant", ["with a negation", "shouting in capitals"]),
        ("nobody knows nothing", ["with a negation"]),
        ("lovely 👍👍", ["with an emoji"]),
        ("lovely :-) <3", ["with an emoticon"]),
        ("lovely xD", ["with an emoticon"]),
        ("&lt;3 you", ["with an emoticon"]),
        ("so #blessed", ["with a hashtag"]),
        ("#WORSTDAY", ["with a hashtag"]),
        ("really?", ["with a question mark"]),
        ("what?!", ["with a question mark"]),
        ("what!", []),
        ("https://example.com/a?b=c", []),
        ("this is GREAT!", ["shouting in capitals"]),
        ("LOL in the USA, @SHOUTER", []),
        ("McDONALDS", []),
    ],
)
def test_kinds_of_texts(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("length", "unknown", "expected"),
    [
        (5, False, ["up to 5 tokens"]),
        (6, False, []),
        (19, True, ["with an unknown word"]),
        (20, False, ["20 tokens and more"]),
    ],
)
def test_lengths_and_unknown_words(length, unknown, expected):
    assert names("a day", length, unknown=unknown) == expected


@given(st.text(max_size=60))
def test_any_text_belongs_where_it_belongs_in_any_company(text):
    alone = names(text)

    assert alone == names(text)
    assert set(alone) <= set(names(f"{text} #tag"))


@given(st.text(alphabet="aB#?!:)' 👍n'tno", max_size=30))
def test_what_the_tokeniser_sees_as_a_hashtag_is_in_the_slice(text):
    tokens = [token.text for token in Tokenizer(["#"], 99).tokens(text)]

    assert ("with a hashtag" in names(text)) == ("#" in tokens)


def predictions(rows):
    """Return two-label rows of (bits, is right)."""
    bits, right = np.array(rows).T
    probabilities = np.where(right[:, None] == [1, 0], np.float32(0.9), np.float32(0.1))
    zeros = np.zeros(len(rows), np.int16)
    return Predictions(
        ("a", "b"), zeros, probabilities, zeros.astype(np.uint16), bits.astype(np.uint16)
    )


def test_accuracy_of_a_slice_and_of_the_rest_the_worst_first():
    rows = [(1, 1)] * 10 + [(1, 0)] * 90 + [(2, 1)] * 50 + [(2, 0)] * 50 + [(0, 1)] * 200

    negation, emoji = slice_metrics(predictions(rows))

    assert (negation.name, negation.rows, negation.accuracy.value) == ("with a negation", 100, 0.1)
    assert negation.rest.value == 250 / 300
    assert (emoji.name, emoji.accuracy.value, emoji.rest.value) == ("with an emoji", 0.5, 0.7)
    assert (negation.worse, emoji.worse) == (True, True)
    assert negation.to_json()["worse"]


def test_a_slice_is_worse_only_when_the_intervals_do_not_touch():
    rows = [(1, 1)] * 65 + [(1, 0)] * 35 + [(0, 1)] * 72 + [(0, 0)] * 28

    (found,) = slice_metrics(predictions(rows))

    assert found.accuracy.value < found.rest.value
    assert not found.worse


def test_few_rows_come_last_whatever_their_accuracy():
    rows = [(2, 0)] * (FEWEST_ROWS - 1) + [(1, 1)] * 100 + [(0, 1)] * 100

    assert [each.name for each in slice_metrics(predictions(rows))] == [
        "with a negation",
        "with an emoji",
    ]


def test_a_slice_of_all_rows_has_no_rest():
    (found,) = slice_metrics(predictions([(4, 1)] * 40))

    assert (found.name, found.rows, found.rest, found.worse) == (
        "with an emoticon", 40, None, False
    )  # fmt: skip
    assert found.to_json()["rest"] is None


def test_slices_without_rows_are_left_out():
    assert slice_metrics(predictions([(0, 1)] * 5)) == []
