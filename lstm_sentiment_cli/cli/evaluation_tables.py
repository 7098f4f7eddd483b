"""What was measured, for a person at a terminal or in a file."""

import os

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.evaluation.run import Measured
from lstm_sentiment_cli.rendering.blocks import draws_blocks
from lstm_sentiment_cli.rendering.comparison import verdict
from lstm_sentiment_cli.rendering.metrics import (
    comparison_table,
    confusion_table,
    label_table,
    metrics_table,
)
from lstm_sentiment_cli.rendering.mistakes import mistake_lines
from lstm_sentiment_cli.rendering.slices import slice_table
from lstm_sentiment_cli.rendering.visible import visible

_MOST_MISTAKES = 10


def show(measured: Measured, terminal: Terminal) -> None:
    """Print the figures, what was mistaken for what, where it goes wrong, and the comparison."""
    console = terminal.stdout()
    figures, comparison = measured.evaluation, measured.comparison
    if comparison:
        console.print(comparison_table(measured.model, figures, comparison))
    else:
        console.print(metrics_table(figures))
    console.print(label_table(figures), confusion_table(figures), slice_table(measured.slices))
    if measured.mistakes:
        lines = mistake_lines(
            measured.mistakes[:_MOST_MISTAKES],
            console.width,
            several_files=len(measured.files) > 1,
            unicode=draws_blocks(console.encoding, os.environ.get("TERM")),
        )
        console.print(lines, soft_wrap=True)
    if comparison:
        console.print()
        console.print(visible(verdict(measured.model, comparison)))
