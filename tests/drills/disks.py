"""A disk that is full, at once or after some bytes: of the outputs, and of temporary files."""

import os
import resource
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.drills.harness import Case, Ended, LostError, leave_room, leftovers, mount
from tests.drills.writers import OUT, Writer, last_line, prepare

_ENOUGH = 1 << 28
_SHARES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)  # of what a writer writes


def cases(writer: Writer, written: int) -> Iterator[Case]:
    """Yield what is to be tried with a writer that writes so many bytes."""
    for share in _SHARES[:: 3 if writer.trains else 1]:
        room = int(share * written)
        attempt = partial(_full, writer, room)
        yield Case("full disk", writer.name, f"{room:,} bytes", attempt)
    for name, only in (("TMPDIR is full", False), ("every such folder is full", True)):
        attempt = partial(_no_temporary_files, writer, only=only)
        yield Case("no room for temporary files", writer.name, name, attempt)


def used(folder: Path) -> int:
    """Return how many bytes the files below a folder hold, in whole pages."""
    return sum(-(-each.stat().st_size // 4096) * 4096 for each in folder.rglob("*"))


def _full(writer: Writer, room: int, folder: Path) -> None:
    work = folder / "work"
    (work / OUT).mkdir(parents=True)
    mounted = mount(work / OUT)
    prepare(work, model=writer.model, standing=True)
    before = writer.written(work)
    if mounted:
        leave_room(work / OUT, room)
        running = writer.start(work)
    else:  # no file may grow beyond that
        running = writer.start(work, None, before=partial(_limit_files, room))
    _said_in_one_line(writer, running.wait(writer.limit))
    writer.check(work, before)
    if left := leftovers(work / OUT, (".training.npz", ".part")):
        raise LostError(f"left {', '.join(left)}")
    if mounted:
        leave_room(work / OUT, _ENOUGH)
    writer.finish(work)


def _no_temporary_files(writer: Writer, folder: Path, *, only: bool) -> None:
    work, full = folder / "work", folder / "full"
    full.mkdir()
    prepare(work, model=writer.model)
    before = writer.written(work)
    if mount(full):
        (full / "filler").write_bytes(bytes(4096))
        leave_room(full, 0)
        os.environ["TMPDIR"] = str(full)
    else:
        os.environ["TMPDIR"] = str(folder / "missing")
    ended = writer.start(work, before=partial(_only_full, full) if only else None).wait(
        writer.limit
    )
    _said_in_one_line(writer, ended)
    writer.check(work, before)
    del os.environ["TMPDIR"]
    writer.finish(work)


def _limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _only_full(full: Path) -> None:
    """Let Python know no other place for temporary files."""
    os.environ["TMPDIR"], tempfile.tempdir = str(full), None
    tempfile._candidate_tempdir_list = lambda: [str(full)]


def _said_in_one_line(writer: Writer, ended: Ended) -> None:
    if ended.code not in {0, 1} or (writer.keys and ended.code):
        raise LostError(f"ended with {ended.code}: {last_line(ended.err)}")
    lines = ended.err.strip().splitlines()
    if ended.code and (len(lines) != 1 or not lines[0].startswith("error: ")):
        raise LostError(f"says no single line: {lines[:3]}")
