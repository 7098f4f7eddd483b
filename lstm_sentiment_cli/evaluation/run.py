"""Labelled files through a model to its figures, in constant memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.evaluate import Evaluation, Evaluator
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.examples import DataFile, Example, ExampleReader, fingerprint

_WINDOW = 8192


@dataclass(frozen=True, slots=True)
class Measured:
    """What a model is worth on some files, and what of them was not asked."""

    model: str
    files: tuple[str, ...]
    evaluation: Evaluation
    left_out: dict[str, int]
    """Labels the model does not know → rows that had them, most frequent first."""
    unreadable: int
    fingerprint: str
    """The sha256 of the examples, as that of training data is made."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: what was measured and on what, then the figures."""
        return {
            "model": self.model,
            "files": list(self.files),
            "fingerprint": self.fingerprint,
            "left_out": self.left_out,
            "unreadable": self.unreadable,
        } | self.evaluation.to_json()

    def remarks(self) -> list[str]:
        """Return what one must know to read the figures, a line each."""
        remarks = []
        if self.left_out:
            rows = sum(self.left_out.values())
            remarks.append(f"left out: {rows:,} rows of other labels ({_listed(self.left_out)})")
        if self.unreadable:
            remarks.append(f"left out: {self.unreadable:,} rows that could not be read")
        present = [label for label, each in self.evaluation.by_label.items() if each.support]
        if len(present) == 1:
            remarks.append(
                f"all examples are {present[0]}: of other labels the figures say nothing"
            )
        return remarks


def evaluate_files(
    predictor: Predictor,
    files: Sequence[DataFile],
    *,
    skip_unreadable: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Measured:
    """Measure a model on labelled files; rows of labels it does not know are left out."""
    readers = [
        ExampleReader(file, predictor.labels, skip_unreadable=skip_unreadable) for file in files
    ]
    windows = (window for reader in readers for window in reader.windows(_WINDOW))
    evaluator = Evaluator(predictor.labels)
    numbers = {label: number for number, label in enumerate(predictor.labels)}

    def measured() -> Iterator[Example]:
        """Yield every example once it has been measured."""
        for window, scores in predictor.stream(windows, attrgetter("text")):
            gold = np.array([numbers[example.label] for example in window], np.int64)
            evaluator.add(gold, scores.probabilities)
            on_progress(evaluator.rows)
            yield from window

    sha256 = fingerprint(measured())
    left_out = sum((reader.left_out for reader in readers), Counter[str]())
    if evaluator.rows == 0:
        raise SentimentError(_nothing(predictor, left_out))
    return Measured(
        model=predictor.name,
        files=tuple(str(file.path) for file in files),
        evaluation=evaluator.result(),
        left_out=dict(left_out.most_common()),
        unreadable=sum(len(reader.unreadable) for reader in readers),
        fingerprint=sha256,
    )


def _nothing(predictor: Predictor, left_out: Counter[str]) -> str:
    found = f"the labels there are: {_listed(left_out)}" if left_out else "there are no rows"
    return (
        f"no row has a label of model {predictor.name} ({', '.join(predictor.labels)}); {found} "
        "(is another column meant? name it with --label-column)"
    )


def _listed(rows_by_label: dict[str, int]) -> str:
    """List the most frequent labels: {"neutral": 139} → "neutral: 139"."""
    most = Counter(rows_by_label).most_common(5)
    others = len(rows_by_label) - len(most)
    shown = ", ".join(f"{label[:40]}: {rows:,}" for label, rows in most)
    return f"{shown} and {others:,} more" if others else shown
