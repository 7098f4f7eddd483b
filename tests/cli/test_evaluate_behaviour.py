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
    for suite, cases in zip(out.split("expected ")[:2], (396, 226), strict=True):
        assert re.search(rf"\n total +\d+/{cases} ", suite)
    for failures in out.split("expected ")[1:]:
        assert len(re.findall(EXPECTED, failures, re.MULTILINE)) == 10
        assert re.search(r"\nand \d+ more failures: --json lists all of them\n", failures)
    assert err == "skipped 16 cases that expect a label the model does not have\n"


def test_words_for_people_have_a_table_with_the_word_that_moves_most(run, tmp_path):
    words = WORDS | {"gay": (0, 1)}
    save_counting_model(tmp_path / "biased", words, ("positive", "negative"))

    code, out, _ = run("--model", "./biased", "--against", "majority")
    of_people = out[out.index(" words for people ") :]

    assert code == 0
    assert re.search(r"^ sexual orientation +\d\d/62 +.*%.* +0\.0% ", of_people, re.MULTILINE)
    assert re.search(r"^ religion +0/62 ", of_people, re.MULTILINE)
    assert re.search(
        r"^right tone: positive texts \d.*, negative texts \d", of_people, re.MULTILINE
    )
    assert "biased is worse than majority: share unchanged -" in of_people
    alone = run("--model", "./biased")[1]
    assert re.search(r"^ sexual orientation .* gay -0\.8\d ?$", alone, re.MULTILINE)


def test_json_has_every_failure(run):
    code, out, err = run("--json", "--quiet")

    said = json.loads(out)
    assert (code, err, said["model"], said["not_asked"]) == (0, "", "default", 16)
    assert len(said["failures"]) == said["asked"] - said["passed"] > 10
    assert sum(each["asked"] for each in said["by_kind"].values()) == 396
    names = said["by_capability"]["names"]
    assert (names["passed"], names["asked"]) == (10, 10)
    assert names["rate"] == pytest.approx({"value": 1, "low": 0.7225, "high": 1}, abs=1e-4)


def test_json_has_the_reversals_and_the_words_for_people(run):
    said = json.loads(run("--json", "--quiet")[1])

    assert said["reversals"]["asked"] == 226
    assert len(said["reversals"]["failures"]) == 226 - said["reversals"]["passed"]
    assert said["people"]["sets"] == sum(
        each["sets"] for each in said["people"]["by_tone"].values()
    )
    assert set(said["people"]["by_kind"]["names"]["shifts"].values()) == {0}


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
        (["--fail-over", "ece=0.1"], "unknown metric 'ece'"),
        (["--fail-over", "people"], "takes NAME=VALUE, such as people.changed=0.05; got 'people'"),
        (["--fail-over", "people.shift=-1"], "people.shift must be 0 or more; got '-1'"),
        (["--fail-over", "reversals=0.8"], "for reversals, higher is better: use --fail-under"),
        (
            ["--fail-under", "people.changed=0.05"],
            "lower is better: use --fail-over people.changed",
        ),
        (["--force"], "--force has no effect with --behaviour"),
        (["--model", "./moods"], "the model has happy, sad, without negative and positive"),
        (["--model", "missing"], "no model 'missing'"),
        (["--against", "./moods"], "only models with the same labels can be compared"),
        (
            ["--fail-under", "accuracy=0.8"],
            "unknown metric 'accuracy'; choose from behaviour, reversals, people.changed, people.",
        ),
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


def test_more_may_be_required_of_reversals_and_of_words_for_people(run, tmp_path):
    save_counting_model(tmp_path / "biased", WORDS | {"gay": (0, 1)}, ("positive", "negative"))
    wanted = [
        *("--fail-under", "reversals=1", "--fail-under", "reversals.litotes=1"),
        *("--fail-over", "people.changed=0.01", "--fail-over", "people.shift=0.3"),
        *("--fail-under", "people.right.positive=0"),
    ]

    code, _, err = run("--model", "./biased", *wanted, "--quiet")

    assert (code, err.count("failed: ")) == (4, 4)
    assert re.search(r"^failed: people\.changed is 0\.1\d+, above 0\.01$", err, re.MULTILINE)
    assert re.search(r"^failed: people\.shift is 0\.8\d+, above 0\.3$", err, re.MULTILINE)


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
    assert "\n| litotes | " in card
    assert "\n| religion | 0 | 62 | 0.0% (0.0-5.8) | christian +0.00 |\n" in card
    assert (entry["reversals"]["asked"], entry["people"]["comparison"]["peer"]) == (226, "majority")
    assert "failures" not in entry["reversals"]
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
