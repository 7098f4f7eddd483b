"""Words that tell labels apart: by the paper's formula, and never by chance alone."""

import math
import random
from collections import Counter
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.records.profile import MOST_KEYWORDS, keywords, least_significant

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
    found = keywords(COUNTS)

    for label, other in (("positive", "negative"), ("negative", "positive")):
        for each in found[label]:
            assert each.z == pytest.approx(z_of(each.word, COUNTS[label], COUNTS[other]))
            assert (each.here, each.elsewhere) == (
                COUNTS[label][each.word],
                COUNTS[other][each.word],
            )


def test_what_is_frequent_on_one_side_only_comes_first_and_what_is_rare_is_none():
    found = keywords(COUNTS)

    assert [each.word for each in found["positive"]] == ["love"]
    assert [each.word for each in found["negative"]] == ["hate"]


def test_the_bound_is_that_of_benjamini_and_hochberg():
    """Their own example, the p-values of fifteen tests, of which the first four count at 5 %."""
    p_values = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
        *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    z = np.array([NormalDist().inv_cdf(1 - p / 2) for p in p_values])

    assert least_significant(z) == pytest.approx(z[3])
    assert least_significant(z[4:]) == math.inf


def test_words_shared_out_by_chance_are_no_keywords():
    chance = random.Random(1)
    vocabulary = [f"word{number}" for number in range(300)]
    weights = [1 / (rank + 1) for rank in range(300)]  # as frequent as words are (Zipf)

    families = 0
    for _ in range(100):
        sides = [Counter(chance.choices(vocabulary, weights, k=20_000)) for _ in "ab"]
        found = keywords(dict(zip("ab", sides, strict=True)))
        families += any(found.values())

    assert families <= 8  # 5 expected at most


def test_with_more_labels_each_is_told_from_all_the_others():
    counts = {
        "glad": Counter(good=30, day=10), "sad": Counter(bad=30, day=10),
        "calm": Counter(usual=30, day=10),
    }  # fmt: skip

    found = keywords(counts)

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
    assert keywords(counts) == dict.fromkeys(counts, ())


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3),
        st.dictionaries(st.sampled_from("abcdefghijklmno"), st.integers(1, 1000)).map(Counter),
        max_size=4,
    )
)
def test_any_counts_give_finite_scores_the_highest_first(counts):
    found = keywords(counts)

    assert list(found) == list(counts)
    for words in found.values():
        assert len(words) <= MOST_KEYWORDS
        scores = [each.z for each in words]
        assert scores == sorted(scores, reverse=True)
        assert all(math.isfinite(z) and z > 0 for z in scores)


def test_a_word_tells_one_of_two_labels_only():
    found = keywords(COUNTS)

    told = {label: {each.word for each in words} for label, words in found.items()}
    assert told["positive"].isdisjoint(told["negative"])
