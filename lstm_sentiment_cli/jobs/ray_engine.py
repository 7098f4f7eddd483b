"""Units scored as tasks of a Ray cluster: the only module that knows Ray.

Tasks of Ray Core, one for each unit: a task that reads, scores and writes whole files loses nothing
when its worker or its node dies, and costs no pipeline (https://docs.ray.io/en/latest/ray-core/).
"""

import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.jobs.job import PLAN
from lstm_sentiment_cli.jobs.job_plan import Options, Unit
from lstm_sentiment_cli.jobs.unit import Event, Failed, answered
from lstm_sentiment_cli.model.manifest import GRAPH, MANIFEST, TOKENIZER
from lstm_sentiment_cli.records.formats import is_uri
from lstm_sentiment_cli.records.storage import join, read_stored

_MOST_RETRIES = 3  # of a task whose worker or node died
_CONNECT_SECONDS = 10.0
_AHEAD = 2  # tasks submitted beyond those that run
_PACKAGE = "lstm-sentiment-cli"


@dataclass(slots=True)
class RayEngine:
    """Scores units on a cluster, or on this machine without one."""

    model: Path
    options: Options
    output: str
    address: str | None = None  # None: RAY_ADDRESS, or a new cluster on this machine
    workers: int | None = None  # tasks at the same time; None: one per CPU of the cluster

    def run(self, units: Sequence[Unit]) -> Iterator[Event]:
        """Yield what happens, until all units are done or failed, or the generator is closed."""
        ray = _started(self.address, self.workers)
        running: dict[Any, Unit] = {}
        try:
            self._check_nodes(ray)
            files = {
                name: (self.model / name).read_bytes() for name in (MANIFEST, TOKENIZER, GRAPH)
            }
            model = ray.put((self.model.resolve().name, files))
            task = ray.remote(num_cpus=1, max_retries=_MOST_RETRIES)(_score)
            most = (self.workers or int(ray.cluster_resources().get("CPU", 1))) + _AHEAD
            waiting = iter(units)
            while True:
                for unit in islice(waiting, max(0, most - len(running))):
                    asked = (unit, self.options, self.output, (str(Path.cwd()), version(_PACKAGE)))
                    running[task.remote(model, *asked)] = unit
                if not running:
                    return
                [ended], _ = ray.wait([*running], num_returns=1)
                yield self._answer(ray, ended, running.pop(ended))
        finally:
            for each in running:
                with suppress(Exception):  # of a cluster that may be gone
                    ray.cancel(each, force=True)
            ray.shutdown()

    def _check_nodes(self, ray: Any) -> None:
        """Raise SentimentError if a node does not see the place of the parts."""
        nodes = [node["NodeID"] for node in ray.nodes() if node["Alive"]]
        if is_uri(self.output) or len(nodes) < 2:
            return
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        place = join(os.path.realpath(self.output), PLAN)
        look = ray.remote(num_cpus=0)(read_stored)
        seen = ray.get(
            [
                look.options(
                    scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False)
                ).remote(place)
                for node in nodes
            ]
        )
        here = read_stored(place)
        if any(content != here for content in seen):
            raise SentimentError(
                f"not all nodes of the cluster see {self.output}; name a folder that they share, "
                "or a URI such as s3://…",
                "output",
            )

    @staticmethod
    def _answer(ray: Any, ended: Any, unit: Unit) -> Event:
        try:
            answer: Event = ray.get(ended)
        except ray.exceptions.RayError as error:
            first = next(iter(str(error).strip().splitlines()), "")
            return Failed(unit, f"{type(error).__name__}: {first:.200}")
        return answer


def check_ray(address: str | None) -> None:
    """Raise SentimentError if Ray is missing here, or the address is none to join."""
    if (address or os.environ.get("RAY_ADDRESS", "")).startswith("ray://"):
        raise SentimentError(
            "a ray:// address runs the command on this machine, away from the files; run it in "
            "the cluster: ray job submit -- lstm-sentiment score …",
            "address",
        )
    if find_spec("ray") is None:
        raise SentimentError(
            "--engine ray needs ray; install it with: pip install 'lstm-sentiment-cli[ray]'",
            "engine",
        )


def _started(address: str | None, workers: int | None) -> Any:
    """Return Ray, joined to a cluster or started here."""
    check_ray(address)
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    _check_reachable(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    here = {"num_cpus": workers, "include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **here)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        first = next(iter(str(error).strip().splitlines()), "")
        raise SentimentError(f"cannot start Ray at {address}: {first:.200}", "address") from None
    return ray


def _check_reachable(address: str) -> None:
    """Raise SentimentError if nobody listens there: Ray would try for five minutes."""
    host, sign, port = address.rpartition(":")
    if sign and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
        except OSError as error:
            raise SentimentError(
                f"no Ray cluster answers at {address}: {error.strerror or error}; start its head "
                "with: ray start --head",
                "address",
            ) from None


def _score(
    model: tuple[str, dict[str, bytes]],
    unit: Unit,
    options: Options,
    output: str,
    sender: tuple[str, str],
) -> Event:
    """Score a unit on a node; the sender is the folder that paths begin at, and its version."""
    folder, wanted = sender
    if (here := version(_PACKAGE)) != wanted:
        return Failed(unit, f"{_PACKAGE} is {here} on a node, and {wanted} here; install the same")
    with suppress(OSError):  # its paths may all be whole; if not, each unit says what is missing
        os.chdir(folder)
    name, files = model
    try:
        predictor = _predictor(name, tuple(files.items()))
    except SentimentError as error:
        return Failed(unit, str(error))
    return answered(predictor, unit, options, output)


@cache
def _predictor(name: str, files: tuple[tuple[str, bytes], ...]) -> Predictor:
    """Return the model; a worker keeps it from one task to the next."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / name
        place.mkdir()
        for each, content in files:
            (place / each).write_bytes(content)
        return Predictor.load(place, threads=1)
