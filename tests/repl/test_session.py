import subprocess
import sys
import threading

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision


def test_answers_are_predictions_in_order(session):
    first, second = session.predict(["good :)", "a " * 9])

    assert (first.predicted, first.truncated) == ("positive", False)
    assert (second.predicted, second.truncated) == ("negative", True)
    assert list(first.probabilities) == ["positive", "negative"]


def test_the_rule_for_answers_can_be_another(session):
    session.decision = Decision(uncertain=(0.0, 1.0))

    assert session.predict(["good"])[0].predicted == "uncertain"


def test_the_model_is_loaded_once_and_in_another_thread(session):
    loads = []
    load = session.load
    session.load = lambda name: (loads.append(threading.current_thread()), load(name))[1]

    assert session.begin_loading() is session.begin_loading()
    assert session.predictor is session.predictor
    assert [thread is threading.main_thread() for thread in loads] == [False]


def test_a_model_that_cannot_be_loaded_is_told_to_whoever_waits_for_it(session):
    session.model = "nope"

    with pytest.raises(SentimentError, match="no model nope"):
        session.predict(["good"])


def test_switching_takes_another_model(session):
    assert session.switch("other") is session.predictor
    assert (session.model, session.predictor.name) == ("other", "other")


def test_when_switching_fails_the_old_model_stays(session):
    before = session.predictor

    with pytest.raises(SentimentError, match="no model nope"):
        session.switch("nope")

    assert session.predictor is before
    assert session.model == "default"


def test_a_model_that_does_not_fit_the_rule_is_refused(session):
    three = session.predictor.manifest.__class__(("a", "b", "c"), {}, 1.0, "fp32", {})
    other = session.predictor.__class__("three", three, session.predictor.tokenizer, None)
    session.decision = Decision(threshold=0.5)
    session.load = lambda name: other

    with pytest.raises(SentimentError, match="models of two labels"):
        session.switch("three")
    assert session.model == "default"


def test_before_the_first_prompt_nothing_slow_is_imported():
    """NumPy, ONNX Runtime and Rich are imported behind the prompt; TensorFlow never is."""
    program = (
        "import sys, lstm_sentiment_cli.repl.loop;"
        "print({'numpy', 'onnxruntime', 'rich', 'tensorflow'} & sys.modules.keys())"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )

    assert (done.stdout, done.stderr) == ("set()\n", "")
