"""Progress of trainings and searches: a bar on a capable terminal, lines elsewhere."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


class _Bar:
    """The last line of the terminal: what is being done, how much of it is done, and a remark."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, end="")

    def show(self, text: str, share: float | None = None, end: str = "") -> None:
        total = None if share is None else 1.0
        self._progress.update(
            self._task, description=visible(text), total=total, completed=share or 0.0, end=end
        )

    def refresh(self) -> None:
        """Draw now: an import that follows would keep the drawing thread waiting."""
        self._progress.refresh()

    def put_above(self, line: str) -> None:
        self._progress.console.print(visible(line), soft_wrap=True)


@contextmanager
def _bar(terminal: Terminal, end: ProgressColumn) -> Iterator[_Bar | None]:
    if not terminal.animated:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(None), end)
    with Progress(*columns, console=terminal.stderr(), transient=True, expand=True) as progress:
        yield _Bar(progress)


class _Training(Listener):
    """Shows a training; without a bar, a line for each stage and each epoch."""

    _interrupted = (
        "finishing with the best epoch so far; Ctrl-C again stops at once (--resume continues)"
    )

    def __init__(self, terminal: Terminal, bar: _Bar | None) -> None:
        self._terminal = terminal
        self._bar = bar
        self._started = time.monotonic()

    def stage(self, text: str) -> None:
        """Show what is being done; in a log, after the seconds since the start."""
        if self._bar:
            self._bar.show(text)
            self._bar.refresh()
        else:
            self._say(f"{time.monotonic() - self._started:7.1f} s  {text}")

    def step(self, step: Step) -> None:
        """Move the bar; the time left is that of all epochs, without early stopping."""
        if self._bar:
            text = f"epoch {step.epoch}/{step.epochs}  loss {step.loss:.4f}"
            self._bar.show(f"{text}  accuracy {step.accuracy:.4f}", _share(step))

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show the result of the epoch."""
        self._say(epoch_line(epoch, best=best))

    def interrupted(self) -> None:
        """Show what Ctrl-C does."""
        self._say(self._interrupted)

    def _say(self, line: str) -> None:
        if self._bar:
            self._bar.put_above(line)
        else:
            self._terminal.say(line)


class _Search(_Training, SearchListener):
    """Shows a search and the trainings after it; without a bar, a line for each fold and trial."""

    _interrupted = (
        "stopping the search, then training with the best so far; "
        "Ctrl-C again stops at once (--resume continues)"
    )

    def __init__(self, terminal: Terminal, bar: _Bar | None, search: Search) -> None:
        super().__init__(terminal, bar)
        self._search = search
        self._reference = search.space.reference_hyperparameters()
        self._clock = _Clock(search)
        self._in_fold = False
        """Whether epochs are those of a fold, or of a training after the search."""
        self._now = ""
        """The fold or the stage under way."""
        self._best = ""

    def stage(self, text: str) -> None:
        """Show what is being done."""
        self._in_fold, self._now = False, text  # the search may have been stopped within a fold
        super().stage(text)

    def trial_begins(self, number: int, values: Values) -> None:
        """Show which trial runs; workers report folds only when they end."""
        del values  # shown when it ends
        self._clock.begin()
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
        self._clock.fold_ends(number, None if known else result.seconds)
        self._show_search()
        if not self._bar:
            self._say(fold_line(number, result, self._search.folds, known=known))

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Show the result of the trial, and how it differs from the reference."""
        self._in_fold = False
        knobs = trial.hyperparameters.differing_from(self._reference)
        is_best = best is not None and best.number == trial.number
        self._say(trial_line(trial, knobs, self._search.objective, best=is_best))
        self._clock.trial_ends(trial.number)
        if best is not None:
            self._best = f"  best {best.mean(self._search.objective):.4f}"
        self._show_search()

    def step(self, step: Step) -> None:
        """Move the bar, of the search or of the training after it."""
        epoch = f"  epoch {step.epoch}/{step.epochs}"
        if self._in_fold:
            self._show_search(_share(step), epoch)
        elif self._bar:
            self._bar.show(f"{self._now}{epoch}", _share(step), f"accuracy {step.accuracy:.4f}")

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show the result of an epoch after the search; with a bar, that is enough."""
        if not (self._bar or self._in_fold):
            super().epoch(epoch, best=best)

    def _show_search(self, share_of_fold: float = 0.0, epoch: str = "") -> None:
        if not self._bar:
            return
        left = self._clock.left(share_of_fold)
        told = "" if left is None else f"about {format_duration(left)} left"
        self._bar.show(
            f"{self._now}{epoch}{self._best}",
            self._clock.share(share_of_fold),
            f"{self._clock.done}  {told}",
        )


def _share(step: Step) -> float:
    """Return how much of a training is done, without early stopping."""
    return ((step.epoch - 1) * step.steps + step.step) / (step.epochs * step.steps)


class _Clock:
    """How much of a search is done, and how long the rest may take."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._began: float | None = None
        self._ended: set[int] = set()
        self._folds: dict[int, int] = {}
        """Trial under way → number of its finished folds."""
        self._measured: list[float] = []

    def begin(self) -> None:
        """Start the clock at the first trial."""
        if self._began is None:
            self._began = time.monotonic()

    def fold_ends(self, number: int, seconds: float | None) -> None:
        """Count a fold; one measured earlier has no seconds and says nothing about time."""
        self._folds[number] = self._folds.get(number, 0) + 1
        if seconds is not None:
            self._measured.append(seconds)

    def trial_ends(self, number: int) -> None:
        """Count a trial, however many of its folds were trained."""
        self._ended.add(number)
        self._folds.pop(number, None)

    @property
    def done(self) -> str:
        """The finished trials: "3/30 trials"."""
        of = f"/{self._search.trials}" if self._search.trials else ""
        return f"{len(self._ended)}{of} trials"

    def share(self, of_fold: float) -> float | None:
        """Return how much of the search is done, by trials or by time; None without a limit."""
        shares = [self._folds_done(of_fold) / total] if (total := self._folds_in_all()) else []
        if self._search.seconds and self._began is not None:
            shares.append((time.monotonic() - self._began) / self._search.seconds)
        return min(1.0, max(shares)) if shares else None

    def left(self, of_fold: float) -> float | None:
        """Return the seconds left, estimated from the folds so far; None if unknown."""
        lefts = []
        if self._measured and (total := self._folds_in_all()):
            mean = sum(self._measured) / len(self._measured)
            lefts.append(mean * (total - self._folds_done(of_fold)) / self._search.workers)
        if self._search.seconds and self._began is not None:
            lefts.append(self._began + self._search.seconds - time.monotonic())
        return max(0.0, min(lefts)) if lefts else None

    def _folds_in_all(self) -> int:
        return (self._search.trials or 0) * self._search.folds

    def _folds_done(self, of_fold: float) -> float:
        return len(self._ended) * self._search.folds + sum(self._folds.values()) + of_fold
