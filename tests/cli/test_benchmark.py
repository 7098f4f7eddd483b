"""benchmark, from the command line to its figures, with a real model in real processes."""

import json
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from lstm_sentiment_cli.benchmarking import speed
from lstm_sentiment_cli.cli import benchmark
from tests.cli.short_benchmark import SHORT_BENCHMARK

BENCHMARK = [sys.executable, "-m", "lstm_sentiment_cli", "benchmark"]
NUMBER = (int, float)


@pytest.fixture
def temporary(environment, tmp_path):
    """The folder for temporary files of what is run, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        environment[name] = str(folder)
    return folder


@pytest.fixture
def fast(environment, monkeypatch, temporary):
    """Let one round be enough, and explain few texts."""
    for name in ("PYTHONPATH", "TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, environment[name])
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(benchmark, "_FEWEST_ROUNDS", 1)
    monkeypatch.setattr(speed, "_EXPLANATIONS", 10)


def test_json_is_all_that_is_written(call, fast, temporary):
    code, out, err = call("benchmark", "--rows", "30", "--rounds", "2", "--json")

    told = json.loads(out)
    assert (code, err) == (0, "")
    assert list(told) == [
        "model", "machine", "rows", "rounds", "start", "latency", "throughput", "peak_mb"
    ]  # fmt: skip
    assert (told["model"], told["rows"], told["rounds"]) == ("format-1", 30, 2)
    for spread in (
        *told["start"].values(),
        told["throughput"]["program_per_second"],
        told["throughput"]["network_per_second"],
    ):
        assert 0 < spread["low"] <= spread["median"] <= spread["high"]
    assert isinstance(told["peak_mb"], NUMBER if sys.platform == "linux" else type(None))
    assert list(temporary.iterdir()) == []


def test_a_table_for_people(call, fast):
    code, out, err = call("benchmark", "--rows", "30", "--rounds", "1")

    assert (code, err) == (0, "")
    assert out.startswith("format-1, 30 tweets, 1 rounds; ")
    for figure in (
        "--help, whole process",
        "predict TEXT, whole process",
        "one tweet, model loaded",
        "one explanation, 40 tokens",
        "tweets per second, whole program",
        "tweets per second, network alone",
        "whole program / network alone",
        "peak memory, whole program",
    ):
        assert f" {figure} " in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--rows", "0"], "--rows must be from 1 to 1,000,000, got 0"),
        (["--rows", "1000001"], "--rows must be from 1 to 1,000,000, got 1000001"),
        (["--rows", "many"], "'--rows': 'many' is not a valid int."),
        (["--rounds", "4"], "--rounds must be 5 or more, got 4"),
        (["--model", "missing"], "no model 'missing'"),
    ],
)
def test_a_wrong_value_is_one_line(call, arguments, complaint):
    code, out, err = call("benchmark", *arguments)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert complaint in err


def test_a_wrong_value_in_a_settings_file_is_one_line(call, tmp_path):
    (tmp_path / "lstm-sentiment.toml").write_text("[benchmark]\nrounds = 1\n")

    code, out, err = call("benchmark")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err == "error: --rounds must be 5 or more, got 1; rounds is set in lstm-sentiment.toml\n"


def test_what_a_measured_process_complains_of_is_one_line(run, golden_model, temporary, tmp_path):
    (tmp_path / "lstm-sentiment.toml").write_text('[predict]\nthreshold = 0.5\nuncertain = "1"\n')

    code, out, err = run("benchmark", "--rows", "30", "--model", str(golden_model))

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: the measured process ended with 1: ")
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize(
    ("command", "rounds", "begun"),
    [(BENCHMARK, "1000", "tweets.txt"), (SHORT_BENCHMARK, "1", "*scored.tsv*")],
)
def test_ctrl_c_leaves_nothing_behind(
    environment, golden_model, temporary, tmp_path, command, rounds, begun
):
    with subprocess.Popen(
        [*command, "--rows", "20000", "--rounds", rounds, "--model", str(golden_model)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment,
    ) as process:
        while not list(temporary.glob(f"*/{begun}")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)

    assert (process.returncode, *said) == (130, b"", b"")
    assert list(temporary.iterdir()) == []
