"""The network, run."""

import os
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.prediction import FloatMatrix

Ids = npt.NDArray[np.int32]


class Runtime(Protocol):
    """Runs the network: token ids and lengths in, a row of logits per text out."""

    def run(self, tokens: Ids, lengths: Ids) -> FloatMatrix:
        """Return logits (batch, labels) for ids (batch, time), right-padded, lengths (batch,)."""
        ...


class OnnxRuntime:
    """A network of our own export on ONNX Runtime; may be called from several threads at once."""

    def __init__(self, graph: bytes) -> None:
        """Load the graph; SentimentError when it is not one of ours."""
        # Since 1.29 ONNX Runtime sends events to its makers, and writes an identifier into the
        # user's home, unless it finds this when it is loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        # A tenth of a second that only those who predict should pay.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread inside, several callers outside: measured 1.3 times faster than threads in
        # the operators, and with the arena off it needs less memory.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no narrower base
            reason = str(error).splitlines()[0]
            raise SentimentError(f"model.onnx cannot be loaded: {reason}") from None
        if [value.name for value in self._session.get_inputs()] != ["tokens", "lengths"]:
            raise SentimentError("model.onnx takes other inputs than tokens and lengths")

    @property
    def width(self) -> int | None:
        """The number of logits in a row, None when the graph does not say."""
        shape = self._session.get_outputs()[0].shape
        return shape[1] if len(shape) == 2 and isinstance(shape[1], int) else None

    def run(self, tokens: Ids, lengths: Ids) -> FloatMatrix:
        """Return logits (batch, labels) for ids (batch, time), right-padded, lengths (batch,)."""
        logits: FloatMatrix = self._session.run(None, {"tokens": tokens, "lengths": lengths})[0]
        return logits
