"""Labelled examples from files: which rows, with which labels, and what is done to their texts."""

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from math import inf
from os import PathLike
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import listed
from lstm_sentiment_cli.records.formats import COLUMN_FORMATS, either
from lstm_sentiment_cli.records.reader import InputFile, RecordReader, open_records
from lstm_sentiment_cli.records.record import Record, find_label_column, reach
from lstm_sentiment_cli.text.normalizer import EMOTICON


@dataclass(frozen=True, slots=True)
class DataFile(InputFile):
    """A file of labelled examples, and how it is to be read."""

    label_column: str | None = None  # None: the column with a usual name
    weight: float = 1.0  # how much an example counts in training
    strip_emoticons: bool | float = False  # from all texts, or from a share of them
    emoji: float = 0.0  # share of the texts that get an emoji with the tone of the label
    share: float = 1.0  # of the rows to use; their texts decide which, the same ones in every run
    balanced: bool = False  # whether all its labels count the same, however many rows each has
    unlabelled: bool = False  # whether only words are learnt from it; labels are not needed

    def __post_init__(self) -> None:
        stripped = self.strip_emoticons
        for name, value, wanted, is_so in (
            ("weight", self.weight, "above 0", 0 < self.weight < inf),
            ("strip_emoticons", stripped, "true, false or a share from 0 to 1", 0 <= stripped <= 1),
            ("emoji", self.emoji, "a share from 0 to 1", 0 <= self.emoji <= 1),
            ("share", self.share, "above 0 and at most 1", 0 < self.share <= 1),
        ):
            if not is_so:
                raise SentimentError(f"{self.path}: {name} must be {wanted}, got {value:g}", name)
        if self.unlabelled and (self.balanced or self.label_column or self.weight != 1):
            raise SentimentError(
                f"{self.path}: unlabelled texts have no labels to balance or weigh; "
                "leave out balanced, weight and label_column, or unlabelled"
            )


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
    """A text and the label it should get."""

    text: str
    label: str
    weight: float


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
    texts: list[str] = field(default_factory=list)  # of the rows left out: words can be learnt
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
    texts: list[str] = []
    undecodable = 0
    for file in files:
        reader = ExampleReader(file, labels, skip_unreadable=skip_unreadable, keep_texts=True)
        examples = [row.example for window in reader.windows() for row in window]
        found += balanced(examples) if file.balanced else examples
        texts += reader.texts
        left_out += reader.left_out
        unreadable += reader.unreadable
        undecodable += reader.undecodable
        by_file[str(file.path)] += len(examples)
    return Examples(
        found, dict(left_out.most_common()), unreadable, dict(by_file), texts, undecodable
    )


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
    """Return the sha256 of labels, weights and texts in their order."""
    digest = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for text, label, weight in examples:
        digest.update(encode([label, weight, text]).encode() + b"\n")
    return digest.hexdigest()


# So many rows are looked at together to find the scale of labels that are numbers.
_ROWS_AT_A_TIME = 65_536
# What programs write where there is no label.
_MISSING = {"", "nan", "null"}
# What the rows of unlabelled files are counted as.
_NO_LABEL = "no label"


class ExampleReader:
    """Reads the examples of one file in windows and counts what it leaves out.

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
        self.texts: list[str] = []  # of the rows left out, if they are to be kept
        self.unreadable: list[Unreadable] = []
        self.undecodable = 0  # lines with bytes that cannot be decoded
        self._file = file
        self._path = str(file.path)
        self._labels = None if labels is None else frozenset(labels)
        self._missing = _MISSING - {label.casefold() for label in labels or ()}
        self._reading = LabelReading(TONES if labels is None else labels, self._path)
        self._skip_unreadable = skip_unreadable
        self._keep_texts = keep_texts

    def windows(self, size: int = _ROWS_AT_A_TIME) -> Iterator[list[Located]]:
        """Yield the next examples, at most size, with their places."""
        with closing(open_records(self._file)) as records:
            # Of plain lines, which will be refused, no more is read than whether there are any.
            labelled = records.columns or self._file.unlabelled
            windows = records.windows(_ROWS_AT_A_TIME if labelled else 1)
            window = next(windows, None)
            if window is None:
                raise SentimentError(f"{self._path} has no rows; give a file of examples", "input")
            column = self._label_column(records)
            while window:
                examples = self._examples(window, column)
                window = None  # the records are not needed any more, and there are many
                for start in range(0, len(examples), size):
                    yield examples[start : start + size]
                window = next(windows, None)
            self.undecodable = records.undecodable()

    def _label_column(self, records: RecordReader) -> str | None:
        if self._file.unlabelled:
            return None
        header = records.header or records.columns
        if not header:
            raise SentimentError(
                f"{self._path} is read as plain lines, which have no labels; "
                f"examples are {either(COLUMN_FORMATS)}, by file extension",
                "input",
            )
        return find_label_column(header, self._file.label_column, self._path, records.first)

    def _examples(self, records: Sequence[Record], column: str | None) -> list[Located]:
        """Return the examples among the records; count the others."""
        file = self._file
        rows: list[tuple[str, int]] = []
        values: list[str] = []
        for record in records:
            value = _NO_LABEL if column is None else reach(record.fields or {}, column)
            label = "" if value is None else str(value).strip()
            if record.text is None or label.casefold() in self._missing:
                problem = record.problem or f"no {column}"
                if not self._skip_unreadable:
                    raise SentimentError(
                        f"{self._path}, line {record.line}: {problem}; "
                        "correct it or pass --skip-unreadable",
                        "input",
                    )
                self.unreadable.append(Unreadable(self._path, record.line, problem))
            else:
                rows.append((record.text, record.line))
                values.append(label)
        # All of them, whatever share is used: together they tell the scale of numbers.
        labels = values if column is None else self._reading.read(values)
        found: list[Located] = []
        for (text, line), label in zip(rows, labels, strict=True):
            if is_taken(text, file.share):
                text_left = without_emoticons(text, file.strip_emoticons)
                if not file.unlabelled and (self._labels is None or label in self._labels):
                    text_read = with_emoji(text_left, label, file.emoji)
                    found.append(Located(Example(text_read, label, file.weight), self._path, line))
                else:
                    self.left_out[label] += 1
                    if self._keep_texts:
                        self.texts.append(text_left)
        return found


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
    # Not crc32, not even a salted one: for texts of one length that is the same number with some
    # bits turned over, and the rows taken would be those that lose their emoticons.
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"share")
    return int.from_bytes(digest.digest()) < share * 2**64


def without_emoticons(text: str, share: float) -> str:
    """Remove emoticons and the spaces they leave, if the text is in the share that loses them.

    "good :) film :D" → "good film"
    """
    if not share or zlib.crc32(text.encode()) >= share * 2**32:
        return text
    parts = EMOTICON.split(text)
    return " ".join(filter(None, map(str.strip, parts))) if len(parts) > 1 else text


# By name: smiling, laughing, loving, applauding, celebrating; then sad, angry, afraid, sick.
TONED = {
    "positive": (
        *"😀😃😄😁😆😅😂🤣😊🙂😇😍🥰😘😗😙😚😋😎🤩🥳🤗😌😉😺😸😻👍👏🙌🙏💪👌🤝🎉🎊🎁🏆🥇💯",
        *"❤💕💖💗💙💚💛💜🧡💓💞💘💝😹🤠✨🌟⭐🔥☀🌈🌸🌺🍀🎶💃🥂✅",
    ),
    "negative": (
        *"😞😔😟🙁☹😣😖😫😩😢😭😤😠😡🤬😱😨😰😥😓😒🙄😑😕😬🤢🤮🤒🤕😷👎💔😿😾🙀🤦😪😵🥺😧😦😮🤡💩🖕😶😐☠💀",
    ),
}
_MOST = 3


def with_emoji(text: str, label: str, share: float) -> str:
    """Return the text, followed by one to three of an emoji if it is in the share that gets them.

    The text decides whether, which and how many, so it is the same in every run. A label that is
    not a tone has no emoji.
    """
    if not share or label not in TONED:
        return text
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=16, person=b"emoji")
    number = int.from_bytes(digest.digest())
    if number >= share * 2**128:
        return text
    # The high bits are small where the text was taken; the low ones are as good as any.
    which, times = divmod(number % 2**32, _MOST)
    known = TONED[label]
    return f"{text} {known[which % len(known)] * (1 + times)}"
