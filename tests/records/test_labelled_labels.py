"""Labels are understood in the forms people write them in, and never guessed."""

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import LabelReading

TWO = ("positive", "negative")


@pytest.mark.parametrize(
    ("labels", "values", "expected"),
    [
        (TWO, ["positive", "NEGATIVE", " Neutral "], ["positive", "negative", "neutral"]),
        (TWO, ["pos", "Neg", "NEU"], ["positive", "negative", "neutral"]),
        (TWO, ["0", "1"], ["negative", "positive"]),
        (TWO, ["0.0", "1.0"], ["negative", "positive"]),
        (TWO, ["4", "0", "2"], ["positive", "negative", "neutral"]),
        (TWO, ["0", "-1", "1"], ["neutral", "negative", "positive"]),
        (TWO, ["sarcastic", " off topic ", "1e3"], ["sarcastic", "off topic", "1e3"]),
        (("Happy", "Sad"), ["happy", "SAD", "pos"], ["Happy", "Sad", "positive"]),
        (("Positive", "Negative"), ["pos", "0"], ["Positive", "Negative"]),
        (("neg", "pos"), ["NEG", "pos"], ["neg", "pos"]),
        (("negative", "neutral", "positive"), ["0", "1", "2"], ["negative", "neutral", "positive"]),
        (("positive", "neutral", "negative"), ["2", "0", "1"], ["positive", "negative", "neutral"]),
        (("positive", "neutral", "negative"), ["1.0", "0"], ["positive", "negative"]),
        (("positive", "neutral", "negative"), ["4", "2"], ["positive", "neutral"]),
        # Numbers that are places among labels that are no tones.
        (("joy", "anger", "fear"), ["2", "0", "1.0"], ["fear", "joy", "anger"]),
        (("joy", "anger", "fear"), ["1", "JOY", "other"], ["anger", "joy", "other"]),
        # Numbers that are the labels' own names, or of labels that are no tones, are names.
        (("1", "2", "3"), ["1", "3", "5"], ["1", "3", "5"]),
        (("ham", "spam"), ["0", "7"], ["0", "7"]),
    ],
)
def test_what_a_label_means(labels, values, expected):
    assert LabelReading(labels, "a.csv").read(values) == expected


@pytest.mark.parametrize(
    "values",
    [["1", "4"], ["0", "1", "2"], ["1", "2", "3", "4", "5"], ["3"], ["-1", "4"], ["0", "17"]],
)
def test_numbers_of_no_scale_are_refused(values):
    with pytest.raises(SentimentError) as error:
        LabelReading(TWO, "a.csv").read(values)

    assert str(error.value) == (
        f"a.csv: labels {', '.join(values)} fit no known scale "
        "(0 and 1; 0, 2 and 4; -1, 0 and 1; 0, 1 and 2 if neutral is among the labels); "
        "write positive, negative, neutral"
    )


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([["0"], ["4"], ["2"]], ["negative", "positive", "neutral"]),
        ([["-1"], ["0"], ["1"]], ["negative", "neutral", "positive"]),
        ([["1"], ["-1"], ["0"]], ["positive", "negative", "neutral"]),
    ],
)
def test_a_scale_may_show_little_by_little(windows, expected):
    reading = LabelReading(TWO, "a.csv")

    assert [label for window in windows for label in reading.read(window)] == expected


@pytest.mark.parametrize("windows", [[["0"], ["-1"]], [["1"], ["4"]], [["2"], ["1"]]])
def test_a_number_that_changes_what_was_read_is_refused(windows):
    reading = LabelReading(TWO, "a.csv")
    reading.read(windows[0])

    with pytest.raises(SentimentError, match=r"a\.csv: labels"):
        reading.read(windows[1])


@pytest.mark.parametrize("values", [["2"], ["0", "2"]])
def test_2_can_be_neutral_or_positive(values):
    reading = LabelReading(("positive", "neutral", "negative"), "a.csv")

    with pytest.raises(SentimentError, match="could mean several things; write positive, negat"):
        reading.read(values)


def test_places_among_labels_are_not_mixed_with_other_numbers():
    reading = LabelReading(("ham", "spam"), "a.csv")

    assert reading.read(["0", "1"]) == ["ham", "spam"]
    with pytest.raises(SentimentError, match=r"a\.csv: label 2 is no place among ham, spam"):
        reading.read(["2"])
