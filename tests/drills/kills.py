"""KILL, TERM, HUP and Ctrl-C at every step of each command that writes, and between steps."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.drills.harness import Case, Fault, LostError, leftovers
from tests.drills.writers import OUT, Writer, prepare

_SIGNALS = {
    "kill -9": signal.SIGKILL,
    "TERM": signal.SIGTERM,
    "HUP": signal.SIGHUP,
    "Ctrl-C": signal.SIGINT,
}
_MOMENTS = 8
# The kill is tried at every step; the others run the same code at most of them.
_MOST = {"kill -9": 100, "TERM": 20, "HUP": 20, "Ctrl-C": 20}
# A training, and going on with it, takes seconds.
_MOST_OF_TRAINING = {"kill -9": 12, "TERM": 4, "HUP": 3, "Ctrl-C": 3}


def cases(writer: Writer, steps: int, seconds: float) -> Iterator[Case]:
    """Yield what is to be tried with a writer that has so many steps and takes so long."""
    for name, number in _SIGNALS.items():
        faults = [Fault(number, step) for step in range(1, steps + 1)]
        faults += [Fault(number, 0, seconds * n / _MOMENTS) for n in range(1, _MOMENTS)]
        most = (_MOST_OF_TRAINING if writer.trains else _MOST)[name]
        for n, fault in enumerate(faults[:: -(-len(faults) // most)]):
            where = f"step {fault.step}" if fault.step else f"{fault.after:.2f} s"
            attempt = partial(_disturbed, writer, fault, standing=n % 2 == 0)
            yield Case(name, writer.name, where, attempt)


def _disturbed(writer: Writer, fault: Fault, folder: Path, *, standing: bool) -> None:
    work = folder / "work"
    prepare(work, model=writer.model, standing=standing)
    before = writer.written(work)
    ended = writer.start(work, fault).wait(writer.limit)
    writer.check(work, before)
    if fault.signal == signal.SIGKILL:
        if ended.code not in {-fault.signal, 0}:
            raise LostError(f"ended with {ended.code}: {ended.err}")
    elif left := leftovers(work / OUT, (".training.npz", ".part")):
        raise LostError(f"left {', '.join(left)}")
    writer.finish(work)
