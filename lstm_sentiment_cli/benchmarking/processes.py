"""Timed processes: seconds of wall clock and peak memory."""

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
"""The program as a process of its own, with the Python of this one."""


class Run(NamedTuple):
    """One run of one process."""

    seconds: float
    peak_mb: float  # NaN where the system does not tell


def run(command: Sequence[str], given: Path | None = None) -> Run:
    """Run a command with stdin from a file and stdout to nowhere; SentimentError if it fails.

    However this ends, even by Ctrl-C, the process has ended too.
    """
    with open(given or os.devnull, "rb") as source:  # noqa: PTH123  the null device is no path
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  a program of ours
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        peaks = [math.nan]
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks), daemon=True)
        try:
            watcher.start()
            _, said = process.communicate()
            seconds = time.perf_counter() - started
        except BaseException:
            process.kill()
            process.communicate()
            raise
    if process.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2].removeprefix("error: ")
        raise SentimentError(f"the measured process ended with {process.returncode}: {reason}")
    watcher.join()
    return Run(seconds, peaks[-1])


def _watch(pid: int, peaks: list[float]) -> None:
    """Add the peak memory of a process until it ends; on Linux only.

    The peak of wait4 starts at the memory of the parent process, which here holds all texts.
    """
    # An ended process has no such line, and then no such file.
    with contextlib.suppress(OSError, StopIteration):
        while True:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peak = next(line for line in lines if line.startswith("VmHWM"))
            peaks.append(int(peak.split()[1]) / 1024)
            time.sleep(0.01)


def alternating(
    sides: Mapping[str, Callable[[], T]],
    rounds: int,
    on_round: Callable[[int], None] = lambda _done: None,
) -> dict[str, list[T]]:
    """Run every side once a round, so that changes of the machine affect all; one round warms up.

    Before each round on_round is called with the number of rounds done.
    """
    runs: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        on_round(number)
        for name, side in sides.items():
            measured = side()
            if number:
                runs[name].append(measured)
    return runs
