"""A training, shown: live on a terminal, a line an epoch elsewhere."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.rendering.epochs import training_curves
from lstm_sentiment_cli.rendering.evaluations import counts_lines, counts_table
from lstm_sentiment_cli.training.listener import Epoch, Listener, Step

_INTERRUPTED = "finishing with the best so far; Ctrl-C again stops at once (--resume goes on)"


class _Lines(Listener):
    """Plain lines: what a log wants."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._started = time.monotonic()

    def stage(self, text: str) -> None:
        """Say what is being done, and since when the whole runs."""
        self._terminal.say(f"{time.monotonic() - self._started:7.1f} s  {text}")

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Say what the epoch gave."""
        self._terminal.say(epoch_line(epoch, best=best))

    def interrupted(self) -> None:
        """Say what happens now."""
        self._terminal.say(_INTERRUPTED)


class _Live(_Lines):
    """A bar for the epoch under way, and above it a line for each that has ended."""

    def __init__(self, terminal: Terminal, progress: Progress) -> None:
        super().__init__(terminal)
        self._progress = progress
        self._task: TaskID | None = None

    def stage(self, text: str) -> None:
        """Show in the bar's place what is being done."""
        self._show(text, None, 0)

    def step(self, step: Step) -> None:
        """Move the bar; the time left is that of all epochs, if none is spared."""
        done = (step.epoch - 1) * step.steps + step.step
        text = (
            f"epoch {step.epoch}/{step.epochs}  loss {step.loss:.4f}  accuracy {step.accuracy:.4f}"
        )
        self._show(text, step.epochs * step.steps, done)

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Put the epoch's line above the bar."""
        self._progress.console.print(epoch_line(epoch, best=best))

    def interrupted(self) -> None:
        """Put what happens now above the bar."""
        self._progress.console.print(_INTERRUPTED)

    def _show(self, text: str, total: int | None, done: int) -> None:
        if self._task is None:
            self._task = self._progress.add_task(text, total=total)
        self._progress.update(self._task, description=text, total=total, completed=done)


def epoch_line(epoch: Epoch, *, best: bool) -> str:
    """Return an epoch as one line, the best so far on validation marked by a star.

    Both pairs are loss and accuracy; with their names twice it would not fit 80 columns.
    """
    validation = (
        f"on validation {epoch.validation_loss:.4f}  {epoch.validation_accuracy:.4f}  "
        if epoch.validation_loss is not None
        else ""
    )
    return (
        f"epoch {epoch.number:2}  loss {epoch.loss:.4f}  accuracy {epoch.accuracy:.4f}  "
        f"{validation}{epoch.seconds:.0f} s{' *' if best and validation else ''}"
    )


def say_result(trained: Artifact, terminal: Terminal) -> None:
    """Say what a training gave: curves and confusion matrix on a terminal, plain lines elsewhere.

    A log has the epochs' lines already.
    """
    metrics: Mapping[str, Any] = trained.metrics
    labels, confusion = trained.manifest.labels, metrics["confusion"]
    if terminal.animated:
        console = terminal.stderr()
        console.print(
            training_curves(trained.history, terminal.display(console)),
            counts_table(labels, confusion),
        )
    else:
        for line in counts_lines(labels, confusion):
            terminal.say(line)
    terminal.say(result_line(metrics))


def result_line(metrics: Mapping[str, Any]) -> str:
    """Return what was measured of the exported network, as one line."""
    accuracy = metrics["accuracy"]
    return (
        f"accuracy {accuracy['value']:.3f} ({accuracy['low']:.3f} to {accuracy['high']:.3f}) "
        f"on {metrics['rows']:,} validation rows, log loss {metrics['log_loss']['value']:.3f}"
    )


@contextmanager
def report_progress(terminal: Terminal) -> Iterator[Listener]:
    """Show a bar during the block, or lines where nothing can be animated."""
    if not terminal.animated:
        yield _Lines(terminal)
        return
    columns = (TextColumn("{task.description}"), BarColumn(None), TimeRemainingColumn())
    with Progress(*columns, console=terminal.stderr(), transient=True, expand=True) as progress:
        yield _Live(terminal, progress)
