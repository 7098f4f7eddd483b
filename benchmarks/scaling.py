"""What more processes gain: `score` with one and two workers, here and on Ray, beside `predict`.

    python benchmarks/scaling.py --data FOLDER [--rows N] [--rounds N] [--engines local,ray]

Each side reads the same different tweets, as lines and as parquet in parts, and is pinned to as
many cores as it has workers. Sides take turns. Told are rows a second from start to end, processor
seconds, and the peak memory of all processes together; ratios are those of the medians. `--growth`
measures the memory of one worker on as many rows and on four times as many.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from measure import OURS, machine, summary
from tweets import different, tweets

PARTS = 8
_POLL_SECONDS = 0.05
_MEGABYTE = 1024**2


class Cost(NamedTuple):
    """What a command took."""

    seconds: float
    processor: float  # seconds, of all its processes
    memory: float  # megabytes, of all of them at the same time


def run(command: Sequence[str], cores: set[int]) -> Cost:
    """Run a command on these cores, and look at all its processes until it ends."""
    before, began = os.times(), time.monotonic()
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)  # what it starts keeps to them too
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    os.sched_setaffinity(0, own)
    most = [0.0]
    watcher = threading.Thread(target=_watch, args=[process, most], daemon=True)
    watcher.start()
    _, said = process.communicate()
    seconds = time.monotonic() - began
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {said.decode()}")
    after = os.times()
    spent = sum(after[2:4]) - sum(before[2:4])  # of children, and theirs, that have ended
    return Cost(seconds, spent, most[0] / _MEGABYTE)


def _watch(process: "subprocess.Popen[bytes]", most: list[float]) -> None:
    while process.poll() is None:
        most[0] = max(most[0], sum(_resident(each) for each in _family(process.pid)))
        time.sleep(_POLL_SECONDS)


def _family(root: int) -> Iterator[int]:
    """Yield a process and all that come from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    waiting = [root]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += parents.get(each, [])


def _resident(process: int) -> int:
    """Return the bytes of memory that a process has for itself, its share of the rest included."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def write_inputs(folder: Path, data: Path, rows: int) -> dict[str, Path]:
    """Write the tweets as lines and as parquet, each in parts."""
    import pyarrow
    from pyarrow import parquet

    texts = [each.text for each in different(tweets(data), rows)]
    places = {"lines": folder / "lines", "parquet": folder / "parquet"}
    for place in places.values():
        place.mkdir()
    size = -(-rows // PARTS)
    for part, start in enumerate(range(0, rows, size)):
        its = texts[start : start + size]
        (places["lines"] / f"{part}.txt").write_text("".join(f"{text}\n" for text in its))
        numbers = list(range(start, start + len(its)))
        table = pyarrow.table({"id": numbers, "text": its})
        parquet.write_table(table, places["parquet"] / f"{part}.parquet")
    return places


def sides(places: dict[str, Path], folder: Path, engines: Sequence[str]) -> dict[str, list[str]]:
    """Return the commands, without their output: what is measured, and on how many cores."""
    found = {}
    for kind, place in places.items():
        files = [word for path in sorted(place.iterdir()) for word in ("-i", str(path))]
        ending = "tsv" if kind == "lines" else "parquet"
        found[f"predict, {kind}, 1"] = [
            *(*OURS, "predict", "-q", *files, "--force", "-o", str(folder / f"predicted.{ending}"))
        ]
        for engine in engines:
            for workers in ("1", "2"):
                found[f"score, {engine}, {kind}, {workers}"] = [
                    *(*OURS, "score", "-q", str(place), "--engine", engine, "--workers", workers),
                    *("-o", str(folder / "scored")),
                ]
    return found


def measure(name: str, command: Sequence[str], folder: Path) -> Cost:
    """Run a side once, into an empty folder."""
    shutil.rmtree(folder / "scored", ignore_errors=True)
    return run(command, set(range(int(name.rpartition(" ")[2]))))


def main() -> None:
    """Measure all sides in turns, and print figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", default="local")
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    engines = options.engines.split(",")
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = write_inputs(folder, options.data, options.rows)
        asked = sides(places, folder, engines)
        costs: dict[str, list[Cost]] = {side: [] for side in asked}
        for _ in range(options.rounds):
            for side, command in asked.items():
                costs[side].append(measure(side, command, folder))
        for side, its in costs.items():
            print(
                f"{side}: {summary([options.rows / each.seconds for each in its])} rows/s, "
                f"{summary([each.processor / options.rows * 1e6 for each in its])} µs of processor "
                f"a row, {summary([each.memory for each in its])} MB"
            )
        _compare(costs, places, engines)
    if options.growth:
        _growth(options.data, options.rows)


def _compare(costs: dict[str, list[Cost]], kinds: Sequence[str], engines: Sequence[str]) -> None:
    def ratio(one: str, other: str) -> None:
        faster = [statistics.median(each.seconds for each in costs[side]) for side in (other, one)]
        print(f"{one} / {other}: {faster[0] / faster[1]:.3f}")

    for kind in kinds:
        ratio(f"score, local, {kind}, 1", f"predict, {kind}, 1")
        for engine in engines:
            ratio(f"score, {engine}, {kind}, 2", f"score, {engine}, {kind}, 1")
            if engine != "local":
                ratio(f"score, {engine}, {kind}, 2", f"score, local, {kind}, 2")


def _growth(data: Path, rows: int) -> None:
    for times in (1, 4):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            places = write_inputs(folder, data, rows * times)
            for kind in places:
                side = f"score, local, {kind}, 1"
                cost = measure(side, sides(places, folder, ["local"])[side], folder)
                print(f"{side}, {rows * times:,} rows: {cost.memory:.0f} MB")


if __name__ == "__main__":
    if sys.platform != "linux":
        raise SystemExit("scaling.py looks into /proc: it needs Linux")
    main()
