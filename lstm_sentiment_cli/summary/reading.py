"""Files of texts, or of texts that were scored before, into a tally."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import counted, listed
from lstm_sentiment_cli.inference.predictor import WINDOW, Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.inference.stream import stream
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.probabilities import (
    PREFIX,
    TOLERANCE,
    ProbabilityReading,
    packed_floats,
)
from lstm_sentiment_cli.records.reader import InputFile, RecordReader, open_records, other_encoding
from lstm_sentiment_cli.records.record import NoColumnError, Record, reach, texts_of
from lstm_sentiment_cli.records.sources import BrokenInputError, shown
from lstm_sentiment_cli.summary.prevalence import learnt_shares
from lstm_sentiment_cli.summary.tally import Distinct, Tally
from lstm_sentiment_cli.summary.times import Periods

_MOST_LISTED = 30
_MANY_REPEATS = 0.05  # of all texts: then it is said


class Split(NamedTuple):
    """How texts are parted: by columns, and over the times of one."""

    by: tuple[str, ...] = ()
    over: str | None = None
    periods: Periods | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are needed."""
        return (*self.by, *([self.over] if self.over else []))


@dataclass(slots=True)
class Reading:
    """What was read: the tally, and what a user should know of the rest."""

    files: tuple[str, ...]
    model: str | None  # None: the texts were scored before
    tally: Tally
    records: int = 0
    unreadable: int = 0  # records without a text, or without probabilities
    first_unreadable: Record | None = None
    blank: int = 0  # records with an empty text, which are left out
    with_text: int = 0  # records with a text that is not blank
    distinct: Distinct = field(default_factory=Distinct)
    other_labels: Sequence[str] = ()  # of the model, if they are not those that stand there
    undecodable: int = 0
    remedy: str = ""  # of those
    truncated: int = 0
    max_tokens: int = 0
    broken: str | None = None  # why the input broke off
    stopped: bool = False  # whether the user stopped it before the end

    def of_all(self, some: int, one: str = "", many: str = "") -> str:
        """Return "1 of 302 records has", given what one does, and what many do."""
        does = one if some == 1 else many
        return f"{some:,} of {counted(self.records, 'record')}{does and ' ' + does}"

    @property
    def repeated(self) -> int:
        """How many texts, about, are the same as one before."""
        return max(self.with_text - self.distinct.count, 0)

    def remarks(self) -> Iterator[str]:
        """Yield what a user should know of records that are not counted as they are."""
        if first := self.first_unreadable:
            why = f": {first.problem}" if first.problem else ""
            what = "{} no probabilities" if self.model is None else "could not be read"
            told = self.of_all(self.unreadable, what.format("has"), what.format("have"))
            yield f"{told}, the first at line {first.line}{why}"
        if self.blank:
            yield f"{self.of_all(self.blank, 'is', 'are')} blank and left out"
        if self.repeated > _MANY_REPEATS * self.with_text:
            yield (
                f"{self.of_all(self.repeated, 'repeats', 'repeat')} a text that came before, as "
                "retweets do: the intervals take each for an opinion of its own"
            )
        if self.other_labels:
            yield (
                f"the answers have the labels {listed(self.tally.labels)}, the model has "
                f"{listed(self.other_labels)}; if another model gave them, name it with --model"
            )
        if self.undecodable:
            told = self.of_all(self.undecodable)
            yield f"{told} had undecodable bytes, read as U+FFFD; {self.remedy}"
        if self.truncated:
            yield (
                f"{self.of_all(self.truncated)} had more than the {self.max_tokens} tokens that "
                "are read"
            )

    @property
    def names(self) -> list[str]:
        """The files as people call them."""
        return [shown(file) for file in self.files]


class _Input(NamedTuple):
    file: InputFile
    reader: RecordReader
    labels: tuple[str, ...]  # of its probabilities; (): it has none
    has_texts: bool

    @property
    def by_predict(self) -> bool:
        """Whether it looks as if `predict` had scored it."""
        return "predicted" in self.reader.columns

    def close(self) -> "_Input":
        """Close it, unless it can be read only once: it is opened again when its turn comes."""
        if Path(self.file.path).is_file():
            self.reader.close()
        return self

    def opened(self) -> RecordReader:
        """Open it again."""
        again = Path(self.file.path).is_file()
        return open_records(self.file) if again else self.reader


def read(
    files: Sequence[InputFile],
    split: Split,
    load: Callable[[], Predictor],
    on_progress: Callable[[int], None] = lambda _: None,
    *,
    scored_by: Callable[[], Manifest] | None = None,
    stoppable: bool = False,
) -> Reading:
    """Read all files once; `load` is called only if there are texts to score.

    `scored_by` gives the model of files that `predict` has scored. A file that breaks off is read
    as far as it goes. If it is stoppable, so does Ctrl-C end it.
    """
    if [str(file.path) for file in files].count("-") > 1:
        raise SentimentError("standard input can be read only once; name it once")
    inputs = [_opened(file, split).close() for file in files]
    labels = _labels_of(inputs)
    predictor = None if labels else load()
    labels = predictor.labels if predictor else labels
    manifest = predictor.manifest if predictor else None
    if scored_by and not predictor and all(each.by_predict for each in inputs):
        manifest = scored_by()
    theirs = manifest is not None and set(manifest.labels) == set(labels)
    learnt = learnt_shares(manifest, labels) if manifest and theirs else None
    reading = Reading(
        files=tuple(os.fspath(file.path) for file in files),
        model=predictor.name if predictor else None,
        tally=Tally(labels, *split, learnt),
        max_tokens=predictor.tokenizer.max_tokens if predictor else 0,
        other_labels=manifest.labels if manifest and not theirs else (),
    )
    try:
        for each in inputs:
            _read_one(each, predictor, reading, on_progress)
    except BrokenInputError as error:
        reading.broken = str(error)
    except KeyboardInterrupt:
        if not stoppable:
            raise
        reading.stopped = True
    finally:
        for each in inputs:
            each.reader.close()
    return reading


def _read_one(
    each: _Input,
    predictor: Predictor | None,
    reading: Reading,
    on_progress: Callable[[int], None],
) -> None:
    reader = each.opened()
    scored = _scored(reader, predictor, reading) if predictor else _given(reader, each)
    for records, probabilities in scored:
        _count(reading, records, probabilities)
        reading.tally.add(*_with_words(records, probabilities, reading))
        on_progress(reading.records)
    reading.undecodable += (bad := reader.undecodable())
    if bad:
        reading.remedy = other_encoding(each.file.encoding, reader.likely_encoding())


def _opened(file: InputFile, split: Split) -> _Input:
    """Open a file, and see which columns it has."""
    try:
        reader, has_texts = open_records(file), True
    except NoColumnError as error:
        # What was scored before needs no texts.
        column = next((name for name in error.columns if name.startswith(PREFIX)), None)
        if file.text_column or not column or not Path(file.path).is_file():
            raise
        file = replace(file, text_column=column)
        reader, has_texts = open_records(file), False
    try:
        path = shown(str(file.path))
        for option, names in (("by", split.by), ("over", [split.over] if split.over else [])):
            for name in names:
                _require_column(reader, name, path, option)
        others = {*split.columns, *([reader.text_column] if has_texts else [])}
        found = [name for name in reader.columns if name.startswith(PREFIX)]
        named = (name.removeprefix(PREFIX) for name in found if name not in others)
        labels = tuple(sorted(named, key=lambda label: label != "positive"))
        if len(labels) < 2 and not has_texts:
            raise SentimentError(
                f"{path} has {found[0]} alone; it must have such a column for each label, or texts",
                "text_column",
            )
    except BaseException:
        reader.close()
        raise
    return _Input(file, reader, labels if len(labels) > 1 else (), has_texts)


def _require_column(reader: RecordReader, name: str, path: str, option: str) -> None:
    if not reader.columns:
        raise SentimentError(
            f"{path} is read as plain lines, which have no column '{name}'; "
            "name its format with --input-format",
            (option, "input_format"),
        )
    inside = "." in name and (reader.first is None or reach(reader.first, name) is not None)
    if name not in reader.columns and not inside:
        raise SentimentError(
            f"{path} has no column '{name}'{suggestion(name, reader.columns)}; "
            f"columns: {listed(reader.columns, _MOST_LISTED)} (--{option})",
            option,
        )


def _labels_of(inputs: Sequence[_Input]) -> tuple[str, ...]:
    """Return the labels that all files have probabilities of; (): all are to be scored."""
    first = inputs[0]
    for other in inputs[1:]:
        if bool(first.labels) != bool(other.labels):
            scored, raw = (first, other) if first.labels else (other, first)
            raise SentimentError(
                f"{shown(str(scored.file.path))} has probabilities and "
                f"{shown(str(raw.file.path))} has none; score that one first, with predict "
                "--output, or summarize them one by one"
            )
        if set(first.labels) != set(other.labels):
            names = (
                " and ".join(PREFIX + label for label in each.labels) for each in (first, other)
            )
            raise SentimentError(
                f"{shown(str(first.file.path))} has {next(names)}, but "
                f"{shown(str(other.file.path))} has {next(names)}; summarize them one by one"
            )
    return first.labels


def _scored(
    reader: RecordReader, predictor: Predictor, reading: Reading
) -> Iterator[tuple[Sequence[Record], FloatMatrix]]:
    for records, scores in stream(predictor, reader.windows(WINDOW), texts_of):
        reading.truncated += int(scores.truncated.sum())
        yield records, scores.probabilities


def _given(reader: RecordReader, source: _Input) -> Iterator[tuple[Sequence[Record], FloatMatrix]]:
    """Yield windows with the probabilities that stand in them; NaN where there are none."""
    columns = [PREFIX + label for label in source.labels]
    others = set(reader.columns) - set(columns)
    reading = ProbabilityReading(source.labels, others)
    path = shown(str(source.file.path))
    for window in reader.windows(WINDOW):
        records = window
        if not source.has_texts:
            records = [record._replace(text=None) for record in window]
        found = _quickly(records, columns)
        yield records, _carefully(records, reading, path) if found is None else found


def _quickly(records: Sequence[Record], columns: Sequence[str]) -> FloatMatrix | None:
    """Return the probabilities of a window, or None if any is missing or wrong."""
    try:
        rows = [record.fields for record in records]
        numbers = [np.array([float(row[name]) for row in rows]) for name in columns]  # type: ignore[index,arg-type]
    except (KeyError, TypeError, ValueError):
        return None
    found = np.stack(numbers, axis=1)
    total = found.sum(axis=1, keepdims=True)
    fine = (found >= 0).all() and (np.abs(total - 1) <= TOLERANCE).all()
    return (found / total).astype(np.float32) if fine else None


def _carefully(records: Sequence[Record], reading: ProbabilityReading, path: str) -> FloatMatrix:
    floats = packed_floats(len(reading.labels))
    found = np.full((len(records), len(reading.labels)), np.nan, np.float32)
    for row, record in enumerate(records):
        try:
            if packed := reading.read(record.fields or {}):
                found[row] = floats.unpack(packed)
        except ValueError as error:
            raise SentimentError(
                f"{path}, line {record.line}: these are no probabilities: {error}; columns "
                f"{PREFIX}LABEL must hold those of each label, as predict writes them"
            ) from None
    return found


def _count(reading: Reading, records: Sequence[Record], probabilities: FloatMatrix) -> None:
    reading.records += len(records)
    missing = np.isnan(probabilities[:, 0])
    if missing.any():
        reading.unreadable += int(missing.sum())
        if reading.first_unreadable is None:
            reading.first_unreadable = records[int(missing.argmax())]


def _with_words(
    records: Sequence[Record], probabilities: FloatMatrix, reading: Reading
) -> tuple[Sequence[Record], FloatMatrix]:
    """Return the records of a window that are not blank, or whose text is unknown."""
    texts = texts_of(records)
    said = [text for text in texts if text and text.strip()]
    reading.with_text += len(said)
    reading.distinct.add(said)
    blank = len(texts) - len(said) - texts.count(None)
    if not blank:
        return records, probabilities
    reading.blank += blank
    kept = [row for row, text in enumerate(texts) if text is None or text.strip()]
    return [records[row] for row in kept], probabilities[kept]
