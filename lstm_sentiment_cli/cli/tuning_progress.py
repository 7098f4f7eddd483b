"""A search and the trainings after it, shown: live on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.cli.training_progress import epoch_line
from lstm_sentiment_cli.rendering.searches import trial_line
from lstm_sentiment_cli.rendering.style import format_duration, visible
from lstm_sentiment_cli.training.listener import Epoch, Step
from lstm_sentiment_cli.tuning.search import FoldResult, Search, SearchListener, TrialResult
from lstm_sentiment_cli.tuning.space import Values

_INTERRUPTED = (
    "stopping the search, then training with the best so far; "
    "Ctrl-C again stops at once (--resume goes on)"
)


class _Lines(SearchListener):
    """Plain lines: what a log wants."""

    def __init__(self, terminal: Terminal, search: Search) -> None:
        self._terminal = terminal
        self._search = search
        self._reference = search.space.reference_hyperparameters()
        self._started = time.monotonic()
        self._fold: tuple[int, int] | None = None
        """Trial and fold under way; None: what comes is of a training after the search."""

    def stage(self, text: str) -> None:
        """Say what is being done, and since when the whole runs."""
        self._fold = None  # a search that was stopped leaves its fold
        self.line(f"{time.monotonic() - self._started:7.1f} s  {text}")

    def fold_begins(self, number: int, fold: int) -> None:
        """Take what comes for that of a fold."""
        self._fold = number, fold

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Say what the fold gave."""
        self._fold = None
        took = "known" if known else format_duration(result.seconds)
        self.line(
            f"trial {number:2}  fold {result.fold + 1} of {self._search.folds}  "
            f"log loss {result.log_loss:.4f}  accuracy {result.accuracy:.4f}  "
            f"best epoch {result.best_epoch} of {result.epochs}  {took}"
        )

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Say what the trial gave, and which of its knobs are not the reference's."""
        self._fold = None
        knobs = trial.hyperparameters.differing_from(self._reference)
        is_best = best is not None and best.number == trial.number
        self.line(trial_line(trial, knobs, self._search.objective, best=is_best))

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Say what an epoch of a training after the search gave."""
        if self._fold is None:
            self.line(epoch_line(epoch, best=best))

    def interrupted(self) -> None:
        """Say what happens now."""
        self.line(_INTERRUPTED)

    def line(self, text: str) -> None:
        """Say one line."""
        self._terminal.say(text)


class _Live(_Lines):
    """A bar for the whole search, then for each training; above it what has ended."""

    def __init__(self, terminal: Terminal, search: Search, progress: Progress) -> None:
        super().__init__(terminal, search)
        self._progress = progress
        self._task = progress.add_task("", total=None, end="")
        self._clock = _Clock(search)
        self._best = ""
        self._now = ""
        """What is being done: a fold of a trial, or what the stage said."""

    def stage(self, text: str) -> None:
        """Show in the bar's place what is being done."""
        self._fold, self._now = None, text
        self._show(text, None, "")
        # What comes may be an import, which keeps the thread that draws waiting.
        self._progress.refresh()

    def trial_begins(self, number: int, values: Values) -> None:
        """Show which trial runs; of the folds of other processes one hears when they end."""
        del values  # they are told when it ends
        self._clock.begin()
        self._now = f"trial {number}"
        self._show_search(0.0)

    def fold_begins(self, number: int, fold: int) -> None:
        """Show which fold of which trial runs."""
        super().fold_begins(number, fold)
        self._now = f"trial {number}  fold {fold + 1}/{self._search.folds}"
        self._show_search(0.0)

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Move the bar; a line a fold would be too many."""
        self._fold = None
        self._clock.fold_ends(number, None if known else result.seconds)
        self._show_search(0.0)

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Put the trial's line above the bar."""
        super().trial_ends(trial, best)
        self._clock.trial_ends(trial.number)
        if best is not None:
            self._best = f"  best {best.mean(self._search.objective):.4f}"
        self._show_search(0.0)

    def step(self, step: Step) -> None:
        """Move the bar, of the search or of the training after it."""
        share = ((step.epoch - 1) * step.steps + step.step) / (step.epochs * step.steps)
        epoch = f"  epoch {step.epoch}/{step.epochs}"
        if self._fold is not None:
            self._show_search(share, epoch)
        else:
            self._show(f"{self._now}{epoch}", share, f"accuracy {step.accuracy:.4f}")

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Leave it to the bar."""

    def line(self, text: str) -> None:
        """Put a line above the bar."""
        self._progress.console.print(visible(text), soft_wrap=True)

    def _show_search(self, share_of_fold: float, epoch: str = "") -> None:
        left = self._clock.left(share_of_fold)
        told = "" if left is None else f"about {format_duration(left)} left"
        self._show(
            f"{self._now}{epoch}{self._best}",
            self._clock.share(share_of_fold),
            f"{self._clock.done}  {told}",
        )

    def _show(self, text: str, share: float | None, end: str) -> None:
        total = None if share is None else 1.0
        self._progress.update(
            self._task, description=visible(text), total=total, completed=share or 0.0, end=end
        )


class _Clock:
    """How far a search is, and for how long it may still run."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._began: float | None = None
        self._ended: set[int] = set()
        self._folds: dict[int, int] = {}
        """Trial under way → its folds that have ended."""
        self._measured: list[float] = []

    def begin(self) -> None:
        """Start with the first trial."""
        if self._began is None:
            self._began = time.monotonic()

    def fold_ends(self, number: int, seconds: float | None) -> None:
        """Count a fold; one that was only read, without seconds, tells nothing of time."""
        self._folds[number] = self._folds.get(number, 0) + 1
        if seconds is not None:
            self._measured.append(seconds)

    def trial_ends(self, number: int) -> None:
        """Count a trial, however many of its folds were trained."""
        self._ended.add(number)
        self._folds.pop(number, None)

    @property
    def done(self) -> str:
        """The trials that have ended: "3/30 trials"."""
        of = f"/{self._search.trials}" if self._search.trials else ""
        return f"{len(self._ended)}{of} trials"

    def share(self, of_fold: float) -> float | None:
        """Return how much of the search is done, by trials or by time; None: no limit is known."""
        shares = [self._folds_done(of_fold) / total] if (total := self._folds_in_all()) else []
        if self._search.seconds and self._began is not None:
            shares.append((time.monotonic() - self._began) / self._search.seconds)
        return min(1.0, max(shares)) if shares else None

    def left(self, of_fold: float) -> float | None:
        """Return seconds, as the folds so far tell; None: nothing tells yet."""
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


@contextmanager
def report_progress(terminal: Terminal, search: Search) -> Iterator[SearchListener]:
    """Show a bar during the block, or lines where nothing can be animated."""
    if not terminal.animated:
        yield _Lines(terminal, search)
        return
    columns = (TextColumn("{task.description}"), BarColumn(None), TextColumn("{task.fields[end]}"))
    with Progress(*columns, console=terminal.stderr(), transient=True, expand=True) as progress:
        yield _Live(terminal, search, progress)
