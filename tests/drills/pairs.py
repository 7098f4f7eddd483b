"""Two of each command at once, into the same place."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.drills.harness import Case, LostError, Running, leftovers
from tests.drills.writers import OUT, REPL, Writer, last_line, prepare

_TIMES = 6
_TEXTS = 10  # corrected in each of two conversations


def cases(writer: Writer) -> Iterator[Case]:
    """Yield what is to be tried with two of a writer."""
    for number in range(2 if writer.trains else _TIMES):
        attempt = partial(_corrected if writer.keys else _together, writer)
        yield Case("two at once", writer.name, f"time {number + 1}", attempt)


def _together(writer: Writer, folder: Path) -> None:
    work = folder / "work"
    prepare(work, model=writer.model)
    both = [writer.start(work) for _ in range(2)]
    ends = [running.wait(writer.limit) for running in both]
    for ended in ends:
        lines = ended.err.strip().splitlines()
        if ended.code not in {0, 1} or len(lines) > 1:
            raise LostError(f"one ended with {ended.code}: {last_line(ended.err)}")
    if all(ended.code for ended in ends):
        raise LostError(f"both ended with 1: {ends[0].err.strip()} {ends[1].err.strip()}")
    writer.check(work, writer.whole)
    if left := leftovers(work / OUT):
        raise LostError(f"left {', '.join(left)}")


def _corrected(_writer: Writer, folder: Path) -> None:
    work = folder / "work"
    prepare(work)
    said = 0
    both = []
    for name in ("one", "two"):
        typed = "".join(f"{name} {n}\r/label negative\r" for n in range(_TEXTS))
        both.append(Running(REPL, work, keys=f"{typed}/quit\r"))
    for running in both:
        said += len(re.findall(r"out/c\.csv: [0-9]+ row", running.wait().out))
    kept = (work / OUT / "c.csv").read_text().count("\n") - 1
    if said != 2 * _TEXTS or kept != said:
        raise LostError(f"{said} corrections were acknowledged, {kept} kept")
