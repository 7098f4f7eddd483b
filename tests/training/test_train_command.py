"""The whole journey by the real command, killed and interrupted as users' machines do."""

import hashlib
import json
import re
import signal
import subprocess
import sys

import pytest

from lstm_sentiment_cli.repl.saving import save_correction
from tests.conftest import NO_TEMPORARY_FILES, ROOT

NETWORK = [
    "--embedding-units", "8", "--lstm-units", "8,6", "--batch-size", "16", "--epochs", "4",
    "--patience", "4", "--learning-rate", "0.02", "--min-count", "1",
]  # fmt: skip
SAMPLE = str(ROOT / "data" / "sample.csv")


def digest(folder):
    return hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()


@pytest.fixture
def start(tmp_path, environment):
    """Start `train` in the background, with its stderr to be read."""

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "lstm_sentiment_cli", "train", SAMPLE, *NETWORK, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment,
        )

    return start


def wait_for(process, text):
    """Read stderr until a line holds the text."""
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"'{text}' never came")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A training that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "model"
    ended = subprocess.run(
        [sys.executable, "-m", "lstm_sentiment_cli", "train", SAMPLE, *NETWORK, "-o", str(folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return folder, ended


def test_stdout_is_the_folder_and_stderr_a_plain_log(whole):
    folder, ended = whole

    assert ended.stdout == f"{folder}\n"
    assert "200 examples: 100 positive, 100 negative" in ended.stderr
    assert ended.stderr.count("on validation ") == 4
    assert "on 10 validation rows" in ended.stderr.splitlines()[-1]
    for noise in ("\x1b", "tensorflow/", "oneDNN", "WARNING", "Reloading"):
        assert noise not in ended.stderr


def test_the_model_records_its_origin_without_local_paths(whole):
    folder, _ = whole
    written = (folder / "manifest.json").read_text(encoding="utf-8")
    provenance = json.loads(written)["provenance"]

    assert provenance["command"][:2] == ["train", "sample.csv"]
    assert [source["name"] for source in provenance["data"]] == ["sample.csv"]
    assert str(ROOT) not in written
    assert str(folder.parent) not in written


def test_the_model_predicts_and_is_evaluated(whole, command):
    folder, _ = whole
    predicted = command("predict", "--model", str(folder), "what a lovely day")
    measured = command("evaluate", SAMPLE, "--model", str(folder), "--json")

    assert predicted.out.count("\n") == 1
    assert json.loads(measured.out)["rows"] == 200
    assert command("models", "verify", str(folder)).code == 0


def test_a_killed_and_resumed_training_has_the_same_weights(whole, start, command, tmp_path):
    killed = start("-o", "mine")
    wait_for(killed, "epoch  2")
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    killed.communicate()
    assert not (tmp_path / "mine").exists()

    resumed = command("train", SAMPLE, *NETWORK, "-o", "mine", "--resume")

    assert resumed.code == 0, resumed.err
    assert "epoch  1" not in resumed.err
    assert digest(tmp_path / "mine") == digest(whole[0])
    assert [path.name for path in tmp_path.iterdir() if "training" in path.name] == []


def test_ctrl_c_once_saves_the_best_so_far(start, tmp_path, command):
    interrupted = start("-o", "mine", "--epochs", "5000", "--patience", "5000")
    wait_for(interrupted, "epoch  2")
    interrupted.send_signal(signal.SIGINT)
    out, said = interrupted.communicate(timeout=300)

    assert (interrupted.returncode, out) == (0, "mine\n")
    assert "finishing with the best epoch so far" in said
    assert command("models", "verify", "./mine").code == 0


def test_ctrl_c_twice_stops_with_130_and_nothing_lost(start, tmp_path):
    stopped = start("-o", "mine", "--epochs", "5000", "--patience", "5000")
    wait_for(stopped, "epoch  2")
    stopped.send_signal(signal.SIGINT)
    wait_for(stopped, "finishing with the best epoch so far")
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=300)

    assert stopped.returncode in {130, -signal.SIGINT}
    assert "Traceback" not in said
    assert (tmp_path / ".mine.training.npz").exists()


def test_term_stops_at_once_and_the_training_can_be_resumed(whole, start, command, tmp_path):
    stopped = start("-o", "mine")
    wait_for(stopped, "epoch  2")
    stopped.send_signal(signal.SIGTERM)
    _, said = stopped.communicate(timeout=300)

    assert stopped.returncode == 128 + signal.SIGTERM
    assert said.endswith("stopped; use --resume to continue after the last finished epoch\n")
    assert "Traceback" not in said
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert left == [".mine.training.npz"]
    assert command("train", SAMPLE, *NETWORK, "-o", "mine", "--resume", "--quiet").code == 0
    assert digest(tmp_path / "mine") == digest(whole[0])


def test_a_second_training_continues_from_a_model(whole, command, tmp_path):
    folder, _ = whole
    for number in range(20):
        for text, label in (("sick beat", "positive"), ("sick dog", "negative")):
            save_correction(tmp_path / "corrections.csv", f"{text} {number}", label)
    ended = command(
        "train", "corrections.csv", "--from", str(folder), "-o", "mine", "--epochs", "2",
        "--learning-rate", "0.01",
    )  # fmt: skip
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))

    assert ended.code == 0, ended.err
    assert manifest["provenance"]["parent"]["name"] == "model"
    assert manifest["hyperparameters"]["learning_rate"] == 0.01
    assert manifest["hyperparameters"]["lstm_units"] == [8, 6]
    measured = command("evaluate", "corrections.csv", "--json", "--model", "mine")
    assert measured.code == 0, measured.err


@pytest.mark.parametrize(
    ("flag", "value", "kept"),
    [("--directions", "2", "1"), ("--pooling", "max", "last")],
)
def test_another_pooling_than_the_parents_is_refused(command, default_model, flag, value, kept):
    ended = command("train", SAMPLE, "-o", "mine", "--from", str(default_model), flag, value)

    assert ended.code == 1
    assert ended.err == f"error: --from keeps the model's {flag}, {kept}; leave {flag} out\n"


def test_two_directions_pooling_and_a_share_of_the_rows_are_flags(command, tmp_path):
    ended = command(
        "train", SAMPLE, "-o", "mine", *NETWORK, "--epochs", "1", "--share", "0.5",
        "--directions", "2", "--pooling", "max+attention", "--quiet",
    )  # fmt: skip
    predicted = command("predict", "--model", "./mine", "what a lovely day")
    [source] = json.loads((tmp_path / "mine" / "manifest.json").read_text())["provenance"]["data"]

    assert (ended.code, ended.out, ended.err) == (0, "mine\n", "")
    assert source["share"] == 0.5
    assert 80 <= source["rows"] <= 120
    assert predicted.code == 0
    assert command("models", "verify", "./mine").code == 0


def test_no_room_for_temporary_files_is_one_line(command, tmp_path, no_temporary_files):
    (tmp_path / "rows.csv").write_text("label,text\n" + "positive,good\nnegative,bad\n" * 20)
    with no_temporary_files():
        ended = command("train", "rows.csv", "--output", "mine")

    assert ended.code == 1
    assert re.search(f"^error: {NO_TEMPORARY_FILES}$", ended.err, re.MULTILINE)
    assert not (tmp_path / "mine").exists()
