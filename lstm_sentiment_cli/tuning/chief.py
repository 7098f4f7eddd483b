"""The chief of a search in several processes: its oracle, asked by workers over gRPC.

This is Keras Tuner's own protocol. It knows no passwords, so that it is bound to 127.0.0.1: nobody
from elsewhere reaches it, but others on this machine do. What was measured comes by the record,
not by gRPC: who meddled could spoil what is proposed, and nothing else.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_chief import OracleServicer

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.oracle import end
from lstm_sentiment_cli.tuning.search import TrialResult

ADDRESS = "127.0.0.1"


class Chief(OracleServicer):  # type: ignore[misc]  # untyped
    """Answers workers; its first failure is kept, for the search to end with."""

    def __init__(self, oracle: Any) -> None:
        super().__init__(oracle)
        self.failure: Exception | None = None
        # Keras Tuner's lock stays locked after an exception: then nobody may call the oracle.
        self._lock = threading.Lock()

    def CreateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer with the trial that a worker has, or a new one."""
        with self._keeping_failure(context):
            return super().CreateTrial(request, context)

    def UpdateTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take in a score."""
        with self._keeping_failure(context):
            return super().UpdateTrial(request, context)

    def EndTrial(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take in how a trial ended."""
        with self._keeping_failure(context):
            return super().EndTrial(request, context)

    def trial_of(self, worker: str) -> int | None:
        """Return the number of the trial that a worker is at."""
        trial = self.oracle.ongoing_trials.get(worker)
        return None if trial is None else int(trial.trial_id)

    def end_for(self, worker: str, result: TrialResult) -> None:
        """Tell the oracle, in a worker's place, how its trial ended."""
        with self._lock:
            if self.failure is None:
                end(self.oracle, self.oracle.ongoing_trials[worker], result)

    @contextmanager
    def _keeping_failure(self, context: Any) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except Exception as error:
                self.failure = self.failure or error
                # gRPC logs every other exception on stderr.
                context.abort(grpc.StatusCode.ABORTED, "the chief failed")


@contextmanager
def served(oracle: Any) -> Iterator[tuple[Chief, int]]:
    """Serve an oracle while the block runs, which is given the chief and its port."""
    chief = Chief(oracle)
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    protos.get_service_grpc().add_OracleServicer_to_server(chief, server)
    try:
        port = server.add_insecure_port(f"{ADDRESS}:0")
    except RuntimeError as error:
        raise SentimentError(f"no port on {ADDRESS} ({error}); search with --workers 1") from None
    server.start()
    try:
        yield chief, port
    finally:
        server.stop(None).wait()
