"""A look at the data says what files hold, and what would go wrong in training."""

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile, Example, Examples, read_examples
from lstm_sentiment_cli.records.profile import SIGNS, Bin, check_of, describe, require_trainable

LABELS = ("positive", "negative")


def test_a_check_counts_what_a_file_holds(tmp_path):
    path = str(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(
        "label,text\n"
        "positive,what a good film\n"
        "positive,\x1b[1mWhat\x1b[0m a go\xadod film\n"  # the same to the model
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
            "too few examples of negative: 9; training needs at least 10 of each label",
        ),
    ],
)
def test_too_few_examples_are_one_helpful_line(counts, message):
    with pytest.raises(SentimentError, match=message):
        require_trainable(examples_of(**counts), LABELS)


ROWS = [
    "positive\tlove it 😀 :)",
    "negative\thate it @you",
    "POS\tLOVE it 😀 :)",
    "neg\tlove it 😀 :)",
    "neutral\tsee http://example.com #monday",
    "negative\t",
    "positive",
    "odd\tthis is what it is",
]


@pytest.fixture
def files(write):
    return [DataFile(write("a.tsv", "\n".join(["label\ttext", *ROWS]))),
            DataFile(write("b.csv", "label,text\nneg,hate this\n"))]  # fmt: skip


def test_without_labels_asked_for_all_are_described_the_most_frequent_first(files):
    found = describe(files, None, max_tokens=64)

    assert found.check.by_label == {"negative": 4, "positive": 2, "neutral": 1, "odd": 1}
    assert (found.check.rows, found.check.texts, found.check.left_out) == (9, 8, {})
    assert len(found.check.unreadable) == found.to_json()["unreadable"] == 1
    assert list(found.check.by_file.values()) == [7, 1]
    assert found.with_signs == {"emoji": 3, "emoticon": 3, "hashtag": 1, "user": 1, "url": 1}
    assert list(found.with_signs) == list(SIGNS)
    assert list(found.keywords) == list(found.check.by_label)


def test_labels_asked_for_come_in_their_order_and_others_are_counted(files):
    found = describe(files, ("positive", "sad", "negative"), max_tokens=64)

    assert found.check.by_label == {"positive": 2, "sad": 0, "negative": 4}
    assert list(found.check.by_label) == ["positive", "sad", "negative"]
    assert (found.check.rows, found.check.texts) == (9, 6)
    assert found.check.left_out == {"neutral": 1, "odd": 1}
    assert found.keywords["sad"] == ()


def test_what_check_counts_too_is_the_same(files):
    found = describe(files, LABELS, max_tokens=64).check

    assert found == check_of(read_examples(files, LABELS, skip_unreadable=True), LABELS)
    assert (found.duplicates, found.contradictions) == (2, 1)


def test_the_histogram_counts_each_text_with_a_word_once(write):
    lengths = [0, 1, 2, 3, 8, 31, 32, 33, 500]
    rows = [f"a,{' '.join(['word'] * length)}" for length in lengths]
    file = DataFile(write("a.csv", "\n".join(["label,text", *rows])))

    found = describe([file], None, max_tokens=32)

    shown = [(each.first, each.last, each.texts) for each in found.histogram if each.texts]
    assert shown == [(1, 2, 2), (3, 4, 1), (7, 8, 1), (31, 32, 2), (33, None, 2)]
    assert sum(each.texts for each in found.histogram) == len(lengths) - found.check.empties
    assert (found.check.empties, found.over_max_tokens, found.check.lengths.longest) == (1, 2, 500)


@pytest.mark.parametrize(("max_tokens", "bins"), [(5, 5), (64, 2), (1, 2)])
def test_the_histogram_ends_with_the_longest_text(write, max_tokens, bins):
    file = DataFile(write("a.csv", "label,text\na,one\na,one two three four five\n"))

    found = describe([file], None, max_tokens=max_tokens)

    assert len(found.histogram) == bins
    assert found.histogram[-1].texts == 1
    assert found.histogram[0] == Bin(1, 4 if max_tokens == 64 else 1, 1)


def test_progress_is_told(files):
    told = []

    describe(files, None, max_tokens=64, on_progress=told.append)

    assert told == [7, 8]


def test_labels_that_are_none_are_refused(write):
    rows = [f"user{number},text" for number in range(200)]
    file = DataFile(write("a.csv", "\n".join(["label,text", *rows])))

    with pytest.raises(SentimentError, match="more than 100 different labels; if another column"):
        describe([file], None, max_tokens=64)


def test_labels_nobody_has_are_told_with_those_there_are(files):
    with pytest.raises(SentimentError) as error:
        describe(files, ("glad", "sad"), max_tokens=64)

    assert str(error.value) == (
        "no row is labelled glad or sad; among the labels are negative, positive, neutral, odd"
    )


def test_rows_of_which_none_can_be_read_are_told_with_the_first(write):
    path = write("a.csv", "label,text\n,good\n,bad\n")

    with pytest.raises(SentimentError) as error:
        describe([DataFile(path)], None, max_tokens=64)

    assert str(error.value) == f"no row can be read, the first in {path}, line 2: no label"
