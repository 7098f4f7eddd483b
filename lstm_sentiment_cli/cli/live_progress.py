"""Progress of trainings and searches: a bar on a capable terminal, lines elsewhere."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import fmean
from typing import Any

from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.rendering.evaluations import counts_lines, counts_table
from lstm_sentiment_cli.rendering.style import format_duration, visible
from lstm_sentiment_cli.rendering.trainings import (
    epoch_line,
    fold_line,
    result_line,
    training_curves,
    trial_line,
)
from lstm_sentiment_cli.training.listener import Epoch, Listener, Step
from lstm_sentiment_cli.tuning.search import FoldResult, Search, SearchListener, TrialResult
from lstm_sentiment_cli.tuning.space import Values


@contextmanager
def training_progress(terminal: Terminal) -> Iterator[Listener]:
    """Show a training while the block runs."""
    with _bar(terminal, TimeRemainingColumn()) as bar:
        yield _Training(terminal, bar)


@contextmanager
def search_progress(terminal: Terminal, search: Search) -> Iterator[SearchListener]:
    """Show a search, and the trainings after it, while the block runs."""
    with _bar(terminal, TextColumn("{task.fields[end]}")) as bar:
        yield _Search(terminal, bar, search)


def show_result(trained: Artifact, terminal: Terminal) -> None:
    """Show the result of a training: curves and confusion matrix on a terminal, else lines.

    A log has a line for each epoch already.
    """
    metrics: Mapping[str, Any] = trained.metrics
    labels, confusion = trained.manifest.labels, metrics["confusion"]
    if terminal.animated:
        console = terminal.stderr()
        curves = training_curves(trained.history, terminal.display(console))
        console.print(curves, counts_table(labels, confusion))
    else:
        for line in counts_lines(labels, confusion):
            terminal.say(line)
    terminal.say(result_line(metrics))


@contextmanager
def _bar(terminal: Terminal, end: ProgressColumn) -> Iterator[Progress | None]:
    """Draw the last line: what is being done, how much of it is done, and a remark."""
    if not terminal.animated:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(None), end)
    with Progress(*columns, console=terminal.stderr(), transient=True, expand=True) as progress:
        progress.add_task("", total=None, end="")
        yield progress


class _Training(Listener):
    """Shows a training; without a bar, a line for each stage and each epoch."""

    _interrupted = (
        "finishing with the best epoch so far; Ctrl-C again stops at once (--resume continues)"
    )

    def __init__(self, terminal: Terminal, bar: Progress | None) -> None:
        self._terminal = terminal
        self._bar = bar
        self._started = time.monotonic()

    def stage(self, text: str) -> None:
        """Show what is being done; in a log, after the seconds since the start."""
        if self._bar:
            self._show(text)
            self._bar.refresh()  # now: an import that follows would keep the drawing thread waiting
        else:
            self._say(f"{time.monotonic() - self._started:7.1f} s  {text}")

    def step(self, step: Step) -> None:
        """Move the bar; the time left is that of all epochs, without early stopping."""
        text = f"epoch {step.epoch}/{step.epochs}  loss {step.loss:.4f}"
        self._show(f"{text}  accuracy {step.accuracy:.4f}", _share(step))

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show the result of the epoch."""
        self._say(epoch_line(epoch, best=best))

    def interrupted(self) -> None:
        """Show what Ctrl-C does."""
        self._say(self._interrupted)

    def _say(self, line: str) -> None:
        if self._bar:
            self._bar.console.print(visible(line), soft_wrap=True)
        else:
            self._terminal.say(line)

    def _show(self, text: str, share: float | None = None, end: str = "") -> None:
        if self._bar:
            total, done = (None, 0.0) if share is None else (1.0, share)
            (task,) = self._bar.task_ids
            self._bar.update(task, description=visible(text), total=total, completed=done, end=end)


class _Search(_Training, SearchListener):
    """Shows a search and the trainings after it; without a bar, a line for each fold and trial."""

    _interrupted = (
        "stopping the search, then training with the best so far; "
        "Ctrl-C again stops at once (--resume continues)"
    )

    def __init__(self, terminal: Terminal, bar: Progress | None, search: Search) -> None:
        super().__init__(terminal, bar)
        self._search = search
        self._reference = search.space.reference_hyperparameters()
        self._in_fold = False  # whether epochs are those of a fold, or of a training afterwards
        self._now = ""  # the fold or the stage under way
        self._best = ""
        self._began: float | None = None  # when the first trial did
        self._ended: set[int] = set()
        self._folds: Counter[int] = Counter()  # trial → its finished folds; of an ended one, all
        self._seconds: list[float] = []  # of each fold that was measured in this run

    def stage(self, text: str) -> None:
        """Show what is being done."""
        self._in_fold, self._now = False, text  # the search may have been stopped within a fold
        super().stage(text)

    def trial_begins(self, number: int, values: Values) -> None:
        """Show which trial runs; workers report folds only when they end."""
        del values  # shown when it ends
        if self._began is None:
            self._began = time.monotonic()
        self._now = f"trial {number}"
        self._show_search()

    def fold_begins(self, number: int, fold: int) -> None:
        """Show which fold of which trial runs."""
        self._in_fold = True
        self._now = f"trial {number}  fold {fold + 1}/{self._search.folds}"
        self._show_search()

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Show the result of the fold; with a bar, a line for each would be too much."""
        self._in_fold = False
        self._folds[number] += 1
        self._seconds += [] if known else [result.seconds]
        self._show_search()
        if not self._bar:
            self._say(fold_line(number, result, self._search.folds, known=known))

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Show the result of the trial, and how it differs from the reference."""
        self._in_fold = False
        knobs = trial.hyperparameters.differing_from(self._reference)
        is_best = best is not None and best.number == trial.number
        self._say(trial_line(trial, knobs, self._search.objective, best=is_best))
        self._ended.add(trial.number)
        self._folds[trial.number] = self._search.folds  # however many of them were trained
        if best is not None:
            self._best = f"  best {best.mean(self._search.objective):.4f}"
        self._show_search()

    def step(self, step: Step) -> None:
        """Move the bar, of the search or of the training after it."""
        epoch = f"  epoch {step.epoch}/{step.epochs}"
        if self._in_fold:
            self._show_search(_share(step), epoch)
        else:
            self._show(f"{self._now}{epoch}", _share(step), f"accuracy {step.accuracy:.4f}")

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show the result of an epoch after the search; with a bar, that is enough."""
        if not (self._bar or self._in_fold):
            super().epoch(epoch, best=best)

    def _show_search(self, share_of_fold: float = 0.0, epoch: str = "") -> None:
        """Show how much of the search is done, by trials or by time, and how long it may take."""
        search, shares, lefts = self._search, [], []
        if folds := (search.trials or 0) * search.folds:
            done = self._folds.total() + share_of_fold
            shares.append(done / folds)
            if self._seconds:
                lefts.append(fmean(self._seconds) * (folds - done) / search.workers)
        if search.seconds and self._began is not None:
            spent = time.monotonic() - self._began
            shares.append(spent / search.seconds)
            lefts.append(search.seconds - spent)
        of_all = f"/{search.trials}" if search.trials else ""
        left = f"about {format_duration(max(0.0, min(lefts)))} left" if lefts else ""
        self._show(
            f"{self._now}{epoch}{self._best}",
            min(1.0, max(shares)) if shares else None,
            f"trials {len(self._ended)}{of_all}  {left}",
        )


def _share(step: Step) -> float:
    """Return how much of a training is done, without early stopping."""
    return ((step.epoch - 1) * step.steps + step.step) / (step.epochs * step.steps)
