"""The results of a benchmark, as a table for people."""

from typing import TYPE_CHECKING

from rich.table import Table

from lstm_sentiment_cli.figures import NONE, counted
from lstm_sentiment_cli.rendering.cells import plain_table
from lstm_sentiment_cli.rendering.style import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.benchmarking.speed import Benchmark, Latency, Spread


def benchmark_table(benchmark: "Benchmark") -> Table:
    """Return a line for each result: "predict TEXT, whole process  0.240 s  0.230-0.300  -"."""
    start, latency, throughput = benchmark.start, benchmark.latency, benchmark.throughput
    explanation = f"one explanation, {latency.explanation_tokens} tokens"
    memory = NONE if throughput.peak_mb is None else f"{throughput.peak_mb:.0f} MB"
    table = plain_table("measured", "median", "spread", "p99")
    table.add_row("--help, whole process", *_spread(start.help_seconds, ".3f", " s"))
    table.add_row("predict TEXT, whole process", *_spread(start.predict_seconds, ".3f", " s"))
    table.add_section()
    table.add_row("one tweet, model loaded", *_milliseconds(latency.tweet_ms))
    table.add_row(explanation, *_milliseconds(latency.explanation_ms))
    table.add_section()
    for of, speed in (
        ("whole program", throughput.program_per_second),
        ("network alone", throughput.network_per_second),
    ):
        table.add_row(f"tweets per second, {of}", *_spread(speed, ",.0f"))
    table.add_row("whole program / network alone", f"{throughput.ratio:.2f}", NONE, NONE)
    table.add_section()
    table.add_row("peak memory, whole program", memory, NONE, NONE)
    return table


def about(benchmark: "Benchmark") -> str:
    """Return "default, 100,000 tweets, 5 rounds; x86_64, 2 cores, Python 3.11.7"."""
    return visible(
        f"{benchmark.model}, {counted(benchmark.rows, 'tweet')}, {benchmark.rounds} rounds; "
        f"{benchmark.machine}"
    )


def _spread(spread: "Spread", digits: str, unit: str = "") -> tuple[str, str, str]:
    low, median, high = (f"{each:{digits}}" for each in (spread.low, spread.median, spread.high))
    return f"{median}{unit}", f"{low}-{high}", NONE


def _milliseconds(latency: "Latency") -> tuple[str, str, str]:
    return f"{latency.median:.2f} ms", NONE, f"{latency.p99:.2f} ms"
