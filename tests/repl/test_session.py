import subprocess
import sys
import threading

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.repl.session import MOST_ANSWERS


def test_answers_are_of_parse_texts_order(session):
    first, second = session.answer(["good :)", "a " * 9])

    assert (first.text, first.model) == ("good :)", "default")
    assert (first.prediction.predicted, first.prediction.truncated) == ("positive", False)
    assert (second.prediction.predicted, second.prediction.truncated) == ("negative", True)
    assert list(first.prediction.probabilities) == ["positive", "negative"]
    assert second.doubts.truncated


def test_answers_are_kept_and_counted(session):
    assert session.milliseconds is None
    session.answer(["good"])
    session.answer(["bad", "day"])

    assert [answer.text for answer in session.answers] == ["good", "bad", "day"]
    assert session.answered == 3
    assert session.milliseconds > 0


def test_of_many_answers_the_last_are_kept_and_all_are_counted(session):
    assert len(session.answer([str(number) for number in range(MOST_ANSWERS + 5)])) == 10_005

    assert (len(session.answers), session.answered) == (10_000, 10_005)
    assert session.answers[0].text == "5"


def test_answers_are_explained_where_that_is_asked_for(session):
    assert session.answer(["good day"])[0].explanation is None
    session.explain = True

    (answer,) = session.answer(["good day"])

    assert answer.explanation.label == "positive"
    assert [each.text for each in answer.explanation.contributions] == ["good", "day"]


def test_the_rule_for_answers_can_be_another(session):
    session.decide(Decision(uncertain=(0.0, 1.0)))
    assert session.answer(["good"])[0].prediction.predicted == "uncertain"

    session.decide(Decision())
    assert session.decision == Decision()
    assert session.answer(["good"])[0].prediction.predicted == "positive"


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
        session.answer(["good"])


@pytest.mark.parametrize("compared", [None, "other"])
def test_switching_takes_another_model(session, compared):
    session.compared = compared

    assert session.switch("other") is session.predictor
    assert (session.model, session.predictor.name) == ("other", "other")
    assert (session.peer and session.peer.name) == compared


def test_answers_stay_those_of_the_model_that_gave_them(session):
    session.answer(["good"])
    session.switch("other")
    session.answer(["good"])

    assert [answer.model for answer in session.answers] == ["default", "other"]


def test_when_switching_fails_the_old_model_stays(session):
    before = session.predictor

    with pytest.raises(SentimentError, match="no model nope"):
        session.switch("nope")

    assert session.predictor is before
    assert session.model == "default"


def test_a_second_model_answers_beside_the_first(session):
    session.compare("three")

    first, second = session.answer(["good", "bad"])

    assert (first.model, first.compared.model) == ("default", "three")
    assert [answer.prediction.predicted for answer in (first, second)] == ["positive", "negative"]
    assert [answer.compared.prediction.predicted for answer in (first, second)] == [
        "positive",
        "very neutral",
    ]
    assert len(session.answers) == 2

    session.compare(None)
    assert session.answer(["good"])[0].compared is None


def test_both_models_explain_the_label_of_the_first(session):
    session.compare("three")
    session.explain = True

    for answer in session.answer(["good", "bad"]):
        assert answer.explanation.label == answer.compared.explanation.label == "positive"

    session.switch("three")
    session.compare("other")
    (answer,) = session.answer(["bad"])
    assert answer.explanation.label == "very neutral"
    assert answer.compared.explanation.label == "positive"  # it does not have the other


def test_a_model_named_at_the_start_is_compared_with_from_the_first_answer(session):
    session.compared = "other"

    assert session.answer(["good"])[0].compared.model == "other"


def test_when_comparing_fails_the_old_comparison_stays(session):
    session.compare("other")

    with pytest.raises(SentimentError, match="no model nope"):
        session.compare("nope")

    assert (session.compared, session.peer.name) == ("other", "other")


@pytest.mark.parametrize("take", ["switch", "compare"])
def test_a_model_that_does_not_fit_the_rule_is_refused(session, take):
    session.decide(Decision(threshold=0.5))

    with pytest.raises(SentimentError, match=r"model with two labels.*leave them out"):
        getattr(session, take)("three")

    assert (session.model, session.compared) == ("default", None)


@pytest.mark.parametrize("model", ["default", "three"])
def test_a_rule_that_does_not_fit_the_models_is_refused(session, model):
    session.model, session.compared = model, "three"

    with pytest.raises(SentimentError, match="model with two labels"):
        session.decide(Decision(threshold=0.5))

    assert session.decision == Decision()


@pytest.mark.parametrize(("model", "compared"), [("three", None), ("default", "three")])
def test_models_that_do_not_fit_the_rule_of_the_start_are_not_loaded(session, model, compared):
    session.model, session.compared, session.decision = model, compared, Decision(threshold=0.5)

    with pytest.raises(SentimentError, match="model with two labels"):
        session.begin_loading().result()


def test_before_the_first_prompt_nothing_slow_is_imported():
    """NumPy, ONNX Runtime and Rich are imported behind the prompt; TensorFlow never is."""
    program = (
        "import sys, lstm_sentiment_cli.repl.loop, lstm_sentiment_cli.cli.repl;"
        "print({'numpy', 'onnxruntime', 'rich', 'tensorflow'} & sys.modules.keys())"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )

    assert (done.stdout, done.stderr) == ("set()\n", "")
