import pickle
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


def test_a_model_is_sent_to_another_process_as_its_folder_and_loaded_there_once(model):
    sent = pickle.dumps(model)
    first, second = pickle.loads(sent), pickle.loads(sent)

    assert len(sent) < 1000
    assert first is second
    assert first.predict(["good day"]) == model.predict(["good day"])


def test_fewer_threads_give_the_same_answers(model, default_model):
    one = SentimentModel.load(default_model, threads=1)
    texts = [f"good day number {number}" for number in range(500)]

    assert one.predict(texts) == model.predict(texts)


@pytest.fixture(scope="module")
def arrow():
    return pytest.importorskip("pyarrow")


def test_answers_stand_behind_the_columns_and_a_missing_text_has_none(arrow, model):
    table = arrow.table({"id": [7, 8], "text": ["good day", None]})
    scored = model.score_table(table)

    assert scored.schema.names == ["id", "text", "predicted", "p_positive", "p_negative"]
    assert scored.select(["id", "text"]) == table
    assert scored["predicted"].to_pylist() == ["positive", None]
    assert scored["p_positive"].to_pylist()[1] is None
    [prediction] = model.predict(["good day"])
    assert scored["p_negative"][0].as_py() == prediction.probabilities["negative"]


def test_chunks_and_all_kinds_of_texts_are_read(arrow, model):
    texts = arrow.array(["good day", "bad day"])
    kinds = [
        texts.dictionary_encode(),
        *(texts.cast(kind()) for kind in (arrow.large_string, arrow.string_view)),
        arrow.chunked_array([texts[:1], texts[1:]]),
    ]
    for column in kinds:
        scored = model.score_table(arrow.table({"tweet": column}), "tweet", prefix="x_")
        assert scored["x_predicted"].to_pylist() == ["positive", "negative"]


def test_a_table_without_rows_gets_columns_without_rows(arrow, model):
    scored = model.score_table(arrow.table({"text": arrow.array([], "string")}))

    assert (scored.num_rows, scored.num_columns) == (0, 4)


def test_the_threshold_decides(arrow, model):
    table = arrow.table({"text": ["good day"]})

    assert model.score_table(table, threshold=1.0)["predicted"].to_pylist() == ["negative"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"tweet": ["good"]}, "the table has no column 'text'"),
        ({"text": [1.5]}, "column 'text' holds double, no texts"),
        ({"text": ["good"], "predicted": ["x"]}, "already has a column 'predicted'"),
    ],
)
def test_a_table_that_cannot_be_scored_is_one_line(arrow, model, columns, said):
    with pytest.raises(SentimentError, match=said):
        model.score_table(arrow.table(columns))
