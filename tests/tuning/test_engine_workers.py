import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lstm_sentiment_cli.children import MOST_DEATHS
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.engine import cores_of, run_in_workers
from lstm_sentiment_cli.tuning.journal import FoldFinished, TrialFinished, TrialStarted
from tests.conftest import NO_TEMPORARY_FILES, ROOT
from tests.tuning.conftest import Bench, FullJournal, entries_of, searched

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Chief:
    """A search with two workers, in a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        command = [sys.executable, "-m", "tests.tuning.search_process", str(folder)]
        self.process = subprocess.Popen(
            [*command, '{"workers": 2}'],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def until(self, true):
        """Wait for something, and return it."""
        while not (found := true()):
            assert self.process.poll() is None, self.process.communicate()[0].decode()
            time.sleep(0.01)
        return found

    def has(self, kind, trial):
        """Return whether the journal has such an entry of a trial."""
        return any(
            isinstance(entry, kind) and entry.trial == trial for entry in entries_of(self.folder)
        )

    def workers(self):
        """Return the process ids of the workers there are."""
        found = set()
        for process in Path("/proc").iterdir():
            with suppress(OSError, ValueError, IndexError):
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) == self.process.pid:
                    found.add(int(process.name))
        return found

    def kill(self, worker):
        """Kill a worker; return the one that is started in its place."""
        known = self.workers()
        os.kill(worker, signal.SIGKILL)
        [new] = self.until(lambda: self.workers() - known)
        return new


def runs(pid):
    """Return whether a process has not ended: a dead one stays listed until its parent looks."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@LINUX
def test_a_dead_worker_costs_one_fold_and_none_outlives_the_main_process(whole, tmp_path):
    chief = Chief(tmp_path / "search")
    chief.until(lambda: chief.has(FoldFinished, 0) and chief.has(FoldFinished, 1))
    once, often = chief.workers()
    chief.kill(once)
    for _ in range(MOST_DEATHS):
        often = chief.kill(often)
    left = chief.workers()
    chief.until(lambda: all(chief.has(TrialFinished, trial) for trial in (0, 1)))
    chief.until(lambda: chief.has(TrialStarted, 2))
    chief.process.kill()
    said = chief.process.communicate()[0]
    while any(map(runs, left)):
        time.sleep(0.01)
    resumed = searched(tmp_path / "search", resume=True)

    assert said == b""
    # Which of the two it ran is chance.
    [failed] = [trial for trial in resumed.trials if trial.status == "failed"]
    assert failed.number in {0, 1}
    assert len(failed.folds) == 1
    assert failed.reason == "its process ended 3 times (SIGKILL)"
    for trial, same in zip(resumed.trials, whole[1].trials, strict=True):
        if trial is not failed:
            assert trial.status == "complete"
            assert trial.values == same.values
            assert trial.mean("log_loss") == pytest.approx(same.mean("log_loss"), abs=1e-4)


@LINUX
def test_ctrl_c_ends_the_workers_too(tmp_path):
    interrupt = Interrupt()
    interrupt.requested = True

    with pytest.raises(SentimentError, match="continue with --resume"):
        searched(tmp_path / "search", workers=2, interrupt=interrupt)


def test_an_error_of_the_journal_ends_the_search_and_its_workers(tmp_path):
    bench = Bench(tmp_path / "search", workers=2)
    journal = FullJournal(tmp_path / "search", bench.task.search)
    with pytest.raises(SentimentError, match="disk full"):
        run_in_workers(bench.task, journal, bench.stop, lambda trials: None)


@LINUX
@pytest.mark.parametrize("left", [0, 1, 2])
def test_no_room_for_what_workers_say_is_one_line(tmp_path, monkeypatch, left):
    """There are two workers; one dies and is started again."""
    (tmp_path / "dies").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "dies").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "dies"))
    make, made = tempfile.TemporaryFile, []

    def some():
        if len(made) == left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        made.append(make())
        return made[-1]

    bench = Bench(tmp_path / "search", workers=2)

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", some)
        with pytest.raises(SentimentError, match=NO_TEMPORARY_FILES):
            run_in_workers(bench.task, bench.journal, bench.stop, lambda trials: None)
    assert all(file.closed for file in made)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no cores to choose here")
@pytest.mark.parametrize("workers", [1, 2, 3, 40])
def test_all_cores_are_distributed_and_every_worker_has_one(workers):
    cores = os.sched_getaffinity(0)
    dealt = cores_of(workers)

    assert len(dealt) == workers
    assert all(dealt)
    assert {core for share in dealt for core in share} == cores
    if workers <= len(cores):
        assert sum(map(len, dealt)) == len(cores)
