"""What was measured of models that answer at random, with labels and texts of any kind."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

import numpy as np

from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison
from lstm_sentiment_cli.evaluation.measurement import Measurement, Mistake
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.inference.explanation import Contribution, Explanation
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

LABELS = ("positive", "negative")
# What a page, a plot or its reader must not be made to act on.
HOSTILE = (
    "<script>alert(1)</script>",
    "$\\frac{1}{$",
    "</svg></style></title><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% include 'page.css' %}",
    "a\u202egnp.exe\u2066b",
    '" style="fill: #0072b2" x="&amp;\'',
    "_hidden",
    "w" * 10_000,
    "🎸👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿 e" + "\u0301" * 500,
    "\x00\x1b[31m\ud800\ufffe\uffff",
    "  \n\t",
)
MANIFEST = Manifest(
    labels=LABELS,
    hyperparameters={"lstm_units": [8, 4], "dropout": 0.3},
    temperature=1.25,
    precision="fp32",
    provenance={
        "created": "2026-01-02T03:04:05+00:00",
        "command": ["train", "my tweets.csv"],
        "data": [{"name": "my tweets.csv", "rows": 12000, "sha256": "0123456789abcdef" * 4}],
        "split": {"training_rows": 10800, "validation_rows": 1200},
        "seed": 1234,
        "parent": None,
    },
)
HISTORY = [
    {"loss": 0.7, "accuracy": 0.5, "validation_loss": 0.6, "validation_accuracy": 0.7},
    {"loss": 0.5, "accuracy": 0.8, "validation_loss": 0.65, "validation_accuracy": 0.75},
]


def measured(
    gold: Sequence[int] | np.ndarray,
    probabilities: Sequence[Sequence[float]] | np.ndarray,
    labels: Sequence[str] = LABELS,
) -> Measurement:
    """Return what is measured of n rows: gold (n,) numbers of labels, probabilities (n, labels)."""
    random = np.random.default_rng(0)
    numbers = np.asarray(gold, np.int16)
    predictions = Predictions(
        labels=tuple(labels),
        gold=numbers,
        probabilities=np.asarray(probabilities, np.float32),
        lengths=(1 + random.poisson(12, len(numbers))).astype(np.uint16),
        slices=random.integers(0, 512, len(numbers)).astype(np.uint16),
    )
    return Measurement(
        model="mine",
        files=("my tweets.csv",),
        predictions=predictions,
        mistakes=[Mistake("so good, not", labels[1], labels[0], 0.98, "my tweets.csv", 7)],
        comparison=None,
        left_out={},
        unreadable=0,
        fingerprint="feedc0de" * 8,
    )


def explanations(what: Measurement) -> list[Explanation]:
    """Return explanations in which the words of each mistake speak in turn for and against."""
    return [_explanation(mistake.text, mistake.predicted) for mistake in what.mistakes]


def _explanation(text: str, label: str) -> Explanation:
    words = re.finditer(r"\S+", text)
    strengths = cycle((2.5, -0.1, -1.2, 0.6))
    return Explanation(
        label, tuple(Contribution(*word.span(), word[0], next(strengths)) for word in words)
    )


class Even:
    """A network that finds all labels equally probable."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = len(labels)

    def run(self, tokens: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return logits (batch, labels)."""
        return np.zeros((len(tokens), self._labels), np.float32)


def predictor(labels: Sequence[str] = LABELS) -> Predictor:
    """Return a model of these labels whose words say nothing."""
    manifest = replace(MANIFEST, labels=tuple(labels))
    return Predictor("mine", manifest, Tokenizer([], 40), Even(labels))


def answers(rows: int, labels: Sequence[str] = LABELS, seed: int = 1) -> Measurement:
    """Return what is measured of a model that is right more often than not."""
    random = np.random.default_rng(seed)
    gold = random.integers(0, len(labels), rows)
    logits = random.normal(0, 1, (rows, len(labels)))
    logits[np.arange(rows), gold] += 1.5
    exponents = np.exp(logits)
    return measured(gold, exponents / exponents.sum(axis=1, keepdims=True), labels)


def hostile() -> Measurement:
    """Return what is measured where everything users can write is meant to do harm."""
    mild = answers(300, HOSTILE)
    mistakes = [Mistake(each, each, each, 0.9, each, 1) for each in HOSTILE]
    right = mild.predictions.right
    return replace(
        mild,
        model=HOSTILE[0],
        files=HOSTILE,
        mistakes=mistakes,
        comparison=Comparison(HOSTILE[2], mild.evaluation, PairedComparison.of(right, ~right)),
        left_out=dict.fromkeys(HOSTILE, 3),
        unreadable=2,
    )
