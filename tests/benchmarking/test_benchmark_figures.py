"""Medians, spreads and the figure that 99 of 100 stay under."""

import json

import pytest

from lstm_sentiment_cli.benchmarking.speed import (
    Benchmark,
    Latencies,
    Latency,
    Machine,
    Spread,
    Start,
    Throughput,
)


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
