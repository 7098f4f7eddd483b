"""`lstm-sentiment benchmark`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import option
from lstm_sentiment_cli.cli.terminal import Terminal, print_json
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.benchmarking.speed import OnStep

_MOST_ROWS, _FEWEST_ROUNDS = 1_000_000, 5

Rows = Annotated[int, option("--rows N", f"Tweets to generate, at most {_MOST_ROWS:,}.")]
Rounds = Annotated[
    int,
    option("--rounds N", f"Runs of each measurement after a warm-up, {_FEWEST_ROUNDS} or more."),
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
    """Measure speed and memory on this machine.

    Works offline, on generated tweets that all differ; takes half a minute on a laptop. Startup and
    throughput are those of whole processes, including reading your settings files; shown are
    median, lowest and highest of --rounds runs.

    Examples:
      lstm-sentiment benchmark
      lstm-sentiment benchmark --rows 10000 --json
    """
    if not 1 <= rows <= _MOST_ROWS:
        raise SentimentError(f"--rows must be from 1 to {_MOST_ROWS:,}, got {rows}", "rows")
    if rounds < _FEWEST_ROUNDS:
        raise SentimentError(f"--rounds must be {_FEWEST_ROUNDS} or more, got {rounds}", "rounds")
    from lstm_sentiment_cli.benchmarking.speed import benchmark as measure
    from lstm_sentiment_cli.model.locations import find_model

    terminal = Terminal(quiet, no_color)
    with _progress(terminal) as on_step:
        measured = measure(find_model(model), rows=rows, rounds=rounds, on_step=on_step)
    if as_json:
        print_json(measured.to_json())
    else:
        from lstm_sentiment_cli.rendering.benchmarks import about, benchmark_table

        console = terminal.stdout()
        console.print(about(measured), soft_wrap=True)
        console.print(benchmark_table(measured))


@contextmanager
def _progress(terminal: Terminal) -> "Iterator[OnStep]":
    """Draw "throughput ━━━━━━ 3/6 0:00:12" before each step, never while one runs."""
    if not terminal.animated:
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    # A drawing thread would take time from what is measured.
    console = terminal.stderr()
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("")

        def on_step(name: str, done: int, total: int) -> None:
            progress.update(task, description=name, completed=done, total=total)
            progress.refresh()

        yield on_step
