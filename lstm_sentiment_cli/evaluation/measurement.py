"""What was measured, written into the model's own folder and card."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.behaviour import BehaviourResult
from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison, Peer, majority
from lstm_sentiment_cli.evaluation.predictions import (
    Evaluation,
    Predictions,
    evaluate_predictions,
    joined,
)
from lstm_sentiment_cli.evaluation.slices import SliceMetrics, slice_metrics, slices_of
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.model.folder import load_artifact, save_artifact
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    Example,
    ExampleReader,
    Located,
    fingerprint,
)
from lstm_sentiment_cli.text.tokenizer import CHARACTERS_PER_TOKEN, RESERVED, Tokenizer

MOST_MISTAKES = 20


class Mistake(NamedTuple):
    """A text that was answered wrongly, and where it stands."""

    text: str
    label: str
    """The right one."""
    predicted: str
    probability: float
    """Of the label that was predicted."""
    file: str
    line: int
    """Where its record begins, from 1 (in parquet: which row)."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return self._asdict()


def surest_mistakes(
    before: Sequence[Mistake], window: Sequence[Located], predictions: Predictions
) -> list[Mistake]:
    """Return the surest of the mistakes found before and of those in a window, surest first."""
    confidence = predictions.probabilities.max(axis=1)
    predicted = predictions.predicted
    wrong = np.flatnonzero(predicted != predictions.gold)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")[:MOST_MISTAKES]]
    found = [
        Mistake(
            text=window[row].example.text,
            label=window[row].example.label,
            predicted=predictions.labels[predicted[row]],
            probability=float(confidence[row]),
            file=window[row].file,
            line=window[row].line,
        )
        for row in surest.tolist()
    ]
    return sorted([*before, *found], key=lambda mistake: -mistake.probability)[:MOST_MISTAKES]


_WINDOW = 8192
_LONGEST = np.iinfo(np.uint16).max
_LONGEST_CHUNK = 200


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What a model is worth on some files, and what of them was not asked."""

    model: str
    files: tuple[str, ...]
    evaluation: Evaluation
    predictions: Predictions
    slices: list[SliceMetrics]
    """The one with the lowest accuracy first."""
    mistakes: list[Mistake]
    """The surest first."""
    comparison: Comparison[Evaluation] | None
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
            **self.evaluation.to_json(),
            "slices": [each.to_json() for each in self.slices],
            "mistakes": [each.to_json() for each in self.mistakes],
            "comparison": self.comparison and self.comparison.to_json(),
        }

    def rows_facts(self) -> dict[str, object]:
        """Return which rows these are, without the folders of this machine."""
        return {
            "files": [Path(file).name for file in self.files],
            "rows": self.evaluation.rows,
            "fingerprint": self.fingerprint,
        }

    def remarks(self) -> list[str]:
        """Return what one must know to read the figures, a line each."""
        remarks = []
        if self.left_out:
            rows = sum(self.left_out.values())
            remarks.append(f"left out: {rows:,} rows of other labels ({_listed(self.left_out)})")
        if self.unreadable:
            remarks.append(f"left out: {self.unreadable:,} rows that could not be read")
        by_label = self.evaluation.by_label
        present = [label for label, each in by_label.items() if each.support]
        if len(present) == 1:
            remarks.append(
                f"all examples are {present[0]}: of other labels the figures say nothing"
            )
        elif absent := ", ".join(label for label in by_label if label not in present):
            remarks.append(f"no example is {absent}: ROC AUC and PR AUC are of the other labels")
        return remarks


class _Asked:
    """What is kept of the rows that were asked so far, window by window."""

    def __init__(self, predictor: Predictor, against: Peer | None) -> None:
        self.rows = 0
        self.windows: list[Predictions] = []
        self.of_peer: list[FloatMatrix] = []
        self.mistakes: list[Mistake] = []
        self._predictor = predictor
        self._reach = predictor.tokenizer.max_tokens * CHARACTERS_PER_TOKEN
        self._numbers = {label: number for number, label in enumerate(predictor.labels)}
        self._ask_peer = against and against.probabilities

    def add(self, window: Sequence[Located], scores: Scores) -> None:
        """Keep the columns of a window, and its texts only where they are sure mistakes."""
        texts = [row.example.text for row in window]
        lengths = self._lengths(texts, scores)
        predictions = Predictions(
            labels=self._predictor.labels,
            gold=np.array([self._numbers[row.example.label] for row in window], np.int16),
            probabilities=scores.probabilities,
            lengths=lengths,
            slices=slices_of([text[: self._reach] for text in texts], lengths, scores.unknown),
        )
        self.rows += predictions.rows
        self.windows.append(predictions)
        self.mistakes = surest_mistakes(self.mistakes, window, predictions)
        if self._ask_peer:
            self.of_peer.append(self._ask_peer(texts))

    def _lengths(self, texts: Sequence[str], scores: Scores) -> npt.NDArray[np.uint16]:
        lengths = scores.lengths.astype(np.uint16)
        for row in np.flatnonzero(scores.truncated).tolist():
            # The rules take long for what no space parts, and no word is as long.
            chunks = [chunk[:_LONGEST_CHUNK] for chunk in texts[row].split()]
            lengths[row] = len(self._unlimited.encode(" ".join(chunks)).ids)
        return lengths

    @cached_property
    def _unlimited(self) -> Tokenizer:
        # Few texts are longer than the model reads; only these are tokenised again.
        return Tokenizer(self._predictor.tokenizer.vocabulary[len(RESERVED) :], _LONGEST)


def evaluate_files(
    predictor: Predictor,
    files: Sequence[DataFile],
    against: Peer | None = None,
    *,
    skip_unreadable: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Measurement:
    """Measure a model on labelled files, and a peer on the same rows.

    Rows of labels the model does not know are left out.
    """
    readers = [
        ExampleReader(file, predictor.labels, skip_unreadable=skip_unreadable) for file in files
    ]
    windows = (window for reader in readers for window in reader.located(_WINDOW))
    asked = _Asked(predictor, against)

    def measured() -> Iterator[Example]:
        """Yield every example once it has been asked."""
        for window, scores in predictor.stream(windows, lambda row: row.example.text):
            asked.add(window, scores)
            on_progress(asked.rows)
            yield from (row.example for row in window)

    sha256 = fingerprint(measured())
    left_out = sum((reader.left_out for reader in readers), Counter[str]())
    if asked.rows == 0:
        raise SentimentError(_nothing(predictor, left_out))
    predictions = joined(asked.windows)
    asked.windows.clear()  # they are as large again
    return Measurement(
        model=predictor.name,
        files=tuple(str(file.path) for file in files),
        evaluation=evaluate_predictions(
            predictor.labels, predictions.gold, predictions.probabilities
        ),
        predictions=predictions,
        slices=slice_metrics(predictions),
        mistakes=asked.mistakes,
        comparison=against and _compared(predictions, against, asked.of_peer),
        left_out=dict(left_out.most_common()),
        unreadable=sum(len(reader.unreadable) for reader in readers),
        fingerprint=sha256,
    )


def _compared(
    predictions: Predictions, peer: Peer, of_peer: Sequence[FloatMatrix]
) -> Comparison[Evaluation]:
    gold, labels = predictions.gold, predictions.labels
    probabilities = np.concatenate(of_peer) if of_peer else majority(gold, len(labels))
    return Comparison(
        peer=peer.name,
        result=evaluate_predictions(labels, gold, probabilities),
        paired=PairedComparison.of(predictions.right, probabilities.argmax(axis=1) == gold),
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


def record_evaluation(folder: Path, name: str, measured: Measurement) -> None:
    """Add figures to metrics.json and to the card under a name; an older entry of it is replaced.

    The folder is replaced as a whole, so it is the old or the new one at any moment.
    """
    _record(folder, "evaluations", {"name": name} | _entry(measured))


def record_behaviour(folder: Path, name: str, behaviour: BehaviourResult) -> None:
    """Add the rates of the behaviour suite, as `record_evaluation` does; failures stay behind."""
    entry = behaviour.to_json()
    for kept_back in ("model", "failures", "comparison"):
        del entry[kept_back]
    if comparison := behaviour.comparison:
        entry["comparison"] = comparison.to_json() | {"peer": Path(comparison.peer).name}
    _record(folder, "behaviour", {"name": name} | entry)


def _record(folder: Path, where: str, entry: dict[str, Any]) -> None:
    artifact = load_artifact(folder)
    before: Any = artifact.metrics.get(where, [])
    if not isinstance(before, list):
        raise SentimentError(f"model folder {folder}: metrics.json holds no list of {where}")
    kept = [
        each
        for each in before
        if not (isinstance(each, dict) and each.get("name") == entry["name"])
    ]
    metrics = artifact.metrics | {where: [*kept, entry]}
    save_artifact(replace(artifact, metrics=metrics), folder, force=True)


def _entry(measured: Measurement) -> dict[str, Any]:
    """Return what may travel with a model: no text, and of files and folders only the names."""
    entry = measured.to_json() | {"files": [Path(file).name for file in measured.files]}
    for kept_back in ("model", "mistakes", "comparison"):
        del entry[kept_back]
    if comparison := measured.comparison:
        peer = Path(comparison.peer).name
        entry["comparison"] = comparison.to_json() | {"peer": peer}
    return entry
