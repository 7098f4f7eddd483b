"""The Python API: the same path that the commands take."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.explanation import Explanation, explain
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.model.locations import find_model

_WINDOW = 4096


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text."""

    predicted: str
    """The most probable label, or "uncertain" inside the uncertain band."""
    probabilities: dict[str, float]
    """Label → probability, in the model's order; they sum to 1."""
    truncated: bool = False
    """The text had more tokens than the model reads; the rest was left out."""


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """A trained model, ready to answer; imports no TensorFlow."""

    predictor: Predictor

    @classmethod
    def load(cls, name_or_path: str | Path = "default") -> "SentimentModel":
        """Load a model by name or folder; SentimentError when there is none or it is damaged."""
        return cls(Predictor.load(find_model(str(name_or_path))))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the probabilities."""
        return self.predictor.labels

    def predict(
        self,
        texts: Iterable[str],
        *,
        threshold: float | None = None,
        uncertain: tuple[float, float] | None = None,
    ) -> list[Prediction]:
        """Return one prediction a text, in order; `stream` does the same in constant memory."""
        if isinstance(texts, str):
            raise TypeError('predict takes several texts: predict(["i love this"])')
        return list(self.stream(texts, threshold=threshold, uncertain=uncertain))

    def stream(
        self,
        texts: Iterable[str],
        *,
        threshold: float | None = None,
        uncertain: tuple[float, float] | None = None,
    ) -> Iterator[Prediction]:
        """Yield one prediction a text, in order, reading texts as they are needed."""
        decision = Decision(threshold, uncertain)
        decision.check(self.labels)
        for _, scores in self.predictor.stream(_windows(texts), lambda text: text):
            yield from predictions(scores, self.labels, decision)

    def explain(self, texts: Iterable[str]) -> list[Explanation]:
        """Return what each word of each text adds to its answer, one explanation a text."""
        if isinstance(texts, str):
            raise TypeError('explain takes several texts: explain(["i love this"])')
        return explain(self.predictor, list(texts))


def predictions(scores: Scores, labels: tuple[str, ...], decision: Decision) -> list[Prediction]:
    """Return scores as one object a text."""
    return [
        Prediction(predicted, dict(zip(labels, row, strict=True)), truncated)
        for predicted, row, truncated in zip(
            decision.predicted(scores.probabilities, labels),
            scores.probabilities.tolist(),
            scores.truncated.tolist(),
            strict=True,
        )
    ]


def _windows(texts: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(texts)
    while window := list(islice(iterator, _WINDOW)):
        yield window
