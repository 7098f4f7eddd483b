"""Labelled files through a model: metrics, mistakes, and their record in the model folder."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.behaviour import BehaviourResult
from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison, Peer, majority
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.evaluation.predictions import Evaluation, Predictions, evaluate_predictions
from lstm_sentiment_cli.evaluation.slices import SliceMetrics, slice_metrics, slices_of
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.inference.stream import stream
from lstm_sentiment_cli.model.folder import update_metrics
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    Example,
    ExampleReader,
    Located,
    fingerprint,
)
from lstm_sentiment_cli.text.tokenizer import CHARACTERS_PER_TOKEN, RESERVED, Tokenizer

MOST_MISTAKES = 20  # mistakes that are kept unless another number is asked for
_WINDOW = 8192
_LONGEST = np.iinfo(np.uint16).max
_LONGEST_CHUNK = 200


class Mistake(NamedTuple):
    """A text with a wrong prediction, and its place in the data."""

    text: str
    label: str  # the true one
    predicted: str
    probability: float  # of the predicted label
    file: str
    line: int  # where its record begins, from 1 (in parquet: the number of the row)


def surest_mistakes(
    before: Sequence[Mistake],
    window: Sequence[Located],
    predictions: Predictions,
    most: int = MOST_MISTAKES,
) -> list[Mistake]:
    """Return the surest of the mistakes found before and of those in a window, surest first."""
    confidence, predicted = predictions.confidence, predictions.predicted
    wrong = np.flatnonzero(predicted != predictions.gold)
    found = [*before]
    for row in wrong[np.argsort(-confidence[wrong], kind="stable")[:most]].tolist():
        (text, label, *_), file, line = window[row]
        answer, probability = predictions.labels[predicted[row]], float(confidence[row])
        found.append(Mistake(text, label, answer, probability, file, line))
    return sorted(found, key=lambda mistake: -mistake.probability)[:most]


@dataclass(frozen=True, eq=False)
class Measurement:
    """A model's predictions of labelled files, with what is computed from them when it is used."""

    model: str
    files: tuple[str, ...]
    predictions: Predictions
    mistakes: list[Mistake]  # the surest first
    comparison: Comparison[Evaluation] | None
    left_out: dict[str, int]  # label that the model does not know → its rows, most frequent first
    unreadable: int
    fingerprint: str  # the sha256 of the examples, computed as for training data
    undecodable: int = 0  # lines with bytes that cannot be decoded
    not_random: int = 0  # rows that `label` did not draw at random
    only_random: bool = False  # whether these are left out

    @cached_property
    def evaluation(self) -> Evaluation:
        """All metrics; their intervals take seconds."""
        predictions = self.predictions
        return evaluate_predictions(predictions.labels, predictions.gold, predictions.probabilities)

    @cached_property
    def slices(self) -> list[SliceMetrics]:
        """Accuracy by kind of text, the lowest first."""
        return slice_metrics(self.predictions)

    def by_name(self) -> dict[str, Interval]:
        """Return every metric by its name in `metric_names`."""
        return self.evaluation.by_name()

    def source(self) -> dict[str, Any]:
        """Return, as plain JSON, which model was measured and on which rows."""
        return {
            "model": self.model,
            "files": list(self.files),
            "fingerprint": self.fingerprint,
            "left_out": self.left_out,
            "unreadable": self.unreadable,
        }

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the source, then all metrics, slices, mistakes and the comparison."""
        return {
            **self.source(),
            **self.evaluation.to_json(),
            "slices": [each.to_json() for each in self.slices],
            "mistakes": [each._asdict() for each in self.mistakes],
            "comparison": self.comparison and self.comparison.to_json(),
        }

    def rows_facts(self) -> dict[str, object]:
        """Return which rows these are, without the folders of this machine."""
        return {
            "files": [Path(file).name for file in self.files],
            "rows": self.predictions.rows,
            "fingerprint": self.fingerprint,
        }

    def remarks(self) -> list[str]:
        """Return what a reader of the metrics must know, one line each."""
        remarks = []
        if self.left_out:
            rows = counted(sum(self.left_out.values()), "row")
            remarks.append(f"left out: {rows} with other labels ({_listed(self.left_out)})")
        if self.not_random:
            rows = counted(self.not_random, "row")
            remarks.append(
                f"left out: {rows} not drawn at random"
                if self.only_random
                else f"{rows} were asked because a model was unsure of them, which makes it look "
                "worse than it is on all texts: --only-random leaves them out"
            )
        if self.unreadable:
            remarks.append(f"left out: {counted(self.unreadable, 'row')} that could not be read")
        if self.undecodable:
            rows = counted(self.undecodable, "row")
            remarks.append(
                f"{rows} had bytes of another encoding, read as U+FFFD; name it with --encoding"
            )
        support = self.predictions.support()
        present = [label for label, rows in support.items() if rows]
        if len(present) == 1:
            remarks.append(
                f"all examples are {present[0]}: the metrics say nothing about other labels"
            )
        elif absent := ", ".join(label for label in support if label not in present):
            remarks.append(
                f"no example is {absent}: ROC AUC and PR AUC are those of the other labels"
            )
        return remarks


@dataclass
class _Collector:
    """Keeps what is needed of the scored rows, window by window."""

    predictor: Predictor
    peer: Peer | None
    most_mistakes: int
    rows: int = 0
    windows: list[Predictions] = field(default_factory=list)
    of_peer: list[FloatMatrix] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, window: Sequence[Located], scores: Scores) -> None:
        """Keep the numbers of a window, and the texts of sure mistakes only."""
        labels, texts = self.predictor.labels, [row.example.text for row in window]
        gold = np.array([labels.index(row.example.label) for row in window], np.int16)
        lengths: npt.NDArray[np.uint16] = scores.lengths.astype(np.uint16)
        for row in np.flatnonzero(scores.truncated).tolist():
            # The tokeniser is slow on text without spaces, and no word is as long as this.
            chunks = [chunk[:_LONGEST_CHUNK] for chunk in texts[row].split()]
            lengths[row] = len(self._unlimited.encode(" ".join(chunks)).ids)
        reach = self.predictor.tokenizer.max_tokens * CHARACTERS_PER_TOKEN
        slices = slices_of([text[:reach] for text in texts], lengths, scores.unknown)
        predictions = Predictions(labels, gold, scores.probabilities, lengths, slices)
        self.rows += predictions.rows
        self.windows.append(predictions)
        self.mistakes = surest_mistakes(self.mistakes, window, predictions, self.most_mistakes)
        if self.peer and self.peer.probabilities:
            self.of_peer.append(self.peer.probabilities(texts))

    @cached_property
    def _unlimited(self) -> Tokenizer:
        # Few texts are longer than the model reads; only these are tokenised again.
        limited = self.predictor.tokenizer
        return Tokenizer(limited.vocabulary[len(RESERVED) :], _LONGEST, limited.normalizer)


def evaluate_files(
    predictor: Predictor,
    files: Sequence[DataFile],
    against: Peer | None = None,
    *,
    skip_unreadable: bool = False,
    most_mistakes: int = MOST_MISTAKES,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Measurement:
    """Measure a model on labelled files, and a peer on the same rows.

    Rows of labels that the model does not know are left out.
    """
    readers = [
        ExampleReader(file, predictor.labels, skip_unreadable=skip_unreadable) for file in files
    ]
    windows = (window for reader in readers for window in reader.windows(_WINDOW))
    collector = _Collector(predictor, against, most_mistakes)

    def texts_in(window: Sequence[Located]) -> list[str]:
        return [row.example.text for row in window]

    def scored() -> Iterator[Example]:
        """Yield every example once it has been scored."""
        for window, scores in stream(predictor, windows, texts_in):
            collector.add(window, scores)
            on_progress(collector.rows)
            yield from (row.example for row in window)

    sha256 = fingerprint(scored())
    left_out = sum((reader.left_out for reader in readers), Counter[str]())
    if collector.rows == 0:
        found = f"the labels found are: {_listed(left_out)}" if left_out else "there are no rows"
        raise SentimentError(
            f"no row has a label of model {predictor.name} ({', '.join(predictor.labels)}); "
            f"{found} (if another column holds the label, name it with --label-column)",
            ("label_column", "model"),
        )
    predictions = Predictions.joined(collector.windows)
    collector.windows.clear()  # they take as much memory again
    return Measurement(
        model=predictor.name,
        files=tuple(str(file.path) for file in files),
        predictions=predictions,
        mistakes=collector.mistakes,
        comparison=against and _compared(predictions, against, collector.of_peer),
        left_out=dict(left_out.most_common()),
        unreadable=sum(len(reader.unreadable) for reader in readers),
        fingerprint=sha256,
        undecodable=sum(reader.undecodable for reader in readers),
        not_random=sum(reader.not_random for reader in readers),
        only_random=any(file.only_random for file in files),
    )


def _compared(
    predictions: Predictions, peer: Peer, of_peer: Sequence[FloatMatrix]
) -> Comparison[Evaluation]:
    gold, labels = predictions.gold, predictions.labels
    probabilities = np.concatenate(of_peer) if of_peer else majority(gold, len(labels), len(gold))
    return Comparison(
        peer=peer.name,
        result=evaluate_predictions(labels, gold, probabilities),
        paired=PairedComparison.of(predictions.right, probabilities.argmax(axis=1) == gold),
    )


def _listed(rows_by_label: dict[str, int]) -> str:
    """List the most frequent labels: {"neutral": 139} → "neutral: 139"."""
    most = Counter(rows_by_label).most_common(5)
    others = len(rows_by_label) - len(most)
    shown = ", ".join(f"{label[:40]}: {rows:,}" for label, rows in most)
    return f"{shown} and {others:,} more" if others else shown


def record_result(folder: Path, name: str, result: Measurement | BehaviourResult) -> None:
    """Add a result to the model's metrics.json and card under a name, replacing an older one.

    No text goes with the model, and of files and folders only their names. The folder is replaced
    as a whole: at any moment it is either the old or the new one.
    """
    where = "evaluations" if isinstance(result, Measurement) else "behaviour"
    entry = {"name": name} | _without_texts(result.to_json())

    def with_entry(metrics: dict[str, object]) -> dict[str, object]:
        before = metrics.get(where, [])
        if not isinstance(before, list):
            raise SentimentError(f"model folder {folder}: metrics.json holds no list of {where}")
        kept = [old for old in before if not (isinstance(old, dict) and old.get("name") == name)]
        return metrics | {where: [*kept, entry]}

    update_metrics(folder, with_entry)


def _without_texts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of a result, or of a part of one, as it is recorded."""
    kept = {name: its for name, its in facts.items() if name not in _KEPT_BACK}
    if "files" in kept:
        kept["files"] = [Path(file).name for file in kept["files"]]
    if comparison := facts.get("comparison"):
        kept["comparison"] = comparison | {"peer": Path(comparison["peer"]).name}
    parts = {name: _without_texts(kept[name]) for name in ("reversals", "people") if name in kept}
    return kept | parts


_KEPT_BACK = {"model", "mistakes", "failures", "comparison"}
