"""A look at the data says what would go wrong in training."""

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile, Example, Examples, read_examples
from lstm_sentiment_cli.records.profile import check_of, require_trainable

LABELS = ("positive", "negative")


def test_a_check_counts_what_a_file_holds(tmp_path):
    path = str(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(
        "label,text\n"
        "positive,what a good film\n"
        "positive,What a good film\n"  # the same to the model
        "negative,what a good film\n"  # and a contradiction
        "negative,bad\n"
        "negative,\n"
        "positive\n"
        "neutral,it is a film\n"
        "odd,it is a film\n"
        "odd,it is a film\n"
    )

    check = check_of(read_examples([DataFile(path)], LABELS, skip_unreadable=True), LABELS)

    assert check.rows == 9
    assert check.by_label == {"positive": 2, "negative": 3}
    assert check.left_out == {"odd": 2, "neutral": 1}
    assert (check.empties, check.duplicates, check.contradictions) == (1, 2, 1)
    assert check.unreadable == ((path, 7, "1 field where the header has 2"),)
    assert check.by_file == {path: 5}
    assert check.lengths.longest == 4
    assert check.lengths.mean == pytest.approx((4 + 4 + 4 + 1 + 0) / 5)
    assert check.lengths.median == 4


def test_lengths_have_a_95th_percentile():
    examples = [Example("word " * length, "positive", 1.0) for length in range(1, 102)]

    check = check_of(Examples(examples, {}, [], {}), LABELS)

    assert check.lengths.percentile_95 == 96
    assert check.by_label == {"positive": 101, "negative": 0}


def test_no_examples_can_be_looked_at():
    check = check_of(Examples([], {"neutral": 3}, [], {}), LABELS)

    assert (check.rows, check.lengths.longest) == (3, 0)


def examples_of(**counts):
    return [
        Example(f"text {number}", label, 1.0)
        for label, count in counts.items()
        for number in range(count)
    ]


def test_ten_of_each_label_are_enough():
    require_trainable(examples_of(positive=10, negative=10), LABELS)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({}, "there are no examples; training needs examples of positive and negative"),
        ({"positive": 20}, "all examples are positive; training needs examples of positive and"),
        (
            {"positive": 20, "negative": 9},
            "9 examples are negative; training needs at least 10 of each label",
        ),
    ],
)
def test_too_few_examples_are_one_helpful_line(counts, message):
    with pytest.raises(SentimentError, match=message):
        require_trainable(examples_of(**counts), LABELS)
