import sys
from pathlib import Path

import grpc
import pytest
from keras_tuner.src.distribute.oracle_client import OracleClient

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import TrialStarted, read
from lstm_sentiment_cli.tuning.keras_tuner_adapter import (
    ADDRESS,
    Scheduler,
    oracle_of,
    served,
    stand_in,
)
from tests.tuning.conftest import SEARCH, SPACE, Bench, trial_result


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "search", trials=2)


def oracle(bench, note=None):
    """Return an oracle that has its folder."""
    oracle = oracle_of(Scheduler(bench.task, bench.limits, note or bench.note))
    oracle._set_project_dir(str(bench.task.folder), "keras-tuner")
    return oracle


@pytest.fixture
def client(monkeypatch):
    """Return what makes a worker's side of a chief."""

    def client(name, port):
        monkeypatch.setenv("KERASTUNER_TUNER_ID", name)
        monkeypatch.setenv("KERASTUNER_ORACLE_IP", ADDRESS)
        monkeypatch.setenv("KERASTUNER_ORACLE_PORT", str(port))
        monkeypatch.setenv("no_grpc_proxy", ADDRESS)
        return OracleClient(stand_in(SEARCH))

    return client


def test_workers_are_handed_trials_and_one_that_comes_again_its_own(bench, client):
    with served(oracle(bench)) as (chief, port):
        one, other = client("worker-0", port), client("worker-1", port)
        first = one.create_trial("worker-0")
        second = other.create_trial("worker-1")

        assert first.hyperparameters.values == SPACE.reference()
        assert chief.trial_of("worker-0") == 0
        assert chief.trial_of("worker-1") == 1
        assert chief.trial_of("worker-2") is None
        assert one.create_trial("worker-0").trial_id == first.trial_id
        chief.end_for("worker-1", trial_result(1, status="failed"))
        assert other.create_trial("worker-1").status == "STOPPED"
        assert chief.oracle.trials[second.trial_id].status == "FAILED"
    assert [entry for entry in read(bench.task.folder) if isinstance(entry, TrialStarted)] == [
        TrialStarted(0, first.hyperparameters.values),
        TrialStarted(1, second.hyperparameters.values),
    ]


def test_a_failing_chief_keeps_its_first_failure_and_says_nothing(bench, client, capfd):
    def full(entry):
        raise SentimentError("disk full")

    with served(oracle(bench, full)) as (chief, port):
        with pytest.raises(grpc.RpcError):
            client("worker-0", port).create_trial("worker-0")
        with pytest.raises(grpc.RpcError):
            client("worker-1", port).create_trial("worker-1")
        chief.end_for("worker-0", trial_result(0))

        assert str(chief.failure) == "disk full"
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_only_this_machine_is_listened_to(bench):
    with served(oracle(bench)) as (_, port):
        tables = [Path(f"/proc/net/{table}").read_text() for table in ("tcp", "tcp6")]
    sockets = [line.split()[1] for table in tables for line in table.splitlines()[1:]]
    [address] = [each for each in sockets if each.endswith(f":{port:04X}")]

    # 127.0.0.1, which the second table writes as an address of IPv6.
    assert address.partition(":")[0].endswith("0100007F")
