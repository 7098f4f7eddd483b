"""Child processes score units; whatever kills them, the parts are the same."""

import os
import signal
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from lstm_sentiment_cli.children import MOST_DEATHS
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.jobs.job_plan import Options, plan_of
from lstm_sentiment_cli.jobs.local_engine import LocalEngine
from lstm_sentiment_cli.jobs.unit import Done, Failed, Scored

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def children():
    """Return the process ids of the children that score."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if (
                int(parent) == os.getpid()
                and b"jobs.local_engine" in (process / "cmdline").read_bytes()
            ):
                found.append(int(process.name))
    return found


@pytest.fixture
def units(tmp_path, golden_model, monkeypatch):
    """Plan units of many lines, the first of very many."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for number, lines in enumerate((300_000, 2000, 2000, 2000)):
        Path(f"in/{number}.txt").write_text(f"good day {number}\n" * lines)
    return plan_of(["in"], "out", golden_model, Options()).plan.units


@pytest.fixture
def engine(golden_model):
    def engine(output, workers):
        return LocalEngine(golden_model, Options(), output, workers)

    return engine


def parts(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("*.tsv")}


@LINUX
def test_killed_children_change_no_byte_and_the_part_that_kills_them_fails(units, engine):
    for workers in (1, 2):
        events = list(engine(f"out{workers}", workers).run(units))
        assert sum(isinstance(event, Done) for event in events) == 4
        scored = [event.records for event in events if isinstance(event, Scored)]
        assert max(scored) == 300_000
    assert parts("out1") == parts("out2")

    events = []
    for event in engine("out", 1).run(units):
        events.append(event)
        # Its first window, in each attempt.
        if isinstance(event, Scored) and (event.unit, event.records) == (units[0], 4096):
            [child] = children()
            os.kill(child, signal.SIGKILL)
    [failed] = [event for event in events if isinstance(event, Failed)]
    assert (failed.unit, failed.reason) == (
        units[0],
        f"its process ended {MOST_DEATHS} times (SIGKILL)",
    )
    assert parts("out") == {name: it for name, it in parts("out1").items() if name != "0.tsv"}

    [again] = [event for event in engine("out", 1).run(units[:1]) if isinstance(event, Done)]
    assert again.records == 300_000
    assert parts("out") == parts("out1")
    assert not list(Path("out").glob(".*"))


@LINUX
def test_children_end_and_clean_up_when_nobody_wants_more(units, engine):
    with closing(engine("out", 2).run(units)) as events:
        next(events)
        assert len(children()) == 2

    assert children() == []
    assert not list(Path("out").glob(".*"))


def test_a_model_that_is_gone_ends_the_job_in_one_line(units, tmp_path):
    engine = LocalEngine(tmp_path / "no", Options(), "out", 1)

    with pytest.raises(SentimentError, match=r"model folder .*no is missing"):
        list(engine.run(units))
