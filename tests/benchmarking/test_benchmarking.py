"""All of it measured with a tiny model, on few rows and in few rounds."""

import sys
import tempfile

import pytest

from lstm_sentiment_cli.benchmarking.speed import Step, benchmark
from lstm_sentiment_cli.errors import SentimentError


@pytest.fixture
def temporary(tmp_path, monkeypatch, environment):
    """An empty folder for temporary files, here and in what is started from here."""
    for name in ("HOME", "PYTHONPATH"):
        monkeypatch.setenv(name, environment[name])
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_every_figure_is_one_and_nothing_is_left(golden_model, temporary):
    steps = []

    found = benchmark(golden_model, rows=30, rounds=1, on_step=steps.append)

    assert (found.model, found.rows, found.rounds) == ("format-1", 30, 1)
    for spread in (
        found.start.help_seconds,
        found.start.predict_seconds,
        found.throughput.program_per_second,
        found.throughput.network_per_second,
    ):
        assert 0 < spread.low <= spread.median <= spread.high
    for latency in (found.latency.tweet_ms, found.latency.explanation_ms):
        assert 0 < latency.median <= latency.p99
    assert found.latency.explanation_tokens == 40
    assert found.throughput.ratio > 0
    assert (found.throughput.peak_mb is None) == (sys.platform != "linux")
    assert list(temporary.iterdir()) == []
    assert [step for step in steps if step.name == "start"] == [
        Step("start", 0, 2), Step("start", 1, 2)
    ]  # fmt: skip
    assert steps[-1] == Step("throughput", 1, 2)


def test_nothing_is_left_after_an_error_of_who_listens(golden_model, temporary):
    def stop(step):
        if step.name == "start":
            assert len(list(temporary.iterdir())) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        benchmark(golden_model, rows=30, rounds=1, on_step=stop)

    assert list(temporary.iterdir()) == []


def test_a_missing_folder_for_temporary_files_is_one_line(golden_model, temporary):
    temporary.rmdir()

    with pytest.raises(
        SentimentError, match=r"^cannot make a folder for temporary files: .+TMPDIR$"
    ):
        benchmark(golden_model, rows=30, rounds=1)
