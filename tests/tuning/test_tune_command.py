"""The whole journey by the real command line: searched, killed, resumed, compared, saved."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from lstm_sentiment_cli.evaluation.calibration import fit_temperature
from lstm_sentiment_cli.evaluation.metrics import log_losses
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.training.recipe import Output, read_recipe
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.journal import out_of_fold
from lstm_sentiment_cli.tuning.plan import plan_of
from lstm_sentiment_cli.tuning.selection import start
from tests.conftest import ROOT
from tests.training.conftest import examples
from tests.tuning.conftest import SEARCH, SMALL, Heard

ROWS = [
    *examples("positive", ["good", "lovely", "fine"]),
    *examples("negative", ["bad", "awful", "sad"]),
]
SPACE = """
lstm_units = [[4], [3]]
learning_rate = { low = 0.02, high = 0.1, scale = "log" }
vocabulary_size = 60
min_count = 1
embedding_units = 6
directions = 1
pooling = "last"
embedding_dropout = 0
dropout = 0
batch_size = 32
label_smoothing = 0
epochs = 2
"""
ASKED = ["tweets.csv", "--space", "space.toml", "--folds", "2", "--holdout", "0.2", "-o", "mine"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with examples and a small space."""
    folder = tmp_path_factory.mktemp("tune")
    lines = [f"{example.label},{example.text}" for example in ROWS]
    (folder / "tweets.csv").write_text("\n".join(["label,text", *lines]))
    (folder / "space.toml").write_text(SPACE)
    return folder


@pytest.fixture(scope="module")
def killed(folder):
    """What a tuning said that was killed in the first training after its search."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lstm_sentiment_cli", "tune", *ASKED, "--trials", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith("epoch  2"):
            break
    process.kill()
    assert process.wait() == -signal.SIGKILL, said
    process.communicate()
    return said


@pytest.fixture(scope="module")
def tuned(folder, killed):
    """How it went on: folder of the model, JSON on stdout, talk on stderr."""
    assert not (folder / "mine").exists()
    command = [sys.executable, "-m", "lstm_sentiment_cli", "tune", *ASKED]
    ended = subprocess.run(
        [*command, "--trials", "2", "--resume", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 0, ended.stderr
    return folder / "mine", json.loads(ended.stdout), ended.stderr


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_log_has_folds_trials_and_trainings(killed):
    assert "288 examples: 144 positive, 144 negative" in killed
    for line in ("trial  0  fold 1 of 2  log loss", "trial  1  fold 2 of 2", "the reference"):
        assert line in killed
    for noise in ("\x1b", "tensorflow/", "oneDNN", "WARNING", "Reloading", "Traceback"):
        assert noise not in killed


def test_a_tuning_killed_after_the_search_resumes_with_the_training(tuned):
    _, _, said = tuned

    assert "fold 1 of 2" not in said
    assert "epoch  1" in said.split("on all rows")[1]


def test_stdout_is_one_json_object_with_leaderboard_and_comparison(tuned):
    folder, found, _ = tuned
    board = found["leaderboard"]

    assert (found["folder"], found["search_folder"]) == ("mine", "mine-search")
    assert (found["trials"], found["complete"], found["folds"]) == (2, 2, 2)
    assert sorted(each["trial"] for each in board) == [0, 1]
    assert [each["rank"] for each in board] == [1, 2]
    assert board[0]["trial"] == found["trial"]
    assert board[0]["log_loss"] == found["score"]
    assert board == read(folder.with_name("mine-search"), "leaderboard.json")["trials"]
    compared = found["comparison"]
    assert compared["rows"] == 58
    assert found["trial"] == 0 or compared["verdict"] in {"better", "worse", "a tie"}


def test_leaderboard_and_comparison_are_reported_on_stderr(tuned):
    _, found, said = tuned
    ranks = [line.split()[:2] for line in said.splitlines() if "±" in line and "│" not in line]

    assert ["1", str(found["trial"])] in ranks
    words = " ".join(said.split())
    assert "On 58 rows that no trial used, its accuracy was" in words
    assert "not in the search space: the reference's vocabulary_size 18000" in words


def test_metrics_say_what_they_were_measured_on(tuned):
    folder, found, _ = tuned
    metrics = read(folder, "metrics.json")
    [held_out] = metrics["evaluations"]

    assert (metrics["name"], metrics["used_for_choosing"]) == ("cross-validation", True)
    assert metrics["rows"] + held_out["rows"] == len(ROWS)
    assert metrics["folds"]["log_loss"] == found["score"]
    assert held_out["name"] == "hold-out"
    assert held_out["accuracy"] == found["comparison"]["accuracy"]


def test_the_temperature_is_fitted_to_the_out_of_fold_predictions(tuned):
    folder, found, _ = tuned
    logits, gold = out_of_fold(folder.with_name("mine-search"), found["trial"])
    temperature = read(folder, "manifest.json")["temperature"]

    assert temperature == fit_temperature(logits, gold) != 1.0
    measured = np.mean(log_losses(gold, softmax(logits, temperature)))
    assert read(folder, "metrics.json")["log_loss"]["value"] == pytest.approx(measured)


def test_the_winner_is_trained_on_all_rows_for_its_best_epochs(tuned):
    folder, found, _ = tuned
    manifest, history = read(folder, "manifest.json"), read(folder, "history.json")
    best = found["leaderboard"][0]

    assert manifest["hyperparameters"] == best["hyperparameters"] | {"epochs": best["best_epoch"]}
    assert [epoch["number"] for epoch in history] == [*range(1, best["best_epoch"] + 1)]
    assert "validation_loss" not in history[0]
    split = manifest["provenance"]["split"]
    assert split == {
        "training_rows": 288,
        "training_by_label": {"positive": 144, "negative": 144},
    }


def test_the_model_records_how_it_was_chosen_without_local_paths(tuned):
    folder, found, _ = tuned
    written = (folder / "manifest.json").read_text(encoding="utf-8")
    search = json.loads(written)["provenance"]["search"]

    assert search.items() <= found.items()
    assert str(folder.parent) not in written
    assert "Of 2 complete trials" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_tuned_model_can_be_verified_used_and_trained_further(tuned, command):
    folder, _, _ = tuned

    assert command("models", "verify", "./mine", at=folder.parent).code == 0
    assert command("predict", "--model", "./mine", "a good day", at=folder.parent).code == 0
    more = ["--from", "./mine", "-o", "further", "--epochs", "1"]
    ended = command("train", "tweets.csv", *more, at=folder.parent)
    assert ended.code == 0, ended.err
    assert read(folder.with_name("further"), "manifest.json")["labels"] == ["positive", "negative"]


def test_best_toml_has_the_winners_hyperparameters(tuned):
    folder, found, _ = tuned
    config = read_recipe(folder.with_name("mine-search") / "best.toml")

    assert config.hyperparameters.to_dict() == found["leaderboard"][0]["hyperparameters"]
    assert config.labels == ("positive", "negative")


def test_no_checkpoint_is_left_in_the_folder_of_the_search(tuned):
    folder, _, _ = tuned
    left = {path.name for path in folder.with_name("mine-search").iterdir()}

    assert left == {
        "search.json", "folds.jsonl", "out-of-fold", "best.toml", "leaderboard.json",
    }  # fmt: skip


def test_a_dry_run_writes_nothing_and_estimates_the_time(folder, command):
    before = sorted(folder.rglob("*"))
    code, out, err = command("tune", *ASKED[:-1], "other", "--trials", "2", "--dry-run", at=folder)

    assert (code, sorted(folder.rglob("*"))) == (0, before), err
    shown = " ".join(out.split())
    assert "lstm_units 4 | 3 4" in shown
    assert "288 rows, 58 of them held out" in shown
    assert "estimate: a fold" in shown


def test_a_dry_run_prints_json(folder, command):
    _, out, _ = command("tune", *ASKED[:-1], "other", "--dry-run", "--json", "-q", at=folder)
    plan = json.loads(out)

    assert plan["space"]["lstm_units"] == [[4], [3]]
    assert plan["rows"]["held_out"] == 58
    for span in plan["estimate"].values():
        assert 0 < span["least"] <= span["most"]


def test_a_finished_tuning_continues_with_more_trials(tuned, command):
    folder, found, _ = tuned
    shutil.copytree(folder, folder.with_name("more"))
    shutil.copytree(folder.with_name("mine-search"), folder.with_name("more-search"))

    code, out, err = command(
        "tune", *ASKED[:-1], "more", "--trials", "3", "--resume", "--force", at=folder.parent
    )

    assert (code, out) == (0, "more\n"), err
    assert err.count("known") == 4
    assert err.count("fold 1 of 2") == 3
    board = read(folder.with_name("more-search"), "leaderboard.json")["trials"]
    assert {each["trial"] for each in board} == {0, 1, 2}
    assert found["score"] in [each["log_loss"] for each in board]
    assert read(folder.with_name("more"), "manifest.json")["provenance"]["search"]["trials"] == 3


def test_rows_of_probabilities_are_tuned_on_and_the_card_says_so(folder, command, tmp_path):
    sure = {"positive": "0.8,0.2", "negative": "0.2,0.8"}
    rows = [f"{each.text},{sure[each.label]}" for each in ROWS]
    (tmp_path / "scored.csv").write_text("\n".join(["text,p_positive,p_negative", *rows]))
    space = ("--space", str(folder / "space.toml"), "--trials", "1", "--folds", "2")
    ended = command("tune", "scored.csv", *space, "--holdout", "0.2", "-o", "mine", "--epochs", "1")

    assert ended.code == 0, ended.err
    metrics, manifest = (
        read(tmp_path / "mine", f"{what}.json") for what in ("metrics", "manifest")
    )
    of_teacher = "(against the most probable labels of its teacher)"
    assert metrics["name"] == f"cross-validation {of_teacher}"
    assert [each["name"] for each in metrics["evaluations"]] == [f"hold-out {of_teacher}"]
    assert manifest["temperature"] == 1.0
    assert manifest["provenance"]["data"][0]["with_probabilities"] == len(ROWS)
    card = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert f"classifier gave: {len(ROWS)} rows of `scored.csv`." in card


def test_ctrl_c_trains_with_the_best_so_far(tmp_path):
    """Heard in the second trial, so that there is one to train with; nothing is held out."""

    def press(what):
        if what[:2] == ("fold begins", 1):
            os.kill(os.getpid(), signal.SIGINT)

    plan = plan_of(SEARCH, TrainingData(SEARCH.labels, ROWS), 0.0, SMALL)
    ended = start(plan, Output(tmp_path / "mine"), Heard(press))
    facts = ended.artifact.manifest.provenance["search"]

    assert (facts["complete"], facts["trial"], facts["comparison"]) == (1, 0, None)
    assert facts["stopped"] == "stopped by Ctrl-C"
    assert ended.artifact.metrics["evaluations"] == []
    assert load_artifact(tmp_path / "mine") == ended.artifact
