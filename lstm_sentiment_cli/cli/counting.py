"""How far a long input is, for who watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lstm_sentiment_cli.cli.terminal import Terminal


@contextmanager
def counting(
    terminal: Terminal, unit: str, *, shown: bool = True
) -> Iterator[Callable[[int], None]]:
    """Give a function to be told how many units are done: "12,000 texts 0:00:01" on stderr.

    Where nothing may be animated, or it is not to be shown, the function does nothing.
    """
    if not (shown and terminal.animated):
        yield lambda _done: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {unit}"), TimeElapsedColumn())
    with Progress(*columns, console=terminal.stderr(), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done: progress.update(task, completed=done)
