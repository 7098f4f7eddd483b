"""evaluate --behaviour, from the command line to its table, with a real model folder."""

import json
import re
import subprocess
import sys

import pytest
from counting_model import save_counting_model

from lstm_sentiment_cli.model.folder import load_artifact, verify_folder

EXPECTED = r"^(?:positive|negative|the same|more \w+)  "
WORDS = {"good": (2, 0), "bad": (0, 2), "love": (1, 0), "not": (0, 3)}


@pytest.fixture
def run(call, tmp_path, monkeypatch):
    """Run `evaluate --behaviour` where the default model counts a few words."""
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL")
    save_counting_model(tmp_path / "models" / "default", WORDS, ("positive", "negative"))
    save_counting_model(tmp_path / "moods", {"good": (1, 0)}, ("happy", "sad"))
    (tmp_path / "data.csv").write_text("label,text\npositive,good\n")

    return lambda *arguments: call("evaluate", "--behaviour", *arguments)


def test_a_table_and_ten_failures_for_people(run):
    code, out, err = run()

    assert code == 0
    assert re.search(r"\n negation +\d+/22 +\d+\.\d% \(\d+\.\d-\d+\.\d\) \n", out)
    assert re.search(r"\n total +\d+/396 ", out)
    shown = out.split("expected ")[1]
    assert len(re.findall(EXPECTED, shown, re.MULTILINE)) == 10
    assert re.search(r"and \d+ more failures: --json lists all of them\n$", out)
    assert err == "skipped 16 cases that expect a label the model does not have\n"


def test_json_has_every_failure(run):
    code, out, err = run("--json", "--quiet")

    said = json.loads(out)
    assert (code, err, said["model"], said["not_asked"]) == (0, "", "default", 16)
    assert len(said["failures"]) == said["asked"] - said["passed"] > 10
    assert sum(each["asked"] for each in said["by_kind"].values()) == 396
    names = said["by_capability"]["names"]
    assert (names["passed"], names["asked"]) == (10, 10)
    assert names["rate"] == pytest.approx({"value": 1, "low": 0.7225, "high": 1}, abs=1e-4)


def test_a_peer_has_a_column_and_the_difference_an_interval(run):
    code, out, _ = run("--against", "majority")

    assert code == 0
    assert re.search(r"capability +passed +default +majority ", out)
    last = " ".join(out.split("\n\n")[-1].split())
    assert re.search(r"[+-]\d+\.\d points \([+-]\d+\.\d to [+-]\d+\.\d\), p [=<] \d\.\d+", last)


def test_vader_is_asked_the_same_cases(run):
    pytest.importorskip("vaderSentiment")

    comparison = json.loads(run("--against", "vader", "--json")[1])["comparison"]

    assert (comparison["peer"], comparison["figures"]["asked"]) == ("vader", 396)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["data.csv"], "--behaviour tests built-in cases, not data.csv; leave one of them out"),
        (["--report", "a.html"], "--report has no effect with --behaviour"),
        (["--mistakes", "5"], "--mistakes has no effect with --behaviour"),
        (["--plots", "plots"], "--plots has no effect with --behaviour"),
        (["--text-column", "text"], "--text-column has no effect with --behaviour"),
        (["--label-column", "label"], "--label-column has no effect with --behaviour"),
        (["--encoding", "utf-8"], "--encoding has no effect with --behaviour"),
        (["--skip-unreadable"], "--skip-unreadable has no effect with --behaviour"),
        (["--fail-over", "ece=0.1"], "--fail-over has no effect with --behaviour"),
        (["--force"], "--force has no effect with --behaviour"),
        (["--model", "./moods"], "the model has happy, sad, without negative and positive"),
        (["--model", "missing"], "no model 'missing'"),
        (["--against", "./moods"], "only models with the same labels can be compared"),
        (["--fail-under", "accuracy=0.8"], "unknown metric 'accuracy'; choose from behaviour, and"),
        (["--fail-under", "behaviour.neutral=0"], "unknown metric 'behaviour.neutral'"),
        (["--fail-under", "behaviour"], "takes NAME=VALUE, such as behaviour=0.8; got 'behaviour'"),
        (["--fail-under", "behaviour=70"], "behaviour must be from 0 to 1; got '70'"),
    ],
)
def test_what_cannot_be_meant_is_one_line(run, arguments, complaint):
    code, out, err = run(*arguments)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert complaint in err


def test_what_a_settings_file_says_of_data_is_passed_over(run, tmp_path):
    (tmp_path / "lstm-sentiment.toml").write_text('[evaluate]\ntext-column = "post"\n')

    assert run("--quiet")[0] == 0


def test_a_rate_that_is_missed_ends_with_4_and_all_output_is_given(run):
    wanted = ["behaviour=0.99", "behaviour.names=0.5", "behaviour.plain words=1"]
    code, out, err = run(*(f"--fail-under={each}" for each in wanted), "--json", "--quiet")

    assert (code, json.loads(out)["asked"]) == (4, 396)
    first, second = err.splitlines()
    assert first.startswith("failed: behaviour is 0.")
    assert second.startswith("failed: behaviour.plain words is 0.5")


def test_rates_are_recorded_in_metrics_and_card_without_any_text(run, tmp_path):
    folder = tmp_path / "models" / "default"

    for name in ("first", "suite|1", "first"):
        assert run("--record", name, "--against", "majority", "--quiet")[0] == 0

    other, entry = load_artifact(folder).metrics["behaviour"]
    assert (other["name"], entry["name"], entry["asked"]) == ("suite|1", "first", 396)
    assert "failures" not in entry
    assert entry["comparison"]["peer"] == "majority"
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.count("\n## Behaviour\n") == 1
    assert (
        "`suite\\|1`, cases that each test a single capability:\n\n| capability | passed | of |"
        in card
    )
    assert "| names | 10 | 10 | 100.0% (72.2-100.0) |\n" in card
    assert "pizza" not in card + json.dumps(load_artifact(folder).metrics)
    assert not [check for check in verify_folder(folder) if check.problem]


def test_it_imports_nothing_of_training(environment):
    """In a process of its own: other tests may have imported it in this one."""
    code = (
        "import sys; from lstm_sentiment_cli.cli.main import app\n"
        "app(['evaluate', '--behaviour', '--json', '--quiet'], standalone_mode=False)\n"
        "print({'tensorflow', 'keras', 'onnx'} & set(sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]

    ended = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)

    assert ended.stderr.decode().splitlines() == ["set()"]
