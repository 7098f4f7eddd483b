"""A cluster of Ray scores the same bytes as child processes do."""

import tempfile
from pathlib import Path

import pytest

pytest.importorskip("ray")

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.jobs import job
from lstm_sentiment_cli.jobs.job_plan import Options, plan_of
from lstm_sentiment_cli.jobs.local_engine import LocalEngine
from lstm_sentiment_cli.jobs.ray_engine import RayEngine
from lstm_sentiment_cli.jobs.unit import Done, Failed

_STARTS = 3  # on a busy machine a node may not be ready in time


@pytest.fixture(scope="module")
def cluster():
    """Two nodes on this machine; Ray's sockets need short paths."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="r") as place:
        patch.setenv("HOME", place)
        patch.setenv("RAY_TMPDIR", place)
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        for start in range(_STARTS):
            cluster = Cluster()
            try:
                cluster.add_node(num_cpus=1, include_dashboard=False)
                cluster.add_node(num_cpus=1)
                cluster.wait_for_nodes()
                break
            except Exception:
                cluster.shutdown()
                if start == _STARTS - 1:
                    raise
        yield cluster
        cluster.shutdown()


@pytest.fixture
def planned(tmp_path, golden_model, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for number in range(6):
        Path(f"in/{number}.txt").write_text(f"good day {number}\n" * 20_000)
    Path("in/bad.csv").write_text("id,x\n1,good\n")

    def planned(output):
        plan = plan_of(["in"], str(tmp_path / output), golden_model, Options()).plan
        job.begin(str(tmp_path / output), plan, None)
        return plan.units

    return planned


def parts(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("*.tsv")}


def test_a_cluster_writes_what_children_write(cluster, planned, golden_model, tmp_path):
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    list(LocalEngine(golden_model, Options(), here, 2).run(planned("here")))
    engine = RayEngine(golden_model, Options(), there, cluster.address)
    events = list(engine.run(planned("there")))

    assert parts("here") == parts("there")
    assert sum(isinstance(event, Done) for event in events) == 6
    [failed] = [event for event in events if isinstance(event, Failed)]
    assert "in/bad.csv has no column 'text'" in failed.reason


def test_a_node_that_dies_loses_no_row(cluster, planned, golden_model, tmp_path):
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    list(LocalEngine(golden_model, Options(), here, 2).run(planned("here")))
    node = cluster.add_node(num_cpus=1)
    events = RayEngine(golden_model, Options(), there, cluster.address).run(planned("there"))
    known = [next(events)]
    cluster.remove_node(node, allow_graceful=False)
    known += events

    assert parts("here") == parts("there")
    assert sum(isinstance(event, Done) for event in known) == 6


def test_addresses_that_cannot_be_used_are_one_line(planned, golden_model, tmp_path):
    for address, said in (
        ("ray://head:10001", "ray job submit -- lstm-sentiment score"),
        ("127.0.0.1:1", "no Ray cluster answers at 127.0.0.1:1: Connection refused"),
    ):
        engine = RayEngine(golden_model, Options(), str(tmp_path / "out"), address)
        with pytest.raises(SentimentError, match=said):
            next(engine.run(planned("out")))
