"""Run the drills: python -m tests.drills [WORD…]; only those whose name has all the words.

Prints how many faults of each kind were tried and survived; exit code 1 if any was not.
"""

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from lstm_sentiment_cli.training.backend import require_keras_tuner
from tests.drills import dialects, disks, engines, jobs, kills, memory, models, pairs, searches
from tests.drills.harness import Case, attempt
from tests.drills.writers import OUT, archive, prepare, writers
from tests.loopback import serving

_PARALLEL = os.cpu_count() or 1


def _warm_up() -> None:
    """Import what commands import, so that each fork has it already."""
    require_keras_tuner()
    for name in (
        *("cli.predict", "cli.repl", "cli.train", "cli.tune", "cli.evaluate", "cli.calibrate"),
        *("cli.data", "cli.label", "tuning.fitting", "tuning.keras_tuner_adapter"),
        *("training.trainer", "report.pictures", "report.page", "repl.loop", "repl.saving"),
        *("records.parquet", "records.encoders", "labelling.advice", "labelling.candidates"),
        "labelling.conversation",
    ):
        import_module(f"lstm_sentiment_cli.{name}")
    for name in ("httpx", "matplotlib.backends.backend_svg", "prompt_toolkit.shortcuts"):
        import_module(name)


def _cases(url: str, folder: Path) -> Iterator[Case]:
    """Yield all cases; each writer runs once in `folder` before, to know what it writes."""
    yield from searches.cases()
    yield from jobs.cases()
    yield from engines.cases()
    yield from memory.cases()
    yield from dialects.cases()
    yield from models.cases()
    for writer in writers(url):
        work = folder / f"whole-{writer.name}" / "work"
        prepare(work, model=writer.model)
        began = time.monotonic()
        steps = writer.learn(work)
        seconds = time.monotonic() - began
        yield from kills.cases(writer, steps, seconds)
        yield from disks.cases(writer, disks.used(work / OUT))
        yield from pairs.cases(writer)


def _verdicts(cases: Sequence[Case], folder: Path) -> Iterator[tuple[Case, str]]:
    """Try all cases, some at the same time; yield each with what was lost, as it ends."""
    waiting, running = list(enumerate(cases)), {}
    while waiting or running:
        while waiting and len(running) < _PARALLEL:
            number, case = waiting.pop(0)
            place, verdict = folder / str(number), folder / f"{number}.verdict"
            place.mkdir()
            sys.stdout.flush()
            if (pid := os.fork()) == 0:
                attempt(case, place, verdict)
            running[pid] = case, place, verdict
        pid, status = os.wait()
        case, place, verdict = running.pop(pid)
        died = f"the drill itself ended with {os.waitstatus_to_exitcode(status)}"
        yield case, verdict.read_text() if verdict.exists() else died
        shutil.rmtree(place, ignore_errors=True)


def _show(names: Sequence[str], tried: Counter[str], lost: Counter[str]) -> None:
    width = max(map(len, names), default=0)
    print(f"\n{'':{width}}   tried  survived")
    for name in names:
        print(f"{name:{width}}  {tried[name]:6}  {tried[name] - lost[name]:8}")


def main(words: Sequence[str]) -> int:
    """Run the drills, and print what they found."""
    tried, lost, began = Counter(), Counter(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="drills-") as name, serving(archive()) as site:
        folder = Path(name)
        _warm_up()
        cases = [
            case for case in _cases(site.url, folder) if all(word in case.drill for word in words)
        ]
        planned = Counter(case.drill for case in cases)
        for case, problem in _verdicts(cases, folder):
            for counted in (case.drill, case.fault):
                tried[counted] += 1
                lost[counted] += bool(problem)
            if problem:
                print(f"LOST {case.drill}, {case.name}: {problem}", flush=True)
            if tried[case.drill] == planned[case.drill]:
                survived = tried[case.drill] - lost[case.drill]
                print(f"{case.drill}: {tried[case.drill]} tried, {survived} survived", flush=True)
    _show(list(dict.fromkeys(case.fault for case in cases)), tried, lost)
    print(f"{len(cases)} in {(time.monotonic() - began) / 60:.1f} minutes")
    return int(lost.total() > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
