"""Start, latency, throughput and memory: the figures, and all of them of a tiny model."""

import json
import sys
import tempfile

import numpy as np
import pytest

from lstm_sentiment_cli.benchmarking import speed
from lstm_sentiment_cli.benchmarking.speed import (
    Benchmark,
    Latencies,
    Latency,
    Machine,
    Spread,
    Start,
    Throughput,
    benchmark,
    ready_batches,
    seconds_of_network,
)
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, WINDOW, Predictor
from lstm_sentiment_cli.text.synthetic import synthetic_tweets
from tests.conftest import NO_TEMPORARY_FILES


def test_a_spread_is_median_lowest_and_highest():
    assert Spread.of([5, 1, 3, 9]) == Spread(4, 1, 9)


@pytest.mark.parametrize(
    ("milliseconds", "p99"),
    [([2.0], 2.0), (list(range(1, 101)), 99), (list(range(1, 201)), 198), ([1] * 98 + [7, 8], 7)],
)
def test_99_of_100_calls_take_no_longer_than_p99(milliseconds, p99):
    assert Latency.of(milliseconds[::-1]).p99 == p99


@pytest.mark.parametrize("peak", [181.5, None])
def test_json_has_every_figure_and_the_ratio(peak):
    throughput = Throughput(Spread(30, 20, 40), Spread(60, 50, 70), peak)
    found = Benchmark(
        model="mine",
        machine=Machine("Linux", "x86_64", 2, "3.11.7"),
        rows=100,
        rounds=5,
        start=Start(Spread(0.1, 0.1, 0.2), Spread(0.3, 0.2, 0.4)),
        latency=Latencies(Latency(0.4, 0.9), Latency(12, 20), 40),
        throughput=throughput,
    )

    told = json.loads(json.dumps(found.to_json()))

    assert told["machine"] == {
        "system": "Linux", "architecture": "x86_64", "cores": 2, "python": "3.11.7"
    }  # fmt: skip
    assert told["start"]["predict_seconds"] == {"median": 0.3, "low": 0.2, "high": 0.4}
    assert told["latency"] == {
        "tweet_ms": {"median": 0.4, "p99": 0.9},
        "explanation_ms": {"median": 12, "p99": 20},
        "explanation_tokens": 40,
    }
    assert set(told["throughput"]) == {"program_per_second", "network_per_second", "ratio"}
    assert told["throughput"]["ratio"] == 0.5
    assert told["peak_mb"] == peak


def test_ready_batches_hold_every_text_and_no_window_mixes(golden_model):
    predictor = Predictor.load(golden_model)
    texts = synthetic_tweets(["good", "bad", "day"], WINDOW + 10, seed=0)

    batches = ready_batches(predictor, texts)

    assert [len(lengths) for _, lengths in batches] == [BATCH_SIZE] * (WINDOW // BATCH_SIZE) + [10]
    assert seconds_of_network(predictor, batches) > 0
    answered = np.concatenate([predictor.runtime.run(*batch) for batch in batches])
    expected = [predictor.scores(part).logits for part in (texts[:WINDOW], texts[WINDOW:])]
    np.testing.assert_allclose(np.sort(answered[:, 0]), np.sort(np.concatenate(expected)[:, 0]))


@pytest.fixture
def temporary(tmp_path, monkeypatch, environment):
    """An empty folder for temporary files, here and in what is started from here."""
    for name in ("HOME", "PYTHONPATH"):
        monkeypatch.setenv(name, environment[name])
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_every_figure_is_one_and_nothing_is_left(golden_model, temporary, monkeypatch):
    monkeypatch.setattr(speed, "_EXPLANATIONS", 50)
    steps = []

    found = benchmark(golden_model, rows=30, rounds=1, on_step=lambda *step: steps.append(step))

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
    assert [step for step in steps if step[0] == "start"] == [("start", 0, 2), ("start", 1, 2)]
    assert steps[-1] == ("throughput", 1, 2)


def test_nothing_is_left_after_an_error_of_who_listens(golden_model, temporary):
    def stop(name, done, total):
        if name == "start":
            assert len(list(temporary.iterdir())) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        benchmark(golden_model, rows=30, rounds=1, on_step=stop)

    assert list(temporary.iterdir()) == []


def test_a_missing_folder_for_temporary_files_is_one_line(golden_model, temporary):
    temporary.rmdir()

    with pytest.raises(SentimentError, match=NO_TEMPORARY_FILES):
        benchmark(golden_model, rows=30, rounds=1)
