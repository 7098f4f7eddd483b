"""How a training goes: a line for each epoch, and curves of loss and accuracy at its end."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lstm_sentiment_cli.figures import interval_in, share
from lstm_sentiment_cli.rendering.style import Display

if TYPE_CHECKING:
    from lstm_sentiment_cli.training.listener import Epoch

_ROWS = 4
_HEAD_CELLS = 16  # "accuracy 0.8437 "
_GAP = "   "
_WIDEST_COLUMN = 4
_FIGURES = {
    "loss": ("loss", "validation_loss"),
    "accuracy": ("accuracy", "validation_accuracy"),
}


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
    for figure, names in _FIGURES.items():
        series = [_means([epoch[name] for epoch in history], together) for name in names]
        low, high = min(map(min, series)), max(map(max, series))
        spread = (high - low) or 1.0
        training, validation = (
            _plot([(value - low) / spread for value in values], column_cells, display)
            for values in series
        )
        heads = [f"{figure:8} {_end(high)}", *[""] * (_ROWS - 2), f"{'':8} {_end(low)}"]
        # Without a line between them, the last columns of one plot would stand on the next's.
        rows += [*zip(heads, training, validation, strict=True), ("", "", "")]
    best = min(range(len(history)), key=lambda epoch: history[epoch]["validation_loss"])
    star = " " * (best // together * column_cells) + "*"
    rows[-1] = ("epoch", star, star)
    plot_cells = max(len(training) for _, training, _ in rows)
    lines = [
        f"{head:{_HEAD_CELLS}}{training:{plot_cells}}{_GAP}{validation}".rstrip()
        for head, training, validation in rows
    ]
    return Text("\n".join([*lines, _best(history[best], len(history))]))


def _plot(shares: Sequence[float], column_cells: int, display: Display) -> list[str]:
    """Return the lines of a plot, the highest share 1 as high as all of them."""
    # One cell is left free between columns, if there is one.
    drawn_cells = max(column_cells - 1, 1)
    columns = [display.column(share, _ROWS) for share in shares]
    return [
        "".join((each[row] * drawn_cells).ljust(column_cells) for each in columns)
        for row in range(_ROWS)
    ]


def _end(value: float) -> str:
    """Return an end of a scale, in six cells unless it is huge: 0.4625, 12.35."""
    return f"{value:.4f}" if value < 10 else f"{value:.4g}"


def _means(values: Sequence[float], together: int) -> list[float]:
    parts = (values[start : start + together] for start in range(0, len(values), together))
    return [sum(part) / len(part) for part in parts]


def _best(epoch: Mapping[str, float], epochs: int) -> str:
    return (
        f"* best epoch, {epoch['number']:.0f} of {epochs}: validation loss "
        f"{epoch['validation_loss']:.4f}, accuracy {epoch['validation_accuracy']:.4f}"
    )


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
    return (
        f"accuracy {share(interval_in(metrics['accuracy']))} on {metrics['rows']:,} validation "
        f"rows, log loss {metrics['log_loss']['value']:.4f}"
    )
