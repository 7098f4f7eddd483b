"""The table of a benchmark: complete, and inside the terminal."""

import io
import re

import pytest
from rich.console import Console

from lstm_sentiment_cli.benchmarking.speed import (
    Benchmark,
    Latencies,
    Latency,
    Machine,
    Spread,
    Start,
    Throughput,
)
from lstm_sentiment_cli.rendering.benchmarks import about, benchmark_table


def benchmark(model="mine", peak=181.4):
    return Benchmark(
        model=model,
        machine=Machine("Linux", "x86_64", 2, "3.11.7"),
        rows=100_000,
        rounds=5,
        start=Start(Spread(0.08, 0.079, 0.09), Spread(0.24, 0.23, 0.3)),
        latency=Latencies(Latency(0.4, 0.9), Latency(12, 20), 40),
        throughput=Throughput(Spread(36_000, 35_000, 37_000), Spread(60_000, 59_000, 61_000), peak),
    )


def lines(width, **of_it):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(benchmark_table(benchmark(**of_it)))
    shown = console.file.getvalue().splitlines()
    assert max(map(len, shown)) <= width
    return [re.split(r"\s{2,}", line.strip()) for line in shown if re.search(r"\w", line)]


@pytest.mark.parametrize(("peak", "memory"), [(181.4, "181 MB"), (None, "-")])
def test_each_figure_has_a_line_and_what_there_is_none_of_a_dash(peak, memory):
    assert lines(80, peak=peak) == [
        ["measured", "median", "spread", "p99"],
        ["--help, whole process", "0.080 s", "0.079-0.090", "-"],
        ["predict TEXT, whole process", "0.240 s", "0.230-0.300", "-"],
        ["one tweet, model loaded", "0.40 ms", "-", "0.90 ms"],
        ["one explanation, 40 tokens", "12.00 ms", "-", "20.00 ms"],
        ["tweets per second, whole program", "36,000", "35,000-37,000", "-"],
        ["tweets per second, network alone", "60,000", "59,000-61,000", "-"],
        ["whole program / network alone", "0.60", "-", "-"],
        ["peak memory, whole program", memory, "-", "-"],
    ]


def test_it_fits_into_a_narrow_terminal():
    assert len(lines(40)) > 9


def test_what_was_measured_stands_above_and_does_nothing_to_the_terminal():
    assert about(benchmark()) == ("mine, 100,000 tweets, 5 rounds; x86_64, 2 cores, Python 3.11.7")
    assert "\x1b" not in about(benchmark(model="\x1b[31m"))
