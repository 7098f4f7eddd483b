"""A new temperature: fitted, recorded, and everything else as it was."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.calibration import CALIBRATION, recalibrated
from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.predictions import Predictions, evaluate_predictions
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.folder import Artifact, load_artifact, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

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
    return Artifact(manifest, Tokenizer(["good"], 40), b"graph", metrics, [{"loss": 0.5}])


@pytest.mark.parametrize("labels", [("positive", "negative"), ("a", "b", "c")])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.3])
def test_whatever_the_old_temperature_the_new_one_makes_the_logits_honest(labels, temperature):
    logits, gold = logits_and_labels(len(labels))
    # The network is overconfident: its logits are twice as large as they should be.
    found = recalibrated(artifact(labels, temperature), measured(2 * logits, gold, labels))

    assert found.temperature_before == temperature
    assert found.temperature_after == pytest.approx(2.0, rel=0.05)
    honest = evaluate_predictions(labels, gold, softmax(2 * logits, found.temperature_after))
    assert found.after.log_loss.value == pytest.approx(honest.log_loss.value, abs=1e-6)
    assert found.after.log_loss.value < found.before.log_loss.value
    assert found.after.ece.value < 0.03 < found.before.ece.value


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
    assert "## How it was calibrated" in card
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
        "199 rows are too few to fit a temperature; give at least 200 with a label of the model"
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

    assert found.before.log_loss.value > 2
    assert found.temperature_after == pytest.approx(1.0, rel=0.05)
    assert found.after.ece.value < 0.03
