"""Words that tell labels apart: by the paper's formula, and never by chance alone."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.records.profile import MOST_WORDS, telling_words

COUNTS = {
    "positive": Counter({"the": 400, "love": 40, "film": 20, "once": 1}),
    "negative": Counter({"the": 410, "hate": 30, "film": 22}),
}


def z_of(word, here, elsewhere):
    """Compute one z-score in the paper's letters."""
    both = here + elsewhere
    alpha_0 = 500
    alpha = alpha_0 * both[word] / both.total()
    y_i, y_j, n_i, n_j = here[word], elsewhere[word], here.total(), elsewhere.total()
    delta = math.log((y_i + alpha) / (n_i + alpha_0 - y_i - alpha))
    delta -= math.log((y_j + alpha) / (n_j + alpha_0 - y_j - alpha))
    return delta / math.sqrt(1 / (y_i + alpha) + 1 / (y_j + alpha))


def test_z_scores_are_those_of_the_formula():
    found = telling_words(COUNTS)

    for label, other in (("positive", "negative"), ("negative", "positive")):
        for each in found[label]:
            assert each.z == pytest.approx(z_of(each.word, COUNTS[label], COUNTS[other]))
            assert (each.here, each.elsewhere) == (
                COUNTS[label][each.word],
                COUNTS[other][each.word],
            )


def test_what_is_frequent_on_one_side_only_comes_first_and_what_is_rare_far_behind():
    found = telling_words(COUNTS)

    assert [each.word for each in found["positive"]] == ["love", "once"]
    assert found["negative"][0].word == "hate"
    assert found["positive"][0].z > 3
    assert found["positive"][1].z < 1


def test_with_more_labels_each_is_told_from_all_the_others():
    counts = {
        "glad": Counter(good=30, day=10), "sad": Counter(bad=30, day=10),
        "calm": Counter(usual=30, day=10),
    }  # fmt: skip

    found = telling_words(counts)

    assert {label: words[0].word for label, words in found.items()} == {
        "glad": "good", "sad": "bad", "calm": "usual"
    }  # fmt: skip
    assert found["glad"][0].elsewhere == 0


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"positive": Counter()},
        {"positive": Counter(good=3)},
        {"positive": Counter(good=3, bad=2), "negative": Counter()},
        {"positive": Counter(same=3), "negative": Counter(same=9)},
    ],
)
def test_where_nothing_can_be_told_nothing_is(counts):
    assert telling_words(counts) == dict.fromkeys(counts, ())


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3),
        st.dictionaries(st.sampled_from("abcdefghijklmno"), st.integers(1, 1000)).map(Counter),
        max_size=4,
    )
)
def test_any_counts_give_finite_scores_the_highest_first(counts):
    found = telling_words(counts)

    assert list(found) == list(counts)
    for words in found.values():
        assert len(words) <= MOST_WORDS
        scores = [each.z for each in words]
        assert scores == sorted(scores, reverse=True)
        assert all(math.isfinite(z) and z > 0 for z in scores)


def test_a_word_tells_one_of_two_labels_only():
    found = telling_words(COUNTS)

    told = {label: {each.word for each in words} for label, words in found.items()}
    assert told["positive"].isdisjoint(told["negative"])
