"""The Python API, and answers with everything that a person is shown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.explanation import Doubts, Explanation, doubts, explain
from lstm_sentiment_cli.inference.predictor import WINDOW, Predictor, Scores
from lstm_sentiment_cli.inference.stream import stream
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.record import output_columns

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction for one text."""

    predicted: str  # the most probable label, or "uncertain" inside the uncertain band
    probabilities: dict[str, float]  # label → probability, in the model's order; they sum to 1
    truncated: bool = False  # the text has more tokens than the model reads; the rest was ignored


@dataclass(frozen=True, slots=True, repr=False)
class SentimentModel:
    """A trained model, ready to predict; imports no TensorFlow.

    It is pickled as the folder it was loaded from, and loaded once in each process: engines that
    send functions to their workers can send those that use it.
    """

    predictor: Predictor
    loaded_from: tuple[str, int | None]  # its folder, and how many threads run the network

    def __repr__(self) -> str:
        return f"SentimentModel({self.predictor.name!r}, labels={self.labels})"

    @classmethod
    def load(
        cls, name_or_path: str | Path = "default", *, threads: int | None = None
    ) -> "SentimentModel":
        """Load a model by name or folder; SentimentError if it is missing or damaged.

        `threads` run the network, by default one for each core that this process may use.
        """
        return cls._loaded(str(find_model(str(name_or_path)).resolve()), threads)

    @classmethod
    def _loaded(cls, folder: str, threads: int | None) -> "SentimentModel":
        return cls(Predictor.load(Path(folder), threads), (folder, threads))

    def __reduce__(self) -> tuple[Callable[..., "SentimentModel"], tuple[str, int | None]]:
        return _loaded_once, self.loaded_from

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
        """Return one prediction for each text; `stream` does the same in constant memory."""
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
        """Yield one prediction for each text, in order, reading texts as they are needed."""
        decision = Decision(threshold, uncertain)
        decision.check(self.labels)
        given = iter(texts)
        windows = iter(lambda: list(islice(given, WINDOW)), [])
        for _, scores in stream(self.predictor, windows, lambda texts: texts):
            predicted = decision.predicted(scores.probabilities, self.labels)
            yield from predictions(scores, self.labels, predicted)

    def score_table(
        self,
        table: "pyarrow.Table",
        text_column: str = "text",
        *,
        prefix: str = "",
        threshold: float | None = None,
        uncertain: tuple[float, float] | None = None,
    ) -> "pyarrow.Table":
        """Return the table with the columns of the answer behind its own.

        They are `predicted` (string) and `p_LABEL` (float32) for each label, null where the text
        is; `prefix` stands before their names. This is what engines of tables call on each node.
        SentimentError if there is no such column, or one of ours already.
        """
        from lstm_sentiment_cli.records.parquet import text_windows, with_answers

        decision = Decision(threshold, uncertain)
        decision.check(self.labels)
        predicted: list[str] = []
        probabilities = [np.empty((0, len(self.labels)), np.float32)]
        windows = text_windows(table, text_column, WINDOW)
        for _, scores in stream(self.predictor, windows, lambda texts: texts):
            predicted += decision.predicted(scores.probabilities, self.labels)
            probabilities.append(scores.probabilities)
        names = output_columns(self.labels, prefix=prefix).answer
        return with_answers(table, names, predicted, np.concatenate(probabilities))

    def explain(self, texts: Iterable[str]) -> list[Explanation]:
        """Return what each word adds to the prediction, one explanation for each text."""
        if isinstance(texts, str):
            raise TypeError('explain takes several texts: explain(["i love this"])')
        return explain(self.predictor, list(texts))


@cache
def _loaded_once(folder: str, threads: int | None) -> SentimentModel:
    return SentimentModel._loaded(folder, threads)


def predictions(scores: Scores, labels: tuple[str, ...], predicted: list[str]) -> list[Prediction]:
    """Return the predictions of a window, one object for each text."""
    return [
        Prediction(label, dict(zip(labels, row, strict=True)), truncated)
        for label, row, truncated in zip(
            predicted, scores.probabilities.tolist(), scores.truncated.tolist(), strict=True
        )
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer to one text, and what a person is shown beside it."""

    text: str
    prediction: Prediction
    predictor: Predictor  # the model that gave it, even if another is in use by now
    doubts: Doubts | None = None  # None if they were not asked for
    explanation: Explanation | None = None  # None if it was not asked for
    compared: "Answer | None" = None  # the answer of a second model to the same text

    @property
    def model(self) -> str:
        """The name of the model that gave the answer."""
        return self.predictor.name

    def explain(self) -> Explanation:
        """Return the explanation, made now if there is none."""
        return self.explanation or explain(self.predictor, [self.text])[0]


def answer_texts(
    predictor: Predictor, texts: Sequence[str], rule: Decision, *, explained: bool
) -> list[Answer]:
    """Return a model's answer to each text, in order, with its doubts."""
    scores = predictor.scores(texts)
    predicted = rule.predicted(scores.probabilities, predictor.labels)
    explanations = explain(predictor, texts) if explained else [None] * len(texts)
    return [
        Answer(text, prediction, predictor, doubts(predictor, text), explanation)
        for text, prediction, explanation in zip(
            texts, predictions(scores, predictor.labels, predicted), explanations, strict=True
        )
    ]


def compare_answers(answers: Sequence[Answer], peer: Predictor, rule: Decision) -> list[Answer]:
    """Return the answers, each with that of a second model to the same text.

    Both explanations are for the same label, if both models have it; otherwise a plus of one
    would be a minus of the other.
    """
    texts = [answer.text for answer in answers]
    others = answer_texts(peer, texts, rule, explained=False)
    labels = [answer.explanation.label for answer in answers if answer.explanation]
    explanations = explain(peer, texts, labels) if labels else [None] * len(texts)
    return [
        replace(answer, compared=replace(other, explanation=explanation))
        for answer, other, explanation in zip(answers, others, explanations, strict=True)
    ]
