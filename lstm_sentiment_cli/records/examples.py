"""Labelled examples from files."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.by_text import is_taken, without_emoticons
from lstm_sentiment_cli.records.columns import label_column
from lstm_sentiment_cli.records.data_file import DataFile
from lstm_sentiment_cli.records.emoji import with_emoji
from lstm_sentiment_cli.records.labels import TONES, LabelReading
from lstm_sentiment_cli.records.read import open_records
from lstm_sentiment_cli.records.record import Record

# So many rows are looked at together to tell on which scale numbers for labels are.
_ROWS_AT_A_TIME = 65_536
# As what rows of unlabelled files are counted.
_NO_LABEL = "no label"


class Example(NamedTuple):
    """A text and the label it should get."""

    text: str
    label: str
    weight: float


class Located(NamedTuple):
    """An example and where it stands."""

    example: Example
    file: str
    line: int
    """Where its record begins, from 1 (in parquet: which row)."""


class Unreadable(NamedTuple):
    """A row that could not be read."""

    path: str
    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of some files, and what was left out of them."""

    examples: list[Example]
    left_out: dict[str, int]
    """Other labels → rows that had them, most frequent first."""
    unreadable: list[Unreadable]
    by_file: dict[str, int]
    """File → examples taken from it."""
    texts: list[str] = field(default_factory=list)
    """Texts of the rows left out: they can teach words, though no labels."""

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    def __len__(self) -> int:
        return len(self.examples)


class ExampleReader:
    """Reads the examples of one file in windows; what it leaves out is counted on the way.

    Without labels to look for, rows of every label are examples.
    """

    def __init__(
        self,
        file: DataFile,
        labels: Sequence[str] | None,
        *,
        skip_unreadable: bool = False,
        keep_texts: bool = False,
    ) -> None:
        self.left_out: Counter[str] = Counter()
        self.texts: list[str] = []
        """Of the rows left out, if they are to be kept."""
        self.unreadable: list[Unreadable] = []
        self._file = file
        self._path = str(file.path)
        self._labels = None if labels is None else frozenset(labels)
        self._reading = LabelReading(TONES if labels is None else labels, self._path)
        self._skip_unreadable = skip_unreadable
        self._keep_texts = keep_texts

    def windows(self, size: int = _ROWS_AT_A_TIME) -> Iterator[list[Example]]:
        """Yield the next examples, at most size; only rows of the labels asked for are some."""
        for window in self.located(size):
            yield [row.example for row in window]

    def located(self, size: int) -> Iterator[list[Located]]:
        """Yield what `windows` does, with where each example stands."""
        file = self._file
        records = open_records(
            self._path,
            format=file.format,
            text_column=file.text_column,
            encoding=file.encoding or "utf-8",
        )
        windows = records.windows(_ROWS_AT_A_TIME)
        try:
            window = next(windows, None)
            if window is None:
                raise SentimentError(f"{self._path} has no rows; give a file of examples")
            column = self._label_column(records.columns)
            while window:
                examples = self._examples(window, column)
                window = None  # what so many records hold is not needed twice
                for start in range(0, len(examples), size):
                    yield examples[start : start + size]
                window = next(windows, None)
        finally:
            records.close()

    def _label_column(self, columns: Sequence[str]) -> str | None:
        if self._file.unlabelled:
            return None
        if not columns:
            raise SentimentError(
                f"{self._path} is read as plain lines, which have no labels; "
                "examples are csv, tsv, jsonl or parquet, by the file's ending"
            )
        return label_column(columns, self._file.label_column, self._path)

    def _examples(self, records: Sequence[Record], column: str | None) -> list[Located]:
        """Return the examples among the records; count the others."""
        rows: list[tuple[str, int]] = []
        values: list[str] = []
        for record in records:
            value = _NO_LABEL if column is None else (record.fields or {}).get(column)
            label = "" if value is None else str(value).strip()
            if record.text is None or not label:
                self._leave_unreadable(record.line, record.problem or f"no {column}")
            else:
                rows.append((record.text, record.line))
                values.append(label)
        # All of them, whatever share is taken: together they tell the scale of numbers.
        labels = values if column is None else self._reading.read(values)
        found: list[Located] = []
        for (text, line), label in zip(rows, labels, strict=True):
            if is_taken(text, self._file.share):
                text_left = without_emoticons(text, self._file.strip_emoticons)
                if self._is_wanted(label):
                    text_read = with_emoji(text_left, label, self._file.emoji)
                    example = Example(text_read, label, self._file.weight)
                    found.append(Located(example, self._path, line))
                else:
                    self._leave_out(text_left, label)
        return found

    def _is_wanted(self, label: str) -> bool:
        return not self._file.unlabelled and (self._labels is None or label in self._labels)

    def _leave_out(self, text: str, label: str) -> None:
        self.left_out[label] += 1
        if self._keep_texts:
            self.texts.append(text)

    def _leave_unreadable(self, line: int, problem: str) -> None:
        if not self._skip_unreadable:
            raise SentimentError(
                f"{self._path}, line {line}: {problem}; mend it or pass --skip-unreadable"
            )
        self.unreadable.append(Unreadable(self._path, line, problem))


def read_examples(
    files: Iterable[DataFile], labels: Sequence[str], *, skip_unreadable: bool = False
) -> Examples:
    """Read all examples of these labels; a row that cannot be read raises, unless skipped."""
    found: list[Example] = []
    left_out: Counter[str] = Counter()
    unreadable: list[Unreadable] = []
    by_file: dict[str, int] = {}
    texts: list[str] = []
    for file in files:
        reader = ExampleReader(file, labels, skip_unreadable=skip_unreadable, keep_texts=True)
        before = len(found)
        for window in reader.windows():
            found += window
        if file.balanced:
            found[before:] = balanced(found[before:])
        texts += reader.texts
        left_out += reader.left_out
        unreadable += reader.unreadable
        by_file[str(file.path)] = by_file.get(str(file.path), 0) + len(found) - before
    return Examples(found, dict(left_out.most_common()), unreadable, by_file, texts)


def balanced(examples: Sequence[Example]) -> list[Example]:
    """Weigh examples so that labels count the same, and all together what they did before.

    Three of a and one of b, of weight 1 each: each a has 2/3 and the b 2.
    """
    counts = Counter(example.label for example in examples)
    return [
        each._replace(weight=each.weight * (len(examples) / len(counts)) / counts[each.label])
        for each in examples
    ]


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the sha256 of labels, weights and texts in their order."""
    digest = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for text, label, weight in examples:
        digest.update(encode([label, weight, text]).encode() + b"\n")
    return digest.hexdigest()
