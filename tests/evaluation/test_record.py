import shutil
from pathlib import Path

import pytest

from lstm_sentiment_cli.evaluation.comparison import open_peer
from lstm_sentiment_cli.evaluation.measurement import evaluate_files, record_result
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.folder import load_artifact, verify_folder
from lstm_sentiment_cli.records.labelled import DataFile


@pytest.fixture
def folder(golden_model, tmp_path):
    copied: Path = tmp_path / "model"
    shutil.copytree(golden_model, copied)
    return copied


@pytest.fixture
def measured(folder, tmp_path):
    data = tmp_path / "mine.csv"
    data.write_text("label,text\npositive,the best day\nnegative,the worst day\n")
    return evaluate_files(Predictor.load(folder), [DataFile(str(data))])


def test_recorded_figures_stand_in_metrics_and_card_and_the_model_stays_the_same(folder, measured):
    before = load_artifact(folder)
    record_result(folder, "my tweets", measured)
    after = load_artifact(folder)

    [entry] = after.metrics["evaluations"]
    assert (entry["name"], entry["rows"], entry["files"]) == ("my tweets", 2, ["mine.csv"])
    assert entry["fingerprint"] == measured.fingerprint
    assert "my tweets" in (folder / "README.md").read_text(encoding="utf-8")
    assert (after.graph, after.tokenizer, after.manifest) == (
        before.graph,
        before.tokenizer,
        before.manifest,
    )
    assert not [check for check in verify_folder(folder) if check.problem]


def test_a_name_recorded_again_is_replaced(folder, measured):
    record_result(folder, "mine", measured)
    record_result(folder, "other", measured)
    record_result(folder, "mine", measured)

    evaluations = load_artifact(folder).metrics["evaluations"]
    assert [entry["name"] for entry in evaluations] == ["other", "mine"]


def test_no_text_and_no_path_travels_with_the_model(folder, tmp_path):
    data = tmp_path / "mine.csv"
    data.write_text("label,text\npositive,xylophone secret\nnegative,xylophone secret\n")
    predictor = Predictor.load(folder)
    peer = open_peer(str(folder), predictor)

    record_result(folder, "mine", evaluate_files(predictor, [DataFile(str(data))], peer))

    [entry] = load_artifact(folder).metrics["evaluations"]
    assert (entry["comparison"]["peer"], entry["comparison"]["verdict"]) == ("model", "a tie")
    for file in folder.iterdir():
        content = file.read_bytes()
        assert b"xylophone" not in content
        assert str(tmp_path).encode() not in content
