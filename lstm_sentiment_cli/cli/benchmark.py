"""`lstm-sentiment benchmark`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal

if TYPE_CHECKING:
    from lstm_sentiment_cli.benchmarking.speed import Benchmark, OnStep, Step

Rows = Annotated[
    int,
    typer.Option(
        "--rows", metavar="N", min=1, max=1_000_000, help="Tweets to make, up to 1,000,000."
    ),
]
Rounds = Annotated[
    int,
    typer.Option(
        "--rounds", metavar="N", min=5, help="Runs after the one that warms up, at least 5."
    ),
]


def benchmark(
    *,
    rows: Rows = 100_000,
    rounds: Rounds = 5,
    model: options.Model = options.DEFAULT_MODEL,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Measure how fast a model answers on this machine, and in how much memory.

    Offline, on tweets that it makes itself, all different; half a minute on a laptop. Whole
    processes are run as you would run them, settings files included; their median and spread, the
    lowest and the highest, are of --rounds runs. p99: 99 of 100 texts took no longer.

    --json gives one object: model; machine (system, architecture, cores, python); rows; rounds;
    start (seconds of the whole processes --help and predict TEXT: help_seconds, predict_seconds,
    each with median, low and high); latency (milliseconds of one text with the model loaded:
    tweet_ms, explanation_ms, each with median and p99; explanation_tokens); throughput (tweets a
    second: program_per_second from a text file to tsv, start included; network_per_second from
    ready token ids to logits on all cores, each with median, low and high; ratio of the first to
    the second); peak_mb (the most memory that the program held while it scored; null where the
    system does not tell).
    """
    from lstm_sentiment_cli.benchmarking.speed import benchmark as measure
    from lstm_sentiment_cli.model.locations import find_model

    terminal = Terminal(quiet, no_color)
    with _progress(terminal) as on_step:
        found = measure(find_model(model), rows=rows, rounds=rounds, on_step=on_step)
    if as_json:
        import json

        typer.echo(json.dumps(found.to_json(), indent=2))
    else:
        _show(found, terminal)


def _show(found: "Benchmark", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering.benchmarks import about, benchmark_table

    console = terminal.stdout()
    console.print(about(found), soft_wrap=True)
    console.print(benchmark_table(found))


@contextmanager
def _progress(terminal: Terminal) -> "Iterator[OnStep]":
    """Give what draws "throughput ━━━━━━ 3/6 0:00:12" before each step; never while one runs."""
    if not terminal.animated:
        yield lambda _step: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    # A thread that draws would take its time from what is measured.
    console = terminal.stderr()
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("")

        def on_step(step: "Step") -> None:
            progress.update(task, description=step.name, completed=step.done, total=step.total)
            progress.refresh()

        yield on_step
