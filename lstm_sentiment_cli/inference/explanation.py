"""Why a text was answered so: what each of its words adds to the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lstm_sentiment_cli.inference.predictor import Predictor


class Contribution(NamedTuple):
    """What a unit of a text (a word, a run of emoji) adds to the log-odds of a label."""

    start: int
    end: int
    text: str
    """The characters of the original text, from start up to end."""
    contribution: float
    """Above 0: speaks for the label; below: against it. In natural log-odds, calibrated."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text was answered so."""

    label: str
    """Whose log-odds are explained: the first label of two, the predicted one of more."""
    contributions: tuple[Contribution, ...]
    """In the order of the text; what the model does not read has none."""


def explain(predictor: Predictor, texts: Sequence[str]) -> list[Explanation]:
    """Return one explanation a text, in order."""
    return [_explain(predictor, text) for text in texts]


def _explain(predictor: Predictor, text: str) -> Explanation:
    tokens = [token for token in predictor.tokenizer.tokens(text) if token.end > token.start]
    left_out = [text[: token.start] + " " + text[token.end :] for token in tokens]
    scores = predictor.scores([text, *left_out])
    number = 0 if len(predictor.labels) == 2 else int(scores.probabilities[0].argmax())
    chosen = scores.probabilities[:, number]
    odds = np.log(chosen) - np.log1p(-chosen)
    return Explanation(
        predictor.labels[number],
        tuple(
            Contribution(token.start, token.end, text[token.start : token.end], float(added))
            for token, added in zip(tokens, odds[0] - odds[1:], strict=True)
        ),
    )
