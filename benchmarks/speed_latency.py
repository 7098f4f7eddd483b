"""Latency: one text after another through a predictor that is loaded."""

import time
from collections.abc import Sequence

import numpy as np
from explanation import TOKENS, milliseconds, subjects
from parts import Asked, Part
from surroundings import surroundings
from tweets import some

from lstm_sentiment_cli.inference.predictor import Predictor

UNIT = "ms"
TWEETS, EXPLANATIONS, SUBJECTS = 1000, 200, 200
_WARM_UP = 50


def measure(asked: Asked) -> Part:
    """Measure answers and explanations, each round its own median and 99th percentile."""
    part = Part("latency", surroundings())
    predictor = Predictor.load(asked.model)
    count = min(TWEETS, asked.rows)
    texts = some(asked.data, count * asked.rounds + _WARM_UP)
    _answers(predictor, texts[:_WARM_UP])
    by_round = [
        _answers(predictor, texts[_WARM_UP + first :][:count])
        for first in range(0, count * asked.rounds, count)
    ]
    _add(part, "one tweet", by_round)
    explained = min(EXPLANATIONS, asked.rows)
    data = str(asked.data / "sentiment140_dev.tsv.gz")
    given = list(subjects(predictor, data, min(SUBJECTS, asked.rows), 0))
    milliseconds(predictor, given, _WARM_UP)
    timed = [milliseconds(predictor, given, explained).tolist() for _ in range(asked.rounds)]
    _add(part, f"an explanation of {TOKENS} tokens", timed)
    part.notes.append(
        f"A round: {count:,} different tweets, {explained} explanations of {TOKENS} words drawn "
        "from tweets."
    )
    return part


def _answers(predictor: Predictor, texts: Sequence[str]) -> list[float]:
    found = []
    for text in texts:
        started = time.perf_counter()
        predictor.scores([text])
        found.append(1000 * (time.perf_counter() - started))
    return found


def _add(part: Part, what: str, by_round: Sequence[Sequence[float]]) -> None:
    for name, quantile in (("median", 0.5), ("p99", 0.99)):
        values = [float(np.quantile(each, quantile)) for each in by_round]
        part.add(f"{what}, {name}", UNIT, values)
