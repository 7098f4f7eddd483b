"""A search whose workers, or whose main process, are killed; two that continue the same one."""

import json
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from signal import Signals

from tests.drills.harness import (
    TRAINING_LIMIT,
    Case,
    LostError,
    Running,
    digest,
    leave_room,
    leftovers,
    mount,
    wait_for_end,
)
from tests.drills.writers import OUT, TUNE, last_line, prepare

_TRIALS = 2
_COMMAND = (*TUNE, "--trials", str(_TRIALS), "-o", f"{OUT}/model")
_SEARCH = Path(OUT, "model-search")
_KILL = signal.SIGKILL
# What happens, at which lines of the journal, the signals of a worker and of the main process, and
# how many go on with the search then.
_TABLE = (
    ("kill -9 of a worker", (0, 3), _KILL, None, 0),
    ("kill -9 of the main process", (0, 3), None, _KILL, 1),
    ("TERM of the main process", (2,), None, signal.SIGTERM, 1),
    ("HUP of the main process", (2,), None, signal.SIGHUP, 1),
    ("kill -9 of a worker and the main process", (2,), _KILL, _KILL, 1),
    ("two --resume at once", (1, 3), None, _KILL, 2),
)


def cases() -> Iterator[Case]:
    """Yield what is to be tried."""
    for fault, lines, worker, main, resumes in _TABLE:
        for line in lines:
            attempt = partial(_disturbed, line, worker, main, resumes)
            yield Case(fault, "tune --workers", f"line {line} of the journal", attempt)
    for pages in (1, 4):
        yield Case("full disk", "tune --workers", f"{pages} pages", partial(_full, pages))


def _disturbed(
    line: int, worker: Signals | None, main: Signals | None, resumes: int, folder: Path
) -> None:
    prepare(work := folder / "work")
    running = _begin(work)
    workers = _workers(work, line, running)
    for pid, number in ((workers[0], worker), (running.pid, main)):
        if number:
            os.kill(pid, number)
    ended = running.wait(TRAINING_LIMIT)
    if ended.code and not resumes:
        raise LostError(f"ended with {ended.code}: {last_line(ended.err)}")
    wait_for_end(workers)
    _go_on(work, resumes)


def _full(pages: int, folder: Path) -> None:
    work = folder / "work"
    (work / OUT).mkdir(parents=True)
    if not mount(work / OUT):
        return
    prepare(work)
    leave_room(work / OUT, 4096 * pages)
    ended = _begin(work).wait(TRAINING_LIMIT)
    if ended.code != 1 or len(ended.err.splitlines()) != 1:
        raise LostError(f"ended with {ended.code}: {ended.err}")
    leave_room(work / OUT, 1 << 28)
    _go_on(work, 1)


def _begin(work: Path) -> Running:
    resume = ["--resume"] if (work / _SEARCH / "search.json").exists() else []
    return Running([*_COMMAND, "--workers", "2", *resume], work)


def _go_on(work: Path, resumes: int) -> None:
    """Continue a search, perhaps twice at once, of which one is refused; check what it found."""
    ends = [running.wait(TRAINING_LIMIT) for running in [_begin(work) for _ in range(resumes)]]
    said = " and ".join(f"{ended.code}: {last_line(ended.err)}" for ended in ends)
    if sorted(ended.code for ended in ends) != [0, 1][:resumes]:
        raise LostError(f"going on ended with {said}")
    board = json.loads((work / _SEARCH / "leaderboard.json").read_text())
    if [trial["status"] for trial in board["trials"]] != ["complete"] * _TRIALS:
        raise LostError(f"the leaderboard lacks trials: {board['trials']}")
    if digest(work / OUT / "model") is None:
        raise LostError("there is no model")
    if left := leftovers(work / OUT):
        raise LostError(f"left {', '.join(left)}")


def _workers(work: Path, lines: int, running: Running) -> list[int]:
    """Wait until the journal has so many lines and there are two workers; return their ids."""
    journal, deadline = work / _SEARCH / "folds.jsonl", time.monotonic() + TRAINING_LIMIT
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while time.monotonic() < deadline:
        found = journal.read_bytes().count(b"\n") if journal.exists() else 0
        workers = [int(each) for each in children.read_text().split()]
        if found >= lines and len(workers) == 2:
            return workers
        time.sleep(0.01)
    raise LostError(f"the search did not get to line {lines} of its journal")
