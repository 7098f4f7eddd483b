"""Processes, timed: wall seconds and the most memory a process held."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

OURS = [sys.executable, "-m", "lstm_sentiment_cli"]


class Run(NamedTuple):
    """One run of one process."""

    seconds: float
    peak_mb: float


def run(command: Sequence[str], given: Path | None = None) -> Run:
    """Run a command to its end, stdin from a file; a failure raises."""
    source: BinaryIO | int = given.open("rb") if given else subprocess.DEVNULL
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  no path of ours
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=source, stdout=nowhere, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def alternating(sides: dict[str, Sequence[str]], rounds: int) -> dict[str, list[Run]]:
    """Run every side once a round, so that a machine's mood meets them all; one round warms up."""
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, command in sides.items():
            measured = run(command)
            if number:
                runs[name].append(measured)
    return runs


def summary(values: Sequence[float]) -> str:
    """Return median and spread: "0.30 (0.28 to 0.33)"."""
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def machine() -> str:
    """Return what the figures depend on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}"
