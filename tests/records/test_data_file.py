"""What the keys of a labelled file do to its rows."""

from collections import Counter

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile, balanced, fingerprint, read_examples
from lstm_sentiment_cli.records.profile import check_of

LABELS = ("positive", "negative")
ROWS = "".join(
    f"{label},text {number} of {label}\n"
    for number in range(300)
    for label in ("positive", "positive", "negative", "neutral")[: number % 4 + 1]
)


@pytest.fixture
def read(tmp_path):
    def read(name="a.csv", content=f"label,text\n{ROWS}", **keys):
        (tmp_path / name).write_text(content, encoding="utf-8")
        return read_examples([DataFile(tmp_path / name, **keys)], LABELS)

    return read


def weights(examples):
    summed = Counter()
    for _, label, weight in examples:
        summed[label] += weight
    return summed


def test_balanced_labels_count_the_same_and_together_what_they_did(read):
    plain, fair = read(weight=2.0), read(weight=2.0, balanced=True)

    assert weights(plain)["positive"] > 2 * weights(plain)["negative"]
    assert weights(fair)["positive"] == pytest.approx(weights(fair)["negative"])
    assert weights(fair).total() == pytest.approx(weights(plain).total())
    assert [each[:2] for each in fair] == [each[:2] for each in plain]


def test_labels_that_are_balanced_already_keep_their_weights(read):
    content = "label,text\npositive,a\nnegative,b\npositive,c\nnegative,d\n"

    assert read(content=content, balanced=True) == read(content=content)
    assert balanced([]) == []


def test_a_share_is_taken_of_examples_and_of_rows_left_out(read):
    whole, part = read(), read(share=0.4)

    assert set(part) < set(whole)
    assert 0.3 < len(part) / len(whole) < 0.5
    assert set(part.texts) < set(whole.texts)
    assert len(part.texts) == part.left_out["neutral"] < whole.left_out["neutral"]
    assert read(share=0.4) == part


def test_the_scale_of_labels_does_not_depend_on_the_share(read):
    rows = "".join(f"{number % 3 - 1},text {number}\n" for number in range(60))
    whole = {each.text: each.label for each in read(content=f"label,text\n{rows}")}
    part = list(read(content=f"label,text\n{rows}", share=0.02))

    assert 0 < len(part) < 5
    assert all(whole[each.text] == each.label for each in part)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "good\nbad\n"),
        ("a.csv", "id,text\n1,good\n2,bad\n"),
        ("a.csv", "label,text\npositive,good\nnegative,bad\n"),
    ],
)
def test_unlabelled_files_give_texts_and_need_no_label(read, name, content):
    found = read(name, content, unlabelled=True)

    assert (list(found), found.texts, found.unreadable) == ([], ["good", "bad"], [])
    assert found.left_out == {"no label": 2}
    assert check_of(found, LABELS).rows == 2


def test_texts_of_other_labels_are_kept(read):
    content = "label,text\nneutral,so so :)\npositive,good\n"

    assert read(content=content, strip_emoticons=True).texts == ["so so"]


@pytest.mark.parametrize("keys", [{"share": 0.5}, {"balanced": True}])
def test_what_changes_the_training_changes_the_fingerprint(read, keys):
    assert fingerprint(read(**keys)) != fingerprint(read())


@pytest.mark.parametrize("share", [0, -0.1, 1.1, float("nan")])
def test_a_share_must_be_one(share):
    with pytest.raises(SentimentError, match=r"a\.csv: share must be above 0"):
        DataFile("a.csv", share=share)


@pytest.mark.parametrize("keys", [{"balanced": True}, {"weight": 2}, {"label_column": "x"}])
def test_unlabelled_texts_cannot_be_weighed(keys):
    with pytest.raises(SentimentError, match="unlabelled texts have no label"):
        DataFile("a.csv", unlabelled=True, **keys)
