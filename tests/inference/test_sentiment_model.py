import subprocess
import sys

import pytest

import lstm_sentiment_cli
from lstm_sentiment_cli import (
    Contribution,
    Explanation,
    Prediction,
    SentimentError,
    SentimentModel,
)


@pytest.fixture(scope="module")
def model(default_model):
    return SentimentModel.load(default_model)


def test_predict_gives_one_prediction_a_text_in_order(model):
    good, bad = model.predict(["i love this", "worst day ever"])

    assert isinstance(good, Prediction)
    assert (good.predicted, bad.predicted) == ("positive", "negative")
    assert sum(good.probabilities.values()) == pytest.approx(1)
    assert list(good.probabilities) == list(model.labels) == ["positive", "negative"]


def test_stream_reads_no_further_than_it_must(model):
    endless = iter(lambda: "fine", None)
    stream = model.stream(endless)

    assert next(stream).predicted in model.labels
    stream.close()


def test_threshold_and_uncertain_band_decide(model):
    [strict] = model.predict(["i love this"], threshold=1.0)
    [unsure] = model.predict(["i love this"], uncertain=(0.0, 1.0))

    assert (strict.predicted, unsure.predicted) == ("negative", "uncertain")


def test_one_text_in_place_of_several_is_refused(model):
    with pytest.raises(TypeError, match="several"):
        model.predict("i love this")


def test_explain_gives_one_explanation_a_text_in_order(model):
    good, empty = model.explain(text for text in ("i love this", ""))

    assert isinstance(good, Explanation)
    assert good.label == "positive"
    assert all(isinstance(each, Contribution) for each in good.contributions)
    assert max(good.contributions, key=lambda each: each.contribution)[:3] == (2, 6, "love")
    assert empty.contributions == ()


def test_one_text_to_explain_in_place_of_several_is_refused(model):
    with pytest.raises(TypeError, match="several"):
        model.explain("i love this")


def test_a_missing_model_is_an_error_of_ours(tmp_path):
    with pytest.raises(SentimentError, match="nothing"):
        SentimentModel.load(tmp_path / "nothing")


def test_the_public_names_are_those_of_all():
    for name in lstm_sentiment_cli.__all__:
        assert getattr(lstm_sentiment_cli, name).__name__ == name
    with pytest.raises(AttributeError, match="nonsense"):
        _ = lstm_sentiment_cli.nonsense


def test_importing_the_package_imports_nothing_else():
    code = (
        "import sys, lstm_sentiment_cli; "
        "print([name for name in sys.modules if name.startswith(('numpy', 'typer', 'onnx'))])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert ended.stdout.strip() == b"[]"


def test_a_model_is_shown_in_one_short_line(model):
    assert repr(model) == "SentimentModel('default', labels=('positive', 'negative'))"
    assert repr(model.predictor) == "Predictor('default', labels=('positive', 'negative'))"
