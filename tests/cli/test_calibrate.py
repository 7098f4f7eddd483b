"""calibrate, from the command line to a model folder that answers more honestly."""

import json

import pytest
from counting_model import save_counting_model

LABELS = ("positive", "negative")
FILES = ("tokenizer.json", "model.onnx", "history.json")
FIGURES = ("log_loss", "brier", "ece")


@pytest.fixture
def folder(tmp_path):
    """A model that says 0.98 where it is right in 7 of 10, and 300 texts that show it."""
    words = {"good": (2, -2), "bad": (-2, 2)}
    save_counting_model(tmp_path / "models" / "mine", words, LABELS)
    rows = [
        f"{LABELS[(number % 10 > 6) != (word == 'bad')]}\t{word} number {number}"
        for number in range(150)
        for word in words
    ]
    (tmp_path / "rows.tsv").write_text("\n".join(["label\ttext", *rows]) + "\n")
    return tmp_path / "models" / "mine"


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_the_new_model_is_as_sure_as_it_is_right(call, folder, tmp_path):
    ended = call("calibrate", "rows.tsv", "--model", "mine", "--output", "models/honest")
    answer = call("predict", "good", "bad", "--model", "honest", "--format", "jsonl").out

    honest = tmp_path / "models" / "honest"
    temperature = manifest(honest)["temperature"]
    assert (ended.code, ended.out) == (0, "models/honest\n")
    assert temperature > 4
    assert ended.err.splitlines() == [
        f"temperature: 1.0000 before, {temperature:.4f} after",
        "log loss: 1.2181 before, 0.6109 after",
        "calibration error: 0.2820 before, 0.0000 after",
        "measured on the 300 examples used for fitting; evaluate it on others",
    ]
    good, bad = map(json.loads, answer.splitlines())
    assert (good["predicted"], bad["predicted"]) == LABELS
    assert good["p_positive"] == pytest.approx(0.7, abs=1e-4)
    assert bad["p_negative"] == pytest.approx(0.7, abs=1e-4)
    for name in FILES:
        assert (honest / name).read_bytes() == (folder / name).read_bytes()
    assert call("models", "verify", "honest").code == 0


def test_the_recorded_metrics_are_those_that_evaluate_gives(call, folder, tmp_path):
    call("calibrate", "rows.tsv", "--model", "mine", "--output", "honest", "--quiet")
    found = json.loads(call("evaluate", "rows.tsv", "--model", "./honest", "--json").out)

    recorded = json.loads((tmp_path / "honest" / "metrics.json").read_text(encoding="utf-8"))
    (step,) = manifest(tmp_path / "honest")["provenance"]["calibrations"]
    assert recorded["name"] == "calibration (the temperature was fitted on it)"
    assert recorded["confusion"] == found["confusion"]
    for figure in FIGURES:
        assert recorded[figure]["value"] == pytest.approx(found[figure]["value"], abs=1e-5)
    assert step["files"] == ["rows.tsv"]
    assert step["fingerprint"] == recorded["fingerprint"] == found["fingerprint"]
    assert step["parent"]["name"] == "mine"


def test_the_models_own_folder_is_replaced_only_with_force(call, folder):
    before = manifest(folder)
    refused = call("calibrate", "rows.tsv", "--model", "mine", "--output", "models/mine")
    assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
    assert "--force" in refused.err
    assert manifest(folder) == before

    forced = call("calibrate", "rows.tsv", "-m", "mine", "-o", "models/mine", "--force", "--quiet")

    assert (forced.code, forced.out, forced.err) == (0, "models/mine\n", "")
    assert manifest(folder)["temperature"] > 4
    assert [entry.name for entry in folder.parent.iterdir()] == ["mine"]
    assert call("models", "verify", "mine").code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.tsv"], "missing.tsv"),
        (["few.tsv"], "too few rows to fit a temperature: 199; give at least 200"),
        (["right.tsv"], "every prediction is correct"),
        (["rows.tsv", "--model", "missing"], "no model 'missing'"),
        (["rows.tsv", "--text-column", "tekst"], "did you mean 'text'"),
        (["broken.jsonl"], "line 2"),
    ],
)
def test_a_user_error_is_one_line_and_nothing_is_written(
    call, folder, tmp_path, arguments, complaint
):
    lines = (tmp_path / "rows.tsv").read_text().splitlines(keepends=True)
    (tmp_path / "few.tsv").write_text("".join(lines[:200]))
    right = ["positive\tgood\n", "negative\tbad\n"] * 150
    (tmp_path / "right.tsv").write_text("".join([lines[0], *right]))
    (tmp_path / "broken.jsonl").write_text('{"label": "positive", "text": "good"}\n{\n')

    ended = call("calibrate", "--model", "mine", "--output", "honest", *arguments)

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert complaint in ended.err
    assert not (tmp_path / "honest").exists()


def test_a_folder_that_is_no_model_is_never_replaced(call, folder, tmp_path):
    (tmp_path / "honest").mkdir()
    (tmp_path / "honest" / "thesis.txt").write_text("years of work")

    ended = call("calibrate", "rows.tsv", "--model", "mine", "--output", "honest", "--force")

    assert ended.code == 1
    assert "not a model folder" in ended.err
    assert (tmp_path / "honest" / "thesis.txt").read_text() == "years of work"
