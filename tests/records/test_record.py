"""The columns of text and label are found under their usual names, or asked for."""

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.record import distinct_names, find_label_column, find_text_column


@pytest.mark.parametrize(
    ("columns", "given", "expected"),
    [
        (["label", "text"], None, "text"),
        (["label", "text"], "label", "label"),
        (["anything"], None, "anything"),
        (["id", "tweet"], None, "tweet"),
        (["id", " Content "], None, " Content "),
        (["text", "tweet"], None, "text"),
    ],
)
def test_text_column(columns, given, expected):
    assert find_text_column(columns, given, "a.csv") == expected


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["label", "text"], "label"),
        (["target", "text"], "target"),
        (["Sentiment", "text"], "Sentiment"),
        (["label", "class"], "label"),
    ],
)
def test_label_column(columns, expected):
    assert find_label_column(columns, None, "a.csv") == expected


@pytest.mark.parametrize(
    ("columns", "given", "message"),
    [
        (
            ["id", "sentence"],
            "sentense",
            "a.csv has no column 'sentense' (did you mean 'sentence'?); "
            "columns: id, sentence (--text-column)",
        ),
        (
            ["texts", "id"],
            None,
            "a.csv has no column 'text' (did you mean 'texts'?); columns: texts, id "
            "(name the column of the text with --text-column)",
        ),
        (
            ["sentence", "message"],  # either could be it
            None,
            "a.csv has no column 'text'; columns: sentence, message "
            "(name the column of the text with --text-column)",
        ),
        (["only"], "text", "a.csv has no column 'text'; columns: only (--text-column)"),
    ],
)
def test_a_column_that_is_not_there_names_those_that_are(columns, given, message):
    with pytest.raises(SentimentError) as error:
        find_text_column(columns, given, "a.csv")

    assert str(error.value) == message


def test_a_label_column_must_have_its_usual_name():
    with pytest.raises(
        SentimentError, match=r"no column 'label'.*of the label with --label-column"
    ):
        find_label_column(["only"], None, "a.csv")


def test_only_names_that_repeat_are_changed():
    assert distinct_names(["a", "", "b"]) == ["a", "", "b"]
    assert distinct_names(["b", "a", "b", "b_1"]) == ["b_2", "a", "b_3", "b_1"]


def test_a_label_that_repeats_is_one_helpful_line():
    with pytest.raises(
        SentimentError, match=r"2 columns 'label'.* label_1 or label_2 with --label"
    ):
        find_label_column(["label", "text", "label"], None, "a.csv")
