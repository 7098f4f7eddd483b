"""The network on ONNX Runtime: its input, its logits, and probabilities from them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.graph import float_weights
from lstm_sentiment_cli.text.chunk_ids import ID_BYTES

Ids = npt.NDArray[np.int32]
FloatMatrix = npt.NDArray[np.float32]


def softmax(logits: FloatMatrix, temperature: float = 1.0) -> FloatMatrix:
    """Return probabilities by row; a temperature above 1 makes them less extreme.

    Temperature scaling: the logits are divided by it first (Guo et al. 2017, "On Calibration of
    Modern Neural Networks").
    """
    scaled = logits / np.float32(temperature)
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities: FloatMatrix = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of ids of different lengths, concatenated."""

    flat: Ids  # (sum of lengths,)
    lengths: Ids  # (rows,), each at least 1

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> "Ragged":
        """Concatenate rows: [[5], [6, 7]] → flat [5, 6, 7], lengths [1, 2]."""
        lengths = np.fromiter(map(len, rows), np.int32, len(rows))
        flat = np.fromiter(chain.from_iterable(rows), np.int32, int(lengths.sum()))
        return cls(flat, lengths)

    @classmethod
    def of_bytes(cls, flat: bytes, sizes: Sequence[int]) -> "Ragged":
        """Read concatenated rows of int32, given the number of bytes of each."""
        return cls(np.frombuffer(flat, np.int32), np.array(sizes, np.int32) // ID_BYTES)

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """The position in `flat` where each row begins."""
        return np.cumsum(self.lengths, dtype=np.int64) - self.lengths

    def batches(self, size: int) -> Iterator[npt.NDArray[np.intp]]:
        """Yield row numbers, longest rows first, at most `size` at a time."""
        order = np.argsort(-self.lengths, kind="stable")
        for start in range(0, len(order), size):
            yield order[start : start + size]

    def padded(self, rows: npt.NDArray[np.intp], starts: npt.NDArray[np.int64]) -> tuple[Ids, Ids]:
        """Return ids (batch, longest), padded with zeros on the right, and lengths (batch,)."""
        lengths = self.lengths[rows]
        columns = np.arange(lengths.max(), dtype=np.int64)
        inside = columns < lengths[:, None]
        places = np.where(inside, starts[rows, None] + columns, 0)
        return np.where(inside, self.flat[places], 0).astype(np.int32, copy=False), lengths


class Runtime(Protocol):
    """Runs the network: token ids and lengths in, a row of logits for each text out."""

    def run(self, tokens: Ids, lengths: Ids) -> FloatMatrix:
        """Return logits (batch, labels) for ids (batch, time), right-padded, lengths (batch,)."""
        ...


_FLOAT = "tensor(float)"
LARGEST_LOGIT = 2.0**100
"""None of a healthy network is near it; divided by any temperature, one below it stays finite."""


class OnnxRuntime:
    """A network that we exported; several threads may call it at the same time."""

    def __init__(self, graph: bytes) -> None:
        """Load the graph; SentimentError if it is not one of ours."""
        # ONNX Runtime may make a finite answer of NaN.
        for begin, end in float_weights(graph):
            if not np.isfinite(np.frombuffer(graph[begin:end], "<f4")).all():
                raise SentimentError("model.onnx has NaN or infinity among its weights")
        # Since 1.29 ONNX Runtime sends events to its makers, and writes an identifier into the
        # user's home directory, unless this is set when it is loaded.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        # Costs a tenth of a second, which only predictions should pay.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread inside and several callers outside is 1.3 times faster than threads in the
        # operators, and without the arena it needs less memory.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        onnxruntime.set_default_logger_severity(4)  # of what belongs to no session
        # It reads a second format too, which nothing has checked; some bytes are valid in both.
        options.add_session_config_entry("session.load_model_format", "ONNX")
        try:
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no narrower base
            raise SentimentError(f"model.onnx cannot be loaded: {_reason(error)}") from None
        taken = {value.name: value.type for value in self._session.get_inputs()}
        given = [value.type for value in self._session.get_outputs()]
        if taken != dict.fromkeys(("tokens", "lengths"), "tensor(int32)") or given != [_FLOAT]:
            raise SentimentError(
                "model.onnx must take tokens and lengths in int32, and give logits in float32"
            )
        shape = self._session.get_outputs()[0].shape
        self.width: int | None = None  # the number of logits in a row, None if the graph is silent
        if len(shape) == 2 and isinstance(shape[1], int):
            self.width = shape[1]

    def run(self, tokens: Ids, lengths: Ids) -> FloatMatrix:
        """Return logits (batch, labels) for ids (batch, time), right-padded, lengths (batch,).

        SentimentError where the graph does not fit itself, which may show with some lengths only.
        """
        logits: FloatMatrix
        try:
            [logits] = self._session.run(None, {"tokens": tokens, "lengths": lengths})
        except Exception as error:  # as above
            raise SentimentError(f"model.onnx cannot be run: {_reason(error)}") from None
        if logits.shape != (len(lengths), self.width):
            raise SentimentError(
                f"model.onnx gives {logits.shape} logits for {len(lengths)} texts, "
                f"not {self.width} each"
            )
        return logits


def _reason(error: Exception) -> str:
    """Return the first line of what ONNX Runtime says, which may be long."""
    return f"{next(iter(str(error).splitlines()), type(error).__name__):.200}"
