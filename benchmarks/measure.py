"""Processes, timed as `lstm-sentiment benchmark` times them, and how figures are told."""

import statistics
from collections.abc import Sequence
from functools import partial

from lstm_sentiment_cli.benchmarking import processes
from lstm_sentiment_cli.benchmarking.processes import OURS, Run, run
from lstm_sentiment_cli.benchmarking.speed import Machine

__all__ = ["OURS", "Run", "alternating", "machine", "run", "summary"]


def alternating(sides: dict[str, Sequence[str]], rounds: int) -> dict[str, list[Run]]:
    """Run every command once a round, so that a machine's mood meets them all; one warms up."""
    return processes.alternating(
        {name: partial(run, command) for name, command in sides.items()}, rounds
    )


def summary(values: Sequence[float]) -> str:
    """Return median and spread: "0.30 (0.28 to 0.33)"."""
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def machine() -> str:
    """Return what the figures depend on."""
    return str(Machine.current())
