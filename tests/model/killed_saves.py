"""Save over and over, stopped by a signal before the 1st, 2nd, 3rd … thing done to the disk.

Run as `killed_saves.py FOLDER new|replace SIGKILL|SIGINT`; prints, as JSON, one object a stop: what
was about to be done, the names in the folder above and which model could be loaded then (null:
none), and both after another save.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from model_samples import sample

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import load_artifact, save_artifact

OLD, NEW, LATER = sample(b"old " * 5000), sample(b"new " * 5000), sample(b"later")
NAMES = {OLD.graph: "old", NEW.graph: "new", LATER.graph: "later"}
WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def save_and_be_stopped(folder: Path, before: int, stop: signal.Signals, report: int) -> None:
    """Save, but not beyond the given step; what that would have been is written to `report`."""
    steps = 0

    def step(name: str, *about: object) -> None:
        nonlocal steps
        steps += 1
        if steps == before:
            os.write(report, f"{name} {' '.join(map(str, about))}".encode())
            os.kill(os.getpid(), stop)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in WATCHED and str(folder.parent) in str(arguments[:2]):
            step(event, *arguments[:2])

    fsync = os.fsync

    def watched_fsync(descriptor: int) -> None:
        step("fsync", descriptor)
        fsync(descriptor)

    os.fsync = watched_fsync
    sys.addaudithook(watch)
    save_artifact(NEW, folder, force=True)


def stopped_before(step: int, stop: signal.Signals, folder: Path) -> str:
    """Return what a child was about to do when it was stopped; nothing when it had finished."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(KeyboardInterrupt):
            save_and_be_stopped(folder, step, stop, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as report:
        about = report.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed == (bool(about) and stop == signal.SIGKILL), f"the child ended with {status}"
    return about


def loaded(folder: Path) -> str | None:
    """Return which model can be loaded: old, new, later or none."""
    known = {artifact.graph: artifact for artifact in (OLD, NEW, LATER)}
    try:
        artifact = load_artifact(folder)
    except SentimentError:
        return None
    return NAMES[artifact.graph] if artifact == known[artifact.graph] else "mixed"


def names(parent: Path) -> list[str]:
    """Return what lies in the folder above."""
    return sorted(entry.name for entry in parent.iterdir())


def main(parent: Path, replace: bool, stop: signal.Signals) -> None:
    """Print what was left after each stop, until a save finishes."""
    stops = []
    for step in range(1, 1000):
        folder = parent / str(step) / "mine"
        folder.parent.mkdir()
        if replace:
            save_artifact(OLD, folder)
        about = stopped_before(step, stop, folder)
        if not about:
            break
        then = names(folder.parent), loaded(folder)
        save_artifact(LATER, folder, force=True)
        stops.append((about, *then, names(folder.parent), loaded(folder)))
    keys = ("about", "names", "left", "names_after", "after")
    json.dump([dict(zip(keys, each, strict=True)) for each in stops], sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] == "replace", signal.Signals[sys.argv[3]])
