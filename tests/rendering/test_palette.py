import pytest

from lstm_sentiment_cli.rendering.palette import label_colours


def test_positive_and_negative_look_alike_in_every_model():
    two = label_colours(["positive", "negative"])
    three = label_colours(["negative", "neutral", "positive"])

    assert two["positive"] == three["positive"]
    assert two["negative"] == three["negative"]
    assert len(set(three.values())) == 3


@pytest.mark.parametrize("labels", [["joy", "anger"], ["a", "b", "c", "d", "e"]])
def test_other_labels_are_told_apart(labels):
    assert len(set(label_colours(labels).values())) == len(labels)


def test_any_number_of_labels_has_colours():
    labels = [f"label {number}" for number in range(40)]

    assert list(label_colours(labels)) == labels
