"""The sentence that ends a comparison."""

import pytest

from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.rendering.evaluations import verdict


@pytest.mark.parametrize(
    ("only_first", "only_second", "p", "sentence"),
    [
        (
            1234, 567, 1e-30,
            "mine is better than vader: accuracy +5.0 points (+2.1 to +7.9), p < 0.0001 (McNemar; "
            "only mine is right on 1,234 rows, only vader on 567)",
        ),
        (
            2, 12, 0.0129,
            "mine is worse than vader: accuracy +5.0 points (+2.1 to +7.9), p = 0.0129 (McNemar; "
            "only mine is right on 2 rows, only vader on 12)",
        ),
        (
            7, 5, 0.7744,
            "mine and vader are a tie: accuracy +5.0 points (+2.1 to +7.9), p = 0.7744 (McNemar; "
            "only mine is right on 7 rows, only vader on 5)",
        ),
    ],
)  # fmt: skip
def test_who_is_better_and_how_sure_that_is(only_first, only_second, p, sentence):
    paired = PairedComparison(10, only_first, only_second, 3, Interval(0.05, 0.021, 0.079), p)

    assert verdict("mine", Comparison("vader", None, paired)) == sentence
