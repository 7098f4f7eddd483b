"""Labelled examples from files: which rows, with which labels, and what is done to their texts."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf
from os import PathLike
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import listed
from lstm_sentiment_cli.records.formats import COLUMN_FORMATS, either
from lstm_sentiment_cli.records.probabilities import (
    MISSING,
    ProbabilityReading,
    probability_reading,
)
from lstm_sentiment_cli.records.reader import InputFile, RecordReader, open_records
from lstm_sentiment_cli.records.record import (
    Record,
    find_label_column,
    has_label_column,
    reach,
)
from lstm_sentiment_cli.text.normalizer import EMOTICON

PICKED, AT_RANDOM = "picked", "random"
"""The column in which `label` says how a text came to be asked, and its value for a random one."""


@dataclass(frozen=True, slots=True)
class DataFile(InputFile):
    """A file of labelled examples, and how it is to be read."""

    label_column: str | None = None  # None: the column with a usual name
    weight: float = 1.0  # how much an example counts in training
    strip_emoticons: bool = False  # from all texts: where emoticons made the labels
    share: float = 1.0  # of the rows to use; their texts decide which, the same ones in every run
    balanced: bool = False  # whether all its labels count the same, however many rows each has
    only_random: bool = False  # whether only the rows are used that `label` drew at random

    def __post_init__(self) -> None:
        for name, value, wanted, is_so in (
            ("weight", self.weight, "above 0", 0 < self.weight < inf),
            ("share", self.share, "above 0 and at most 1", 0 < self.share <= 1),
        ):
            if not is_so:
                raise SentimentError(f"{self.path}: {name} must be {wanted}, got {value:g}", name)


def data_files(
    paths: Iterable[str | PathLike[str]],
    text_column: str | None = None,
    label_column: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> list[DataFile]:
    """Return files that are all read the same way."""
    return [
        DataFile(
            path,
            text_column=text_column,
            label_column=label_column,
            encoding=encoding or "utf-8",
            delimiter=delimiter,
        )
        for path in paths
    ]


class Example(NamedTuple):
    """A text and the label it should get, the probabilities it should get, or both."""

    text: str
    label: str
    weight: float
    probabilities: bytes = b""  # of the labels asked for, as packed floats; empty: not given
    labelled: bool = True  # False: its label is only the most probable one


class Located(NamedTuple):
    """An example and where it stands."""

    example: Example
    file: str
    line: int  # where its record begins, from 1 (in parquet: which row)


class Unreadable(NamedTuple):
    """A row that could not be read."""

    path: str
    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of some files, and what was left out of them."""

    examples: list[Example]
    left_out: dict[str, int]  # other label → its rows, most frequent first
    unreadable: list[Unreadable]
    by_file: dict[str, int]  # file → examples taken from it
    undecodable: int = 0  # lines with bytes that cannot be decoded

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    def __len__(self) -> int:
        return len(self.examples)


def read_examples(
    files: Iterable[DataFile], labels: Sequence[str], *, skip_unreadable: bool = False
) -> Examples:
    """Read all examples of these labels; a row that cannot be read raises, unless skipped."""
    found: list[Example] = []
    left_out: Counter[str] = Counter()
    unreadable: list[Unreadable] = []
    by_file: Counter[str] = Counter()
    undecodable = 0
    for file in files:
        reader = ExampleReader(file, labels, skip_unreadable=skip_unreadable, probabilities=True)
        examples = [row.example for window in reader.windows() for row in window]
        found += balanced(examples) if file.balanced else examples
        left_out += reader.left_out
        unreadable += reader.unreadable
        undecodable += reader.undecodable
        by_file[str(file.path)] += len(examples)
    return Examples(found, dict(left_out.most_common()), unreadable, dict(by_file), undecodable)


def balanced(examples: Sequence[Example]) -> list[Example]:
    """Weight examples so that all labels count the same and the sum of the weights stays.

    Three of a and one of b, of weight 1 each: each a has 2/3 and the b 2.
    """
    counts = Counter(example.label for example in examples)
    return [
        each._replace(weight=each.weight * (len(examples) / len(counts)) / counts[each.label])
        for each in examples
    ]


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the sha256 of labels, weights, texts and probabilities in their order."""
    digest = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for text, label, weight, probabilities, labelled in examples:
        facts = [label if labelled else None, weight, text]
        if probabilities:
            facts.append(probabilities.hex())
        digest.update(encode(facts).encode() + b"\n")
    return digest.hexdigest()


# So many rows are looked at together to find the scale of labels that are numbers.
_ROWS_AT_A_TIME = 65_536


class ExampleReader:
    """Reads the examples of one file in windows and counts what it leaves out.

    Without labels to look for, rows of every label are examples. Columns p_LABEL are read if
    `probabilities` are wanted; a row that has them needs no label.
    """

    def __init__(
        self,
        file: DataFile,
        labels: Sequence[str] | None,
        *,
        skip_unreadable: bool = False,
        probabilities: bool = False,
    ) -> None:
        self.left_out: Counter[str] = Counter()
        self.unreadable: list[Unreadable] = []
        self.undecodable = 0  # lines with bytes that cannot be decoded
        self.not_random = 0  # rows that `label` did not draw at random
        self._file = file
        self._path = str(file.path)
        self._labels = labels
        self._missing = MISSING - {label.casefold() for label in labels or ()}
        self._reading = LabelReading(TONES if labels is None else labels, self._path)
        self._skip_unreadable = skip_unreadable
        self._with_probabilities = probabilities

    def windows(self, size: int = _ROWS_AT_A_TIME) -> Iterator[list[Located]]:
        """Yield the next examples, at most size, with their places."""
        with closing(open_records(self._file)) as records:
            # Of plain lines, which will be refused, no more is read than whether there are any.
            windows = records.windows(_ROWS_AT_A_TIME if records.columns else 1)
            window = next(windows, None)
            if window is None:
                raise SentimentError(f"{self._path} has no rows; give a file of examples", "input")
            column, probabilities = self._columns(records)
            picked = PICKED in records.columns
            if self._file.only_random and not picked:
                raise SentimentError(
                    f"{self._path} has no column '{PICKED}', in which label says which rows were "
                    "drawn at random; leave out --only-random",
                    "only_random",
                )
            while window:
                if picked:
                    drawn = self._drawn_at_random(window)
                    window = drawn if self._file.only_random else window
                examples = self._examples(window, column, probabilities)
                window = None  # the records are not needed any more, and there are many
                for start in range(0, len(examples), size):
                    yield examples[start : start + size]
                window = next(windows, None)
            self.undecodable = records.undecodable()

    def _columns(self, records: RecordReader) -> tuple[str | None, ProbabilityReading | None]:
        """Return the column of the label and how to read those of the probabilities."""
        header = records.header or records.columns
        if not header:
            raise SentimentError(
                f"{self._path} is read as plain lines, which have no labels; "
                f"examples are {either(COLUMN_FORMATS)}, by file extension",
                "input",
            )
        given = self._file.label_column
        reading = None
        if self._with_probabilities:
            labelled = given is not None or has_label_column(header)
            others = {records.text_column, given or ""}
            reading = probability_reading(
                self._path, records.columns, self._labels, others=others, labelled=labelled
            )
            if reading and not labelled:
                return None, reading
            if reading is None and self._labels and not records.header:
                # A later object of JSON may have fields that the first does not have.
                reading = ProbabilityReading(self._labels, others)
        return find_label_column(header, given, self._path, records.first), reading

    def _drawn_at_random(self, records: Sequence[Record]) -> list[Record]:
        """Return the rows that were drawn at random; count the others."""
        drawn = [each for each in records if (each.fields or {}).get(PICKED) == AT_RANDOM]
        self.not_random += len(records) - len(drawn)
        return drawn

    def _examples(
        self, records: Sequence[Record], column: str | None, reading: ProbabilityReading | None
    ) -> list[Located]:
        """Return the examples among the records; count the others."""
        rows: list[tuple[str, int, bytes]] = []
        values: list[str] = []
        for text, fields, line, unread in records:
            problem, probabilities = unread, b""
            value = None if column is None else reach(fields or {}, column)
            label = "" if value is None else str(value).strip()
            if label.casefold() in self._missing:
                label = ""
            if reading and fields and not problem:
                try:
                    probabilities = reading.read(fields)
                except ValueError as error:
                    problem = str(error)
            if text is None or problem or not (label or probabilities):
                self._leave_out(line, problem or f"no {column or 'probabilities'}")
            else:
                rows.append((text, line, probabilities))
                values.append(label)
        # All of them, whatever share is used: together they tell the scale of numbers.
        labels = self._reading.read(values)
        wanted, file = self._labels, self._file
        found: list[Located] = []
        for (text, line, probabilities), label in zip(rows, labels, strict=True):
            if is_taken(text, file.share):
                labelled = label in wanted if wanted else bool(label)
                if not labelled and not probabilities:
                    self.left_out[label] += 1
                    continue
                text_read = without_emoticons(text) if file.strip_emoticons else text
                learnt = label
                if reading and not labelled:
                    learnt = reading.most_probable(probabilities)
                example = Example(text_read, learnt, file.weight, probabilities, labelled)
                found.append(Located(example, self._path, line))
        return found

    def _leave_out(self, line: int, problem: str) -> None:
        if not self._skip_unreadable:
            raise SentimentError(
                f"{self._path}, line {line}: {problem}; correct it or pass --skip-unreadable",
                "input",
            )
        self.unreadable.append(Unreadable(self._path, line, problem))


_SHORT_FORMS = {"pos": "positive", "neg": "negative", "neu": "neutral"}
TONES = tuple(_SHORT_FORMS.values())  # the labels that numbers and short forms stand for
_SCALES: tuple[dict[int, str], ...] = (
    {0: "negative", 1: "positive"},
    {0: "negative", 2: "neutral", 4: "positive"},  # Sentiment140
    {-1: "negative", 0: "neutral", 1: "positive"},
)
_SCALE_WITH_NEUTRAL = {0: "negative", 1: "neutral", 2: "positive"}  # TweetEval
_NUMBER = re.compile(r"(-?[0-9]{1,9})(?:\.0)?")


class LabelReading:
    """Understands the labels of one file; numbers are read on the scale that they fit.

    Where no label is a tone, numbers from 0 are places among the labels. The file comes window by
    window. A number that fits no scale together with the others, or that changes the meaning of
    an earlier one, raises SentimentError: nothing is mislabelled.
    """

    def __init__(self, labels: Sequence[str], path: str) -> None:
        self._path = path
        given = {label.casefold(): label for label in labels}
        self._tones = {name: given.get(name, name) for name in TONES}
        short = {short: self._tones[name] for short, name in _SHORT_FORMS.items()}
        self._names = short | self._tones | given
        self._numbered = not given.keys().isdisjoint(self._tones)
        with_neutral = "neutral" in given and given.keys() <= self._tones.keys()
        self._scales = (*_SCALES, _SCALE_WITH_NEUTRAL) if with_neutral else _SCALES
        self._scale: dict[int, str] = {}  # the numbers seen so far, and what they mean
        named_by_number = any(map(_NUMBER.fullmatch, labels))
        # None as soon as a number is no place.
        self._places = () if self._numbered or named_by_number else tuple(labels)
        self._labels: dict[str, str] = {}

    def read(self, values: Sequence[str]) -> list[str]:
        """Return the labels that values stand for; an unknown value stands for itself.

        ["POS", "neg", "4.0", "sarcastic"] → ["positive", "negative", "positive", "sarcastic"]
        """
        new = set(values) - self._labels.keys()
        numbers = {value: number for value in new if (number := self._number(value)) is not None}
        if self._places:
            meanings = self._placed(numbers)
        else:
            if numbers:
                self._fit({*self._scale, *numbers.values()})
            meanings = {value: self._tones[self._scale[numbers[value]]] for value in numbers}
        for value in new:
            name = value.strip()
            self._labels[value] = meanings.get(value, self._names.get(name.casefold(), name))
        return [self._labels[value] for value in values]

    def _number(self, value: str) -> int | None:
        """Return the number that stands for a label, unless it is a label's own name."""
        match = _NUMBER.fullmatch(value.strip())
        known = self._numbered or self._places
        return int(match[1]) if match and known and match[0] not in self._names else None

    def _placed(self, numbers: dict[str, int]) -> dict[str, str]:
        """Return the labels at these places; none if a number is no place, nor was one before."""
        places = self._places
        others = [value for value, number in numbers.items() if not 0 <= number < len(places)]
        if not others:
            return {value: places[number] for value, number in numbers.items()}
        if any(_NUMBER.fullmatch(value.strip()) for value in self._labels):
            raise SentimentError(
                f"{self._path}: label {min(others)} is no place among {listed(places)}, though "
                "other numbers are; write the names of the labels",
                "label_column",
            )
        self._places = ()
        return {}

    def _fit(self, numbers: set[int]) -> None:
        """Find the scale that has all these numbers."""
        fitting = [scale for scale in self._scales if scale.keys() >= numbers]
        for scale in fitting:
            if self._scale.items() <= scale.items() and not self._is_open(numbers, fitting):
                self._scale = {number: scale[number] for number in numbers}
                return
        shown = listed([str(number) for number in sorted(numbers)])
        if fitting:
            problem = f"labels {shown} could mean several things"
        else:
            problem = (
                f"labels {shown} fit no known scale (0 and 1; 0, 2 and 4; -1, 0 and 1; "
                "0, 1 and 2 if neutral is among the labels)"
            )
        raise SentimentError(
            f"{self._path}: {problem}; write positive, negative, neutral", "label_column"
        )

    def _is_open(self, numbers: set[int], fitting: Sequence[dict[int, str]]) -> bool:
        """Whether 2 is neutral on one scale, positive on another."""
        return 2 in numbers and len({scale[2] for scale in fitting}) > 1


def is_taken(text: str, share: float) -> bool:
    """Return whether a row is in the share of a file that is used, wherever it stands."""
    if share >= 1:
        return True
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"share")
    return int.from_bytes(digest.digest()) < share * 2**64


def without_emoticons(text: str) -> str:
    """Remove emoticons and the spaces they leave: "good :) film :D" → "good film"."""
    parts = EMOTICON.split(text)
    return " ".join(filter(None, map(str.strip, parts))) if len(parts) > 1 else text
