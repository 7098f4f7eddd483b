"""Whether texts that are the same go through the network once."""

from dataclasses import replace

from lstm_sentiment_cli.inference.prediction import FloatMatrix
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, Predictor
from lstm_sentiment_cli.inference.runtime import Ids, Runtime


class _Counting:
    """A runtime that counts the rows it is given."""

    def __init__(self, runtime: Runtime) -> None:
        self.rows = 0
        self._runtime = runtime

    def run(self, tokens: Ids, lengths: Ids) -> FloatMatrix:
        """Count, and run."""
        self.rows += len(lengths)
        return self._runtime.run(tokens, lengths)


def scores_once(predictor: Predictor, text: str) -> bool:
    """Return whether texts that are the same go through the network once."""
    counting = _Counting(predictor.runtime)
    replace(predictor, runtime=counting).scores([text] * BATCH_SIZE)
    return counting.rows < BATCH_SIZE
