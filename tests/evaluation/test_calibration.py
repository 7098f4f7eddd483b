"""Temperatures: found where they are known, never for the worse, and recorded in the new model."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation import predictions
from lstm_sentiment_cli.evaluation.calibration import (
    CALIBRATION,
    COLDEST,
    HOTTEST,
    fit_temperature,
    recalibrated,
)
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.metrics import log_losses
from lstm_sentiment_cli.evaluation.predictions import Predictions, evaluate_predictions
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.folder import Artifact, load_artifact, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.model.model_samples import graph_of


@pytest.fixture(autouse=True)
def few_samples(monkeypatch):
    """Intervals are tested elsewhere."""
    monkeypatch.setattr(predictions, "SAMPLES", 50)


def honest(seed, rows, labels):
    """Logits, and labels drawn with exactly the probabilities that they claim."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (rows, labels)).astype(np.float32)
    cumulative = softmax(logits).cumsum(axis=1)
    gold = (random.random((rows, 1)) > cumulative[:, :-1]).sum(axis=1)
    return logits, gold


def loss(logits, gold, temperature):
    return log_losses(gold, softmax(logits, temperature)).mean()


@pytest.mark.parametrize("labels", [2, 3])
@pytest.mark.parametrize("temperature", [0.2, 0.8, 1.0, 1.7, 6.0])
def test_the_temperature_that_made_a_network_overconfident_is_recovered(temperature, labels):
    logits, gold = honest(7, 20_000, labels)

    fitted = fit_temperature(logits * np.float32(temperature), gold)

    assert fitted == pytest.approx(temperature, rel=0.05)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(2, 4), st.floats(0.01, 30))
def test_never_worse_than_leaving_the_logits_alone_nor_than_any_other(seed, rows, labels, scale):
    random = np.random.default_rng(seed)
    logits = random.normal(0, scale, (rows, labels)).astype(np.float32)
    gold = random.integers(0, labels, rows)

    fitted = fit_temperature(logits, gold)

    assert COLDEST <= fitted <= HOTTEST
    assert loss(logits, gold, fitted) <= loss(logits, gold, 1.0)
    others = np.exp(np.linspace(math.log(COLDEST), math.log(HOTTEST), 41))
    # Clipping bends the log loss a little where a label is all but impossible.
    assert loss(logits, gold, fitted) <= min(loss(logits, gold, t) for t in others) + 0.02


def test_all_right_goes_to_the_cold_end_and_all_wrong_to_the_hot_end():
    logits = np.float32([[0.2, -0.2], [0.1, -0.1]])

    assert fit_temperature(logits, np.array([0, 0])) == pytest.approx(COLDEST, rel=1e-5)
    assert fit_temperature(logits, np.array([1, 1])) == pytest.approx(HOTTEST, rel=1e-5)


def test_the_same_logits_give_the_same_temperature():
    logits, gold = honest(3, 500, 2)

    assert fit_temperature(logits, gold) == fit_temperature(logits.copy(), gold.copy())


def test_without_examples_nothing_changes():
    assert fit_temperature(np.empty((0, 2), np.float32), np.empty(0, np.int64)) == 1.0


ROWS = 4000
FIGURES = {
    "rows": 10,
    "accuracy": {"value": 0.8, "low": 0.5, "high": 0.9},
    "macro_f1": {"value": 0.7, "low": 0.5, "high": 0.9},
    "roc_auc": {"value": 0.9, "low": 0.8, "high": 0.95},
    "log_loss": {"value": 0.4, "low": 0.3, "high": 0.5},
    "brier": {"value": 0.2, "low": 0.1, "high": 0.3},
    "ece": {"value": 0.05, "low": 0.01, "high": 0.1},
    "confusion": [[4, 1], [1, 4]],
}


def logits_and_labels(labels, rows=ROWS):
    """Return logits, and labels drawn with exactly the probabilities that they claim."""
    random = np.random.default_rng(5)
    logits = random.normal(0, 2, (rows, labels)).astype(np.float32)
    cumulative = softmax(logits).cumsum(axis=1)
    return logits, (random.random((rows, 1)) > cumulative[:, :-1]).sum(axis=1)


def measured(logits, gold, labels):
    """Return what `evaluate_files` does of an uncalibrated model with these logits."""
    probabilities = softmax(logits)
    empty = np.zeros(len(gold), np.uint16)
    return Measurement(
        model="mine",
        files=("somewhere/fitted.tsv",),
        predictions=Predictions(labels, gold.astype(np.int16), probabilities, empty, empty),
        mistakes=[],
        comparison=None,
        left_out={},
        unreadable=0,
        fingerprint="f00d",
    )


def artifact(labels, temperature, **metrics):
    manifest = Manifest(labels, {}, temperature, "fp32", {"fingerprint": "beef", "seed": 3})
    return Artifact(
        manifest, Tokenizer(["good"], 40), graph_of(b"", 4, len(labels)), metrics, [{"loss": 0.5}]
    )


@pytest.mark.parametrize("labels", [("positive", "negative"), ("a", "b", "c")])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.3])
def test_whatever_the_old_temperature_the_new_one_makes_the_logits_honest(labels, temperature):
    logits, gold = logits_and_labels(len(labels))
    # The network is overconfident: its logits are twice as large as they should be.
    found = recalibrated(artifact(labels, temperature), measured(2 * logits, gold, labels))

    assert found.temperature_before == temperature
    assert found.temperature_after == pytest.approx(2.0, rel=0.05)
    honest = evaluate_predictions(labels, gold, softmax(2 * logits, found.temperature_after))
    assert found.after.metrics["log_loss"].value == pytest.approx(
        honest.metrics["log_loss"].value, abs=1e-6
    )
    assert found.after.metrics["log_loss"].value < found.before.metrics["log_loss"].value
    assert found.after.metrics["ece"].value < 0.03 < found.before.metrics["ece"].value


def test_nothing_but_temperature_provenance_and_metrics_changes():
    labels = ("positive", "negative")
    model = artifact(labels, 1.0)

    changed = recalibrated(model, measured(*logits_and_labels(2), labels)).artifact

    assert changed.graph == model.graph
    assert changed.tokenizer == model.tokenizer
    assert changed.history == model.history
    unchanged = replace(changed.manifest, temperature=1.0, provenance=model.manifest.provenance)
    assert unchanged == model.manifest
    assert changed.manifest.provenance.items() > model.manifest.provenance.items()


def test_each_step_is_recorded_without_the_folders_of_a_machine(tmp_path):
    labels = ("positive", "negative")
    logits, gold = logits_and_labels(2)
    first = recalibrated(artifact(labels, 0.5), measured(logits, gold, labels))
    second = recalibrated(first.artifact, measured(logits, gold, labels))

    steps = second.artifact.manifest.provenance["calibrations"]
    kept = ("files", "rows", "fingerprint", "temperature_before", "temperature_after", "parent")
    assert [{name: step[name] for name in kept} for step in steps] == [
        {
            "files": ["fitted.tsv"],
            "rows": ROWS,
            "fingerprint": "f00d",
            "temperature_before": before,
            "temperature_after": found.temperature_after,
            "parent": {"name": "mine", "fingerprint": "beef"},
        }
        for before, found in ((0.5, first), (first.temperature_after, second))
    ]
    # What cannot be bettered stays exactly what it is.
    assert second.temperature_after == first.temperature_after
    folder = save_artifact(second.artifact, tmp_path / "mine")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "## Calibration" in card
    assert f"| `fitted.tsv` | 4,000 | 0.5 | {first.temperature_after:.4g} |" in card
    assert f"| `{CALIBRATION}` | 4,000 |" in card
    assert load_artifact(folder) == second.artifact


@pytest.mark.parametrize(
    ("labels", "areas"), [(("positive", "negative"), {"roc_auc"}), (("a", "b", "c"), set())]
)
def test_of_older_figures_those_stay_that_hold_with_any_temperature(labels, areas):
    older = {"name": "other", **FIGURES}
    model = artifact(labels, 1.0, name="validation", **FIGURES, evaluations=[older])
    changed = recalibrated(model, measured(*logits_and_labels(len(labels)), labels)).artifact
    again = recalibrated(changed, measured(*logits_and_labels(len(labels)), labels)).artifact

    metrics = again.metrics
    assert (metrics["name"], metrics["rows"], metrics["files"]) == (
        CALIBRATION, ROWS, ["fitted.tsv"]
    )  # fmt: skip
    assert metrics["log_loss"]["value"] > 0
    kept = {"name", "rows", "accuracy", "macro_f1", "confusion"} | areas
    assert [each["name"] for each in metrics["evaluations"]] == ["validation", "other"]
    assert [each.keys() for each in metrics["evaluations"]] == [kept, kept]
    json.dumps(metrics, allow_nan=False)


def test_metrics_of_another_shape_are_no_hindrance():
    labels = ("positive", "negative")
    model = artifact(labels, 1.0, evaluations="none")

    changed = recalibrated(model, measured(*logits_and_labels(2), labels)).artifact

    assert changed.metrics["evaluations"] == []


def test_few_rows_are_refused_with_their_number():
    labels = ("positive", "negative")

    with pytest.raises(SentimentError) as error:
        recalibrated(artifact(labels, 1.0), measured(*logits_and_labels(2, 199), labels))

    assert str(error.value) == (
        "too few rows to fit a temperature: 199; give at least 200 with a label of the model"
    )


def test_rows_without_one_of_the_labels_are_refused():
    labels = ("a", "b", "c")
    logits, gold = logits_and_labels(3)

    with pytest.raises(SentimentError, match="no row is b; a temperature needs rows of every"):
        recalibrated(artifact(labels, 1.0), measured(logits[gold != 1], gold[gold != 1], labels))


@pytest.mark.parametrize(
    ("right", "complaint"), [(True, "every prediction is correct"), (False, "than chance")]
)
def test_rows_that_are_all_right_or_all_wrong_are_refused(right, complaint):
    labels = ("positive", "negative")
    gold = np.arange(300) % 2
    logits = np.where((np.arange(2) == gold[:, None]) == right, 1, 0).astype(np.float32)

    with pytest.raises(SentimentError, match=complaint):
        recalibrated(artifact(labels, 1.0), measured(logits, gold, labels))


def test_a_model_far_too_sure_is_mended():
    labels = ("positive", "negative")
    logits, gold = logits_and_labels(2)

    found = recalibrated(artifact(labels, 0.001), measured(logits, gold, labels))

    assert found.before.metrics["log_loss"].value > 2
    assert found.temperature_after == pytest.approx(1.0, rel=0.05)
    assert found.after.metrics["ece"].value < 0.03
