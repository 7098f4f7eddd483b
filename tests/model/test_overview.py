from dataclasses import replace

import pytest
from model_samples import MANIFEST, METRICS, sample

from lstm_sentiment_cli.model.folder import save_artifact
from lstm_sentiment_cli.model.locations import FoundModel
from lstm_sentiment_cli.model.overview import overview, overviews


@pytest.fixture
def folder(tmp_path):
    return save_artifact(sample(), tmp_path / "mine")


def test_overview_has_the_facts_of_manifest_and_metrics(folder):
    facts = overview(FoundModel("mine", folder, "./models"))

    assert (facts.name, facts.folder, facts.source) == ("mine", str(folder), "./models")
    assert facts.labels == ("positive", "negative")
    assert (facts.accuracy, facts.created) == (0.82, "2026-01-02T03:04:05+00:00")
    assert (facts.shadowed, facts.problem) == (False, None)


def test_network_is_not_read(folder):
    (folder / "model.onnx").write_bytes(b"damaged")

    assert overview(FoundModel("mine", folder, "user")).problem is None


@pytest.mark.parametrize("rows", [-1, 10**4000, "many"])
def test_a_count_that_cannot_be_is_not_known(tmp_path, rows):
    folder = save_artifact(
        sample(metrics={"accuracy": {"value": 0.5}, "rows": rows}), tmp_path / "m"
    )
    facts = overview(FoundModel("m", folder, "user"))

    assert (facts.accuracy, facts.rows, facts.accuracies) == (0.5, None, ())


@pytest.mark.parametrize("name", ["manifest.json", "metrics.json"])
def test_damaged_model_is_listed_with_its_problem(folder, name):
    (folder / name).write_text("{")

    facts = overview(FoundModel("mine", folder, "user", shadowed=True))

    assert facts.labels is None
    assert facts.shadowed
    assert name in str(facts.problem)


@pytest.mark.parametrize(
    "metrics", [{}, {"accuracy": "good", "rows": True}, {"accuracy": {"value": None}}]
)
def test_fact_that_is_not_known_is_none(tmp_path, metrics):
    nameless = replace(MANIFEST, provenance={"created": 5})
    folder = save_artifact(sample(manifest=nameless, metrics=metrics), tmp_path / "m")

    facts = overview(FoundModel("m", folder, "user"))

    assert (facts.accuracy, facts.rows, facts.created, facts.problem) == (None,) * 4


def test_overviews_are_of_the_models_that_are_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_artifact(sample(metrics=METRICS | {"accuracy": 0.5}), tmp_path / "models" / "only here")

    first, *_ = overviews()

    assert (first.name, first.source, first.accuracy) == ("only here", "./models", 0.5)
