"""Processes, timed: wall seconds and the most memory a process held."""

import contextlib
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from lstm_sentiment_cli.errors import SentimentError

T = TypeVar("T")

OURS = (sys.executable, "-m", "lstm_sentiment_cli")
"""The program as a process of its own, by the Python that runs this one."""


class Run(NamedTuple):
    """One run of one process."""

    seconds: float
    peak_mb: float
    """NaN where it cannot be told."""


def run(command: Sequence[str], given: Path | None = None) -> Run:
    """Run a command to its end, stdin from a file, stdout to nowhere; a failure raises.

    However this ends, by Ctrl-C too, the process has ended then.
    """
    with open(given or os.devnull, "rb") as source:  # noqa: PTH123  the null device is no path
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  a program of ours
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            peak = Peak(process.pid)
            _, said = process.communicate()
            seconds = time.perf_counter() - started
        except BaseException:
            process.kill()
            process.communicate()
            raise
    if process.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2].removeprefix("error: ")
        raise SentimentError(f"what was measured ended with {process.returncode}: {reason}")
    return Run(seconds, peak.mb())


class Peak:
    """Watches the most memory a process held; on Linux only, elsewhere it is NaN.

    What wait4 tells begins with the memory of whoever started the process, here one that holds
    all texts.
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


def alternating(
    sides: Mapping[str, Callable[[], T]],
    rounds: int,
    on_round: Callable[[int], None] = lambda _done: None,
) -> dict[str, list[T]]:
    """Run every side once a round, so that a machine's mood meets them all; one round warms up.

    Before each round on_round is told how many have been done.
    """
    runs: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        on_round(number)
        for name, side in sides.items():
            measured = side()
            if number:
                runs[name].append(measured)
    return runs
