"""Whom a model may be compared with."""

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation import comparison
from lstm_sentiment_cli.evaluation.comparison import majority, open_peer, vader_probabilities
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.cli.counting_model import save_counting_model


def predictor(*labels, name="mine"):
    """Return a model that is never asked, for its labels."""
    return Predictor(name, Manifest(labels, {}, 1.0, "fp32", {}), Tokenizer([], 40), None)


def test_a_model_with_its_labels_in_another_order_answers_in_ours(tmp_path):
    folder = save_counting_model(tmp_path / "other", {"good": (0, 2)}, ("negative", "positive"))

    peer = open_peer(str(folder), predictor("positive", "negative"))

    assert peer.name == "other"
    assert peer.probabilities(["good", "day"])[0, 0] == pytest.approx(0.88, abs=0.01)


def test_a_model_of_the_same_name_is_called_by_its_folder(tmp_path):
    folder = save_counting_model(tmp_path / "mine", {"good": (2, 0)}, ("a", "b"))

    assert open_peer(str(folder), predictor("a", "b")).name == str(folder)


def test_other_labels_are_refused(tmp_path):
    folder = save_counting_model(tmp_path / "moods", {"good": (2, 0)}, ("happy", "sad"))

    with pytest.raises(SentimentError, match="moods answers happy, sad, model mine a, b"):
        open_peer(str(folder), predictor("a", "b"))


def test_a_model_called_vader_is_reached_by_its_path(tmp_path, monkeypatch):
    save_counting_model(tmp_path / "models" / "vader", {"good": (2, 0)}, ("a", "b"))
    monkeypatch.chdir(tmp_path)

    assert open_peer("./models/vader", predictor("a", "b")).probabilities(["good"]).shape == (1, 2)
    with pytest.raises(SentimentError, match="VADER knows positive"):
        open_peer("vader", predictor("a", "b"))


def test_a_model_that_is_missing_is_one_line():
    with pytest.raises(SentimentError, match="no model 'vadr'"):
        open_peer("vadr", predictor("positive", "negative"))


def test_vader_that_is_not_installed_is_one_line(monkeypatch):
    monkeypatch.setattr(comparison, "find_spec", lambda _: None)

    with pytest.raises(SentimentError, match=r"pip install 'lstm-sentiment-cli\[vader\]'"):
        open_peer("vader", predictor("positive", "negative"))


@pytest.mark.parametrize(
    "labels",
    [("positive", "negative"), ("negative", "positive"), ("neutral", "negative", "positive")],
)
def test_vader_answers_in_the_models_order_of_labels(labels):
    pytest.importorskip("vaderSentiment")
    texts = ["what a wonderful day", "this is horrible", "the table is brown"]

    probabilities = open_peer("vader", predictor(*labels)).probabilities(texts)

    answers = [labels[column] for column in probabilities.argmax(axis=1)]
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert answers[:2] == ["positive", "negative"]
    assert answers[2] == ("neutral" if "neutral" in labels else labels[0])


def test_of_two_labels_vaders_score_is_stretched_to_a_probability():
    found = vader_probabilities(np.array([-1.0, 0.0, 0.5]), neutral=False)

    assert found["positive"].tolist() == [0, 0.5, 0.75]
    assert found["negative"].tolist() == [1, 0.5, 0.25]


@pytest.mark.parametrize(
    ("score", "answer"),
    [
        (0.05, "positive"), (0.0499, "neutral"), (0.0, "neutral"), (-0.0499, "neutral"),
        (-0.05, "negative"), (1.0, "positive"), (-1.0, "negative"),
    ],
)  # fmt: skip
def test_with_neutral_vader_answers_as_its_authors_do(score, answer):
    found = vader_probabilities(np.array([score]), neutral=True)

    assert max(found, key=lambda label: found[label][0]) == answer
    assert sum(found.values()) == pytest.approx(1)


def test_the_majority_gives_every_row_the_shares_of_the_labels():
    shares = majority(np.array([2, 0, 2, 2]), 3)

    assert shares.tolist() == [[0.25, 0, 0.75]] * 4
