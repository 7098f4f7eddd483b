"""Forty files of all kinds, three of them bad, scored by both engines; what they run on is killed.

With Ray these take minutes, and are left out where it is not installed.
"""

import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.drills.harness import Case, LostError, leftovers
from tests.drills.jobs import JOB, go_on
from tests.drills.writers import GOLDEN, OUT, last_line

_FILES, _BAD, _LINES, _KILLS = 40, 3, 8_000, 5
_KINDS = ("txt", "csv", "tsv", "jsonl", "parquet", "txt.gz", "csv.gz", "jsonl.gz")
_COMMAND = ("score", "in", "-m", GOLDEN, "-o", str(JOB))
_LOCAL, _RAY = ("--workers", "2"), ("--engine", "ray")
_FAILED_UNITS = 5  # the exit code
_LIMIT = 300.0  # Ray needs its time to start on a busy machine


def cases() -> Iterator[Case]:
    """Yield what is to be tried."""
    killed = f"kill -9, {_KILLS} times"
    yield Case(killed, "score", "40 mixed files, local", partial(_killed, _LOCAL))
    if find_spec("ray"):
        yield Case(killed, "score", "40 mixed files, Ray", partial(_killed, _RAY))
        yield Case("kill -9 of a node", "score", "40 mixed files, two nodes", _node_killed)


def _killed(engine: Sequence[str], folder: Path) -> None:
    work, whole = _prepare(folder)
    for number in range(1, _KILLS + 1):
        running = _start([*engine, *go_on(work)], work)
        _wait_for(work, number * (_FILES - _BAD) // (_KILLS + 1), running)
        running.kill()
        running.wait()
        for name, content in _parts(work).items():
            if content != whole[name]:
                raise LostError(f"{name} is not whole")
    _check(_start([*engine, *go_on(work)], work), work, whole)


def _node_killed(folder: Path) -> None:
    from ray.cluster_utils import Cluster

    work, whole = _prepare(folder)
    with _short_paths():
        cluster: Any = Cluster()
        try:
            cluster.add_node(num_cpus=1, include_dashboard=False)
            node = cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes()
            running = _start([*_RAY, "--address", cluster.address], work)
            _wait_for(work, (_FILES - _BAD) // 3, running)
            cluster.remove_node(node, allow_graceful=False)
            _check(running, work, whole)
        finally:
            cluster.shutdown()


@contextmanager
def _short_paths() -> Iterator[None]:
    """Let Ray's sockets have names that are short enough."""
    with tempfile.TemporaryDirectory(prefix="r") as place:
        before = dict(os.environ)
        os.environ |= {"HOME": place, "RAY_TMPDIR": place, "RAY_USAGE_STATS_ENABLED": "0"}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before


def _prepare(folder: Path) -> tuple[Path, dict[str, bytes]]:
    """Make a folder of files; return it and what an undisturbed job writes."""
    work, other = folder / "work", folder / "other"
    for number in range(_FILES):
        kind = _KINDS[number % len(_KINDS)]
        path = work / "in" / f"day={number // len(_KINDS)}" / f"{number}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        texts = [f"good day {number} {line}" for line in range(_LINES)]
        _WRITE[kind.partition(".")[0]](path, texts)
        if kind.endswith("gz"):
            path.write_bytes(gzip.compress(path.read_bytes(), 1))
    (work / "in/day=0/1.csv").write_text("id,x\n1,good\n")
    for cut in ("day=1/12.parquet", "day=2/21.txt.gz"):
        path = work / "in" / cut
        path.write_bytes(path.read_bytes()[:-100])
    other.mkdir()
    (other / "in").symlink_to(work / "in")
    _check(_start(_LOCAL, other), other, None)
    return work, _parts(other)


def _write_rows(sign: str, path: Path, texts: Sequence[str]) -> None:
    rows = "".join(f"{number}{sign}{text}\n" for number, text in enumerate(texts))
    path.write_text(f"id{sign}text\n{rows}")


def _write_json(path: Path, texts: Sequence[str]) -> None:
    objects = ({"id": number, "text": text} for number, text in enumerate(texts))
    path.write_text("".join(json.dumps(each) + "\n" for each in objects))


def _write_parquet(path: Path, texts: Sequence[str]) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"id": range(len(texts)), "text": texts}), path)


_WRITE: dict[str, Callable[[Path, Sequence[str]], object]] = {
    "txt": lambda path, texts: path.write_text("\n".join([*texts, ""])),
    "csv": partial(_write_rows, ","),
    "tsv": partial(_write_rows, "\t"),
    "jsonl": _write_json,
    "parquet": _write_parquet,
}


def _start(flags: Sequence[str], work: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "lstm_sentiment_cli", *_COMMAND, *flags]
    how: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=work, **how)


def _wait_for(work: Path, parts: int, running: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _LIMIT
    while len(_parts(work)) < parts:
        if running.poll() is not None or time.monotonic() > deadline:
            with suppress(ProcessLookupError):
                running.send_signal(signal.SIGKILL)
            raise LostError(f"there were never {parts} parts")
        time.sleep(0.002)


def _check(running: "subprocess.Popen[str]", work: Path, whole: dict[str, bytes] | None) -> None:
    """Wait for the end of a job, and see that it tells of all good files and of the bad ones."""
    _, said = running.communicate(timeout=_LIMIT)
    if running.returncode != _FAILED_UNITS:
        raise LostError(f"a job ended with {running.returncode}: {last_line(said)}")
    summary = json.loads((work / JOB / "_summary.json").read_text())
    told = [summary["parts"], len(summary["failed"]), summary["records"]]
    good = _FILES - _BAD
    if told != [good, _BAD, good * _LINES] or said.count("  failed  ") != _BAD:
        raise LostError(f"told are {told} parts, failures and records: {said}")
    if (work / JOB / "_SUCCESS").exists() or (whole is not None and _parts(work) != whole):
        raise LostError("the parts are not those of an undisturbed job")
    if left := leftovers(work / OUT):
        raise LostError(f"left {', '.join(left)}")


def _parts(work: Path) -> dict[str, bytes]:
    job = work / JOB
    found = (path for path in job.glob("day=*/*") if not path.name.startswith("."))
    return {str(path.relative_to(job)): path.read_bytes() for path in found}
