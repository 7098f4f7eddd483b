"""A job whose command, or one of its children, is killed or ended; a full disk; two at once."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from signal import Signals

from tests.drills.harness import (
    LIMIT,
    Case,
    Ended,
    LostError,
    Running,
    leave_room,
    leftovers,
    mount,
    run,
    wait_for_end,
)
from tests.drills.writers import GOLDEN, OUT, last_line

_FILES, _LINES = 6, 8_000
JOB = Path(OUT, "job")
_COMMAND = ("score", "-q", "in", "-m", GOLDEN, "--workers", "2", "-o", str(JOB))
_KILL = signal.SIGKILL
# What happens, after how many parts are there, and the signals of a child and of the command.
_TABLE = (
    ("kill -9 of a child", (0, 2), _KILL, None),
    ("kill -9", (0, 1, 2, 3, 4), None, _KILL),
    ("kill -9 of a child and the command", (1,), _KILL, _KILL),
    ("TERM", (0, 2), None, signal.SIGTERM),
    ("HUP", (0, 2), None, signal.SIGHUP),
    ("Ctrl-C", (0, 2), None, signal.SIGINT),
)


def cases() -> Iterator[Case]:
    """Yield what is to be tried."""
    for fault, counts, child, main in _TABLE:
        for count in counts:
            attempt = partial(_disturbed, count, child, main)
            yield Case(fault, "score", f"{count} parts", attempt)
    for pages in (1, 8, 64):
        yield Case("full disk", "score", f"{pages} pages", partial(_full, pages))
    yield Case("two at once", "score", "together", _together)


def _disturbed(count: int, child: Signals | None, main: Signals | None, folder: Path) -> None:
    work, whole = _prepare(folder)
    running = Running(_COMMAND, work)
    deadline = time.monotonic() + LIMIT
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while len(_parts(work)) < count or not children.read_text().split():
        if time.monotonic() > deadline:
            raise LostError(f"there were never {count} parts")
        time.sleep(0.002)
    pids = [int(each) for each in children.read_text().split()]
    for pid, number in ((pids[0], child), (running.pid, main)):
        if number:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
    ended = running.wait()
    if ended.code and main is None:
        raise LostError(f"ended with {ended.code}: {last_line(ended.err)}")
    wait_for_end(pids)
    if main not in {None, _KILL} and (left := leftovers(work / OUT)):
        raise LostError(f"left {', '.join(left)}")
    for name, content in _parts(work).items():
        if content != whole[name]:
            raise LostError(f"{name} is not whole")
    _finish(work, whole)


def _full(pages: int, folder: Path) -> None:
    work, whole = _prepare(folder)
    (work / OUT).mkdir(exist_ok=True)
    if not mount(work / OUT):
        return
    leave_room(work / OUT, 4096 * pages)
    ended = run(_COMMAND, work)
    if ended.code not in {1, 5} or len(ended.err.splitlines()) > 1:
        raise LostError(f"ended with {ended.code}: {ended.err}")
    leave_room(work / OUT, 1 << 28)
    _finish(work, whole)


def _together(folder: Path) -> None:
    work, whole = _prepare(folder)
    ends = [running.wait() for running in [Running(_COMMAND, work) for _ in range(2)]]
    if sorted(ended.code for ended in ends) != [0, 1]:
        raise LostError(" and ".join(f"{ended.code}: {last_line(ended.err)}" for ended in ends))
    _check(work, whole)


def _prepare(folder: Path) -> tuple[Path, dict[str, bytes]]:
    """Make a folder of texts; return it and what an undisturbed job writes."""
    work = folder / "work"
    (work / "in").mkdir(parents=True)
    for number in range(_FILES):
        lines = "".join(f"good day {number} {line}\n" for line in range(_LINES))
        (work / "in" / f"{number}.txt").write_text(lines)
    other = folder / "other"
    other.mkdir()
    (other / "in").symlink_to(work / "in")
    _ended_well(run(_COMMAND, other))
    return work, _parts(other)


def _finish(work: Path, whole: dict[str, bytes]) -> None:
    """Go on, if there is something to go on with, and compare."""
    _ended_well(run([*_COMMAND, *go_on(work)], work))
    _check(work, whole)


def go_on(work: Path) -> list[str]:
    """Return the flag to go on, if there is something to go on with."""
    return ["--resume"] if (work / JOB / "_lstm-sentiment" / "plan.json").exists() else []


def _ended_well(ended: Ended) -> None:
    if ended.code:
        raise LostError(f"a job ended with {ended.code}: {last_line(ended.err)}")


def _check(work: Path, whole: dict[str, bytes]) -> None:
    if _parts(work) != whole or not (work / JOB / "_SUCCESS").exists():
        raise LostError("the parts are not those of an undisturbed job")
    if left := leftovers(work / OUT):
        raise LostError(f"left {', '.join(left)}")


def _parts(work: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (work / JOB).glob("*.tsv")}
