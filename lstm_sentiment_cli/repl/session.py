"""What a conversation holds: the model in use, the rule for its answers, whether it is over."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

# This module is there before the first prompt; NumPy and ONNX Runtime, which come with these,
# are imported behind it, while the user reads and types.
if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.decision import Decision
    from lstm_sentiment_cli.inference.prediction import Prediction
    from lstm_sentiment_cli.inference.predictor import Predictor


def load_predictor(name_or_path: str) -> "Predictor":
    """Load a model for answering, and what will draw its answers."""
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.rendering import bars  # noqa: F401 - the first answer would wait for it

    return Predictor.load(find_model(name_or_path))


@dataclass(slots=True)
class Session:
    """One conversation at one terminal."""

    model: str
    """Name or path of the model in use."""
    load: "Callable[[str], Predictor]" = load_predictor
    decision: "Decision | None" = None
    """The rule for answers; None is the most probable label."""
    over: bool = False
    """The user wants to leave."""
    _loading: "Future[Predictor] | None" = field(default=None, init=False)

    def begin_loading(self) -> "Future[Predictor]":
        """Load the model in a thread, once."""
        if self._loading is None:
            with_one_thread = ThreadPoolExecutor(1, thread_name_prefix="model")
            self._loading = with_one_thread.submit(self.load, self.model)
            with_one_thread.shutdown(wait=False)
        return self._loading

    @property
    def predictor(self) -> "Predictor":
        """The model in use, waited for; SentimentError when it cannot be loaded."""
        return self.begin_loading().result()

    def predict(self, texts: Sequence[str]) -> "list[Prediction]":
        """Return the answer to each text."""
        from lstm_sentiment_cli.inference.decision import Decision
        from lstm_sentiment_cli.inference.sentiment_model import predictions

        predictor = self.predictor
        rule = self.decision or Decision()
        return predictions(predictor.scores(texts), predictor.labels, rule)

    def switch(self, name_or_path: str) -> "Predictor":
        """Use another model from now on; when it cannot be loaded, the old one stays."""
        predictor = self.load(name_or_path)
        if self.decision is not None:
            self.decision.check(predictor.labels)
        loaded: Future[Predictor] = Future()
        loaded.set_result(predictor)
        self.model, self._loading = name_or_path, loaded
        return predictor
