"""Trainings: epochs and their curves; searches of hyperparameters: plan, trials, the best."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.figures import counted, interval_in, share
from lstm_sentiment_cli.rendering.cells import plain_table, wrapped
from lstm_sentiment_cli.rendering.style import Display, format_duration, visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.training.listener import Epoch
    from lstm_sentiment_cli.tuning.fitting import Estimate, Span
    from lstm_sentiment_cli.tuning.plan import Plan
    from lstm_sentiment_cli.tuning.search import FoldResult, Objective, TrialResult
    from lstm_sentiment_cli.tuning.space import Space


_ROWS = 4
_HEAD_CELLS = 16  # "accuracy 0.8437 "
_GAP = "   "
_WIDEST_COLUMN = 4


def training_curves(history: Sequence[Mapping[str, float]], display: Display) -> Text:
    """Return four plots, of training and of validation, with a star below the best epoch.

    The two plots of a figure share a scale, whose ends stand before them. If there are more epochs
    than fit, a column is the mean of several. The history is that of a model folder: number, loss,
    accuracy, validation_loss and validation_accuracy of each epoch; there is at least one.
    """
    room = max((display.width - _HEAD_CELLS - len(_GAP)) // 2, 1)
    together = math.ceil(len(history) / room)
    column_cells = min(room // math.ceil(len(history) / together), _WIDEST_COLUMN)
    rows = [("", "training", "validation")]
    for figure in ("loss", "accuracy"):
        names = (figure, f"validation_{figure}")
        series = [_means([epoch[name] for epoch in history], together) for name in names]
        low, high = min(map(min, series)), max(map(max, series))
        spread = (high - low) or 1.0
        training, validation = (
            _plot([(value - low) / spread for value in values], column_cells, display)
            for values in series
        )
        # The ends of a scale take six cells unless they are huge: 0.4625, 12.35.
        top, bottom = (f"{end:.4f}" if end < 10 else f"{end:.4g}" for end in (high, low))
        heads = [f"{figure:8} {top}", *[""] * (_ROWS - 2), f"{'':8} {bottom}"]
        # Without a line between them, the last columns of one plot would stand on the next's.
        rows += [*zip(heads, training, validation, strict=True), ("", "", "")]
    best = min(history, key=lambda epoch: epoch["validation_loss"])
    told = (
        f"* best epoch, {best['number']:.0f} of {len(history)}: validation loss "
        f"{best['validation_loss']:.4f}, accuracy {best['validation_accuracy']:.4f}"
    )
    star = " " * (history.index(best) // together * column_cells) + "*"
    rows[-1] = ("epoch", star, star)
    plot_cells = max(len(training) for _, training, _ in rows)
    lines = [
        f"{head:{_HEAD_CELLS}}{training:{plot_cells}}{_GAP}{validation}".rstrip()
        for head, training, validation in rows
    ]
    return Text("\n".join([*lines, told]))


def _plot(shares: Sequence[float], column_cells: int, display: Display) -> list[str]:
    """Return the lines of a plot, the highest share 1 as high as all of them."""
    # One cell is left free between columns, if there is one.
    drawn_cells = max(column_cells - 1, 1)
    columns = [display.column(share, _ROWS) for share in shares]
    return [
        "".join((each[row] * drawn_cells).ljust(column_cells) for each in columns)
        for row in range(_ROWS)
    ]


def _means(values: Sequence[float], together: int) -> list[float]:
    parts = (values[start : start + together] for start in range(0, len(values), together))
    return [sum(part) / len(part) for part in parts]


def epoch_line(epoch: "Epoch", *, best: bool) -> str:
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


def result_line(metrics: Mapping[str, Any]) -> str:
    """Return what was measured of the exported network, as one line."""
    _, _, against = metrics["name"].partition(" ")
    return (
        f"accuracy {share(interval_in(metrics['accuracy']))} on {metrics['rows']:,} validation "
        f"rows{against and f' {against}'}, log loss {metrics['log_loss']['value']:.4f}"
    )


_MOST_RANKS = 10
_INDENT = " " * 6


def leaderboard_lines(
    ranked: Sequence["TrialResult"],
    differing: Sequence[Mapping[str, Any]],
    objective: "Objective",
    width: int,
) -> list[str]:
    """Return the best trials, and the reference wherever it ranks, in lines of at most `width`.

    `differing` holds for each trial the hyperparameters that differ from the reference's; they
    stand below the score, because a dozen of them would not fit beside it.
    """
    lines = [f"rank  trial  {objective.replace('_', ' '):15}  time"]
    for rank, (trial, knobs) in enumerate(zip(ranked, differing, strict=True), start=1):
        if rank <= _MOST_RANKS or not trial.number:
            figures = f"{_score(trial, objective)}  {format_duration(trial.seconds)}"
            lines.append(f"{rank:4}  {trial.number:5}  {figures}")
            told = wrapped(_knobs(trial, knobs), width - len(_INDENT))
            lines += [_INDENT + line for line in told]
    if len(ranked) > _MOST_RANKS:
        lines.append(f"{len(ranked):,} in total; see leaderboard.json")
    return lines


def fold_line(number: int, result: "FoldResult", folds: int, *, known: bool) -> str:
    """Return the result of a fold as one line; `known`: it was measured earlier."""
    took = "known" if known else format_duration(result.seconds)
    return (
        f"trial {number:2}  fold {result.fold + 1} of {folds}  log loss {result.log_loss:.4f}  "
        f"accuracy {result.accuracy:.4f}  best epoch {result.best_epoch} of {result.epochs}  {took}"
    )


def trial_line(
    trial: "TrialResult", knobs: Mapping[str, Any], objective: "Objective", *, best: bool
) -> str:
    """Return the outcome of a trial as one line, the best so far marked with a star."""
    if trial.status == "complete":
        outcome = f"{_score(trial, objective)}  {format_duration(trial.seconds)}"
    else:
        outcome = f"{trial.status}: {visible(trial.reason)}" if trial.reason else trial.status
    star = "  *" if best else ""
    return f"trial {trial.number:2}  {outcome}  {_knobs(trial, knobs)}{star}"


def not_complete(trials: Sequence["TrialResult"]) -> list[str]:
    """Return a line for each kind of trial that no leaderboard has: "2 trials dropped"."""
    said = []
    for status, verb in (("dropped", "dropped"), ("unfinished", "not finished")):
        count = sum(trial.status == status for trial in trials)
        if count:
            said.append(f"{counted(count, 'trial')} {verb}")
    failed = [trial for trial in trials if trial.status == "failed"]
    said += [f"trial {trial.number} failed: {visible(trial.reason)}" for trial in failed]
    return said


def _score(trial: "TrialResult", objective: "Objective") -> str:
    """Return mean and standard deviation over the folds: "0.4512 ± 0.0031"."""
    return f"{trial.mean(objective):.4f} ± {trial.deviation(objective):.4f}"


def knob_text(value: object) -> str:
    """Return a knob's value as its flag takes it: [96, 48] → "96,48", 0.00234 → "0.00234"."""
    listed = isinstance(value, list | tuple)
    return visible(",".join(map(str, value)) if listed else str(value))  # type: ignore[call-overload]


def _knobs(trial: "TrialResult", knobs: Mapping[str, Any]) -> str:
    if not trial.number:
        return "the reference"
    # No space between: a line's end must not part a value from its name.
    return "  ".join(f"{name}={knob_text(value)}" for name, value in knobs.items())


_PROPOSERS = {"bayesian": "Bayesian optimisation", "random": "random search", "grid": "grid search"}


def space_table(space: "Space") -> Table:
    """Return a line for each hyperparameter searched: its values, and the reference's."""
    table = plain_table("hyperparameter", "values", "reference", numbers=False)
    reference = space.reference()
    for name, searched in space.to_json().items():
        if isinstance(searched, list):
            # Values of lstm_units hold commas themselves.
            tried = " | ".join(map(knob_text, searched))
        else:
            tried = f"{searched['low']:g} to {searched['high']:g}, {searched['scale']}"
        table.add_row(name, tried, knob_text(reference[name]))
    return table


def plan_lines(plan: "Plan", estimate: "Estimate") -> list[str]:
    """Return what is fixed, how many trials there are, on which rows, and for how long."""
    search, rows = plan.search, plan.to_json()["rows"]
    limits = [f"at most {counted(search.trials, 'trial')}"] if search.trials else []
    limits += [f"at most {format_duration(search.seconds)}"] if search.seconds else []
    held_out = f"{rows['held_out']:,}" if plan.held_out else "none"
    fixed = search.space.fixed.to_dict().items()
    # Folds are held out, and no fraction.
    searched = {*search.space.dimensions, "validation_fraction"}
    knobs = (f"{name} {knob_text(value)}" for name, value in fixed if name not in searched)
    trials = _span(estimate.search) if estimate.search else ""
    limit = f"{format_duration(search.seconds)} at most" if search.seconds else ""
    return [
        f"the same in all trials: {', '.join(knobs)}",
        *moved_lines(plan.moved),
        f"labels: {', '.join(map(visible, search.labels))}",
        f"{', '.join(limits)}; {search.folds} folds each; proposed by "
        f"{_PROPOSERS[search.algorithm]}, compared by {search.objective.replace('_', ' ')}",
        f"{rows['all']:,} rows, {held_out} of them held out from all trials; each fold trains on "
        f"{rows['learnt_in_a_fold']:,} and is measured on {rows['measured_in_a_fold']:,}",
        f"estimate: a fold {_span(estimate.fold)}, "
        f"the search {f'{trials} ({limit})' if trials and limit else trials or limit}, "
        f"the training runs after it {_span(estimate.refits)}",
        "(based on a short training run of the reference on this machine; the lower figure if "
        "every fold stops as early as it can, the higher if none does; other networks need more or "
        "less time)",
    ]


def moved_lines(moved: Mapping[str, Any]) -> list[str]:
    """Return a line on the reference's values that the search space does not contain."""
    if not moved:
        return []
    knobs = ", ".join(f"{name} {knob_text(value)}" for name, value in moved.items())
    return [f"not in the search space: the reference's {knobs}; trial 0 takes the nearest values"]


def _span(span: "Span") -> str:
    least, most = format_duration(span.least), format_duration(span.most)
    return least if least == most else f"{least} to {most}"
