"""Answers of a conversation: what a model said of a text, kept to be looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.decision import Decision
    from lstm_sentiment_cli.inference.doubts import Doubts
    from lstm_sentiment_cli.inference.explanation import Explanation
    from lstm_sentiment_cli.inference.prediction import Prediction
    from lstm_sentiment_cli.inference.predictor import Predictor


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one text."""

    text: str
    prediction: "Prediction"
    doubts: "Doubts"
    predictor: "Predictor"
    """Who said it; also after another model has come into use."""
    explanation: "Explanation | None" = None
    """None where no explanation was asked for."""
    compared: "Answer | None" = None
    """What the model compared with says of the same text."""

    @property
    def model(self) -> str:
        """The name of the model that gave the answer."""
        return self.predictor.name

    @property
    def disagrees(self) -> bool:
        """Whether the model compared with gives another answer."""
        return (
            self.compared is not None
            and self.compared.prediction.predicted != self.prediction.predicted
        )


def answers_of(
    predictor: "Predictor", texts: Sequence[str], rule: "Decision", *, explained: bool
) -> list[Answer]:
    """Return one answer a text, in order."""
    from lstm_sentiment_cli.inference.doubts import doubts
    from lstm_sentiment_cli.inference.explanation import explain
    from lstm_sentiment_cli.inference.sentiment_model import predictions

    predicted = predictions(predictor.scores(texts), predictor.labels, rule)
    explanations = explain(predictor, texts) if explained else [None] * len(texts)
    return [
        Answer(text, prediction, doubts(predictor, text), predictor, explanation)
        for text, prediction, explanation in zip(texts, predicted, explanations, strict=True)
    ]


def explanation_of(answer: Answer) -> "Explanation":
    """Return why a text was answered so, by the model that answered it."""
    from lstm_sentiment_cli.inference.explanation import explain

    return answer.explanation or explain(answer.predictor, [answer.text])[0]
