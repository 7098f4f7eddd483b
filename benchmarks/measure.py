"""Processes, timed: wall seconds and the most memory a process held."""

import contextlib
import math
import os
import platform
import statistics
import subprocess
import sys
import threading
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
        peak = Peak(process.pid)
        code = process.wait()
        seconds = time.perf_counter() - started
    if code:
        raise RuntimeError(f"{command} ended with {code}")
    return Run(seconds, peak.mb())


class Peak:
    """Watches the most memory a process held; on Linux only, elsewhere it is NaN.

    What wait4 tells begins with the memory of whoever started the process, here a script that
    holds all texts.
    """

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._mb = math.nan
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def mb(self) -> float:
        """Return the peak once the process has ended."""
        self._thread.join()
        return self._mb

    def _watch(self) -> None:
        # An ended process has no such line, and then no such file.
        with contextlib.suppress(OSError, StopIteration):
            while True:
                lines = self._status.read_text().splitlines()
                peak = next(line for line in lines if line.startswith("VmHWM"))
                self._mb = int(peak.split()[1]) / 1024
                time.sleep(0.01)


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
