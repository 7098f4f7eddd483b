"""The texts that can be asked: read from the input, in the order that a seed gives them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.labelling.label_file import Columns
from lstm_sentiment_cli.records.labelled import PICKED, DataFile
from lstm_sentiment_cli.records.probabilities import MISSING
from lstm_sentiment_cli.records.reader import InputFile, RecordReader, open_records, other_encoding
from lstm_sentiment_cli.records.record import (
    Record,
    find_label_column,
    has_label_column,
    reach,
)

MOST_OF_A_HALF = 100_000
_WINDOW = 8192
_TOP_BIT = 1 << 63


class Candidate(NamedTuple):
    """A text that can be asked, and the fields of its row."""

    text: str
    fields: Mapping[str, object]


@dataclass
class Candidates:
    """The texts of an input in two halves, each in the seed's order, and what was left out.

    The seed alone decides on which side a text is, and where. The first texts of a half are
    therefore a sample drawn at random from all texts, whatever is picked from the other half.
    """

    columns: Columns
    drawn: list[Candidate] = field(default_factory=list)  # the half to draw at random from
    pool: list[Candidate] = field(default_factory=list)  # the half to pick from by uncertainty
    remarks: list[str] = field(default_factory=list)


class SeededOrder:
    """Puts texts into two halves and in order, by a keyed hash: the same in every run."""

    def __init__(self, seed: int) -> None:
        self._key = f"label {seed}".encode()

    def place(self, text: str) -> int:
        """Return a number from 0 to 2**64 - 1; texts from the middle on are of the second half."""
        digest = blake2b(text.encode(errors="replace"), digest_size=8, key=self._key)
        return int.from_bytes(digest.digest())

    def in_pool(self, text: str) -> bool:
        """Return whether a text is of the half that is picked from by uncertainty."""
        return self.place(text) >= _TOP_BIT


def same(text: str) -> int:
    """Return a number that texts share, in this process, if they differ in case and spaces alone.

    Numbers of so many bits are as good as texts, and millions of them fit into memory.
    """
    return hash(" ".join(text.split()).casefold())


def texts_in(file: InputFile) -> Iterator[str]:
    """Yield the texts of a file that can be read."""
    with closing(open_records(file)) as records:
        for window in records.windows(_WINDOW):
            yield from (each.text for each in window if each.text is not None)


def read_candidates(
    file: DataFile, model_labels: Sequence[str], seed: int, excluded: Collection[int] = ()
) -> Candidates:
    """Read the texts that have no label, each once; `excluded` are numbers of `same`.

    Of a file with very many texts, each half keeps the first of its order.
    """
    with closing(open_records(file)) as records:
        reading = _Reading(records, file, SeededOrder(seed), set(excluded))
        for window in records.windows(_WINDOW):
            reading.take(window)
        return reading.candidates(model_labels, records)


_Placed = tuple[int, Candidate]


class _Reading:
    """Takes the records of a file window by window."""

    def __init__(
        self, records: RecordReader, file: DataFile, order: SeededOrder, seen: set[int]
    ) -> None:
        self._file, self._order = file, order
        self._seen, self._with_label = seen, set[int]()
        self._text, self._label = records.text_column, _label_column(records, file)
        self._columns = dict.fromkeys(records.columns or [records.text_column])
        self._open_columns = not records.header  # an object of JSON may have fields of its own
        self._halves: tuple[list[_Placed], list[_Placed]] = ([], [])
        self._labelled = self._unreadable = self._dropped = 0

    def take(self, records: Sequence[Record]) -> None:
        for read, fields, _, _ in records:
            if read is None or not read.strip():
                self._unreadable += read is None
                continue
            # A lone surrogate could be neither written nor found again.
            text = read.encode(errors="replace").decode()
            key = same(text)
            if self._has_label(fields):
                self._labelled += 1
                self._with_label.add(key)
            elif key not in self._seen:
                self._seen.add(key)
                self._keep(Candidate(text, fields or {}))

    def _has_label(self, fields: Mapping[str, object] | None) -> bool:
        value = reach(fields or {}, self._label)
        return value is not None and str(value).strip().casefold() not in MISSING

    def _keep(self, candidate: Candidate) -> None:
        place = self._order.place(candidate.text)
        half = self._halves[place >= _TOP_BIT]
        half.append((place, candidate))
        if len(half) >= 2 * MOST_OF_A_HALF:
            self._shorten(half)
        if self._open_columns:
            self._columns.update(dict.fromkeys(candidate.fields))

    def _shorten(self, half: list[_Placed]) -> None:
        """Put a half in order, without what is too many or has a label in another row."""
        by_place: Callable[[_Placed], int] = itemgetter(0)
        free = half
        if self._with_label:
            free = [each for each in half if same(each[1].text) not in self._with_label]
        first = nsmallest(MOST_OF_A_HALF, free, key=by_place)
        self._dropped += len(free) - len(first)
        half[:] = first

    def candidates(self, model_labels: Sequence[str], records: RecordReader) -> Candidates:
        for half in self._halves:
            self._shorten(half)
        drawn, pool = ([each for _, each in half] for half in self._halves)
        columns, remarks = self._of_output(model_labels)
        if self._dropped:
            kept = len(drawn) + len(pool)
            of_all = f"of {kept + self._dropped:,} texts"
            remarks.append(f"{of_all} {kept:,}, drawn at random, can be asked")
        if self._labelled:
            texts, path = counted(self._labelled, "text"), self._file.path
            remarks.append(f"not asked: {texts} with a label in {path} already; train on it too")
        if self._unreadable:
            remarks.append(f"left out: {counted(self._unreadable, 'row')} that could not be read")
        if undecodable := records.undecodable():
            otherwise = other_encoding(self._file.encoding, records.likely_encoding())
            remarks.append(
                f"{counted(undecodable, 'row')} had bytes that are not {self._file.encoding}, "
                f"read as U+FFFD; {otherwise}"
            )
        return Candidates(columns, drawn, pool, remarks)

    def _of_output(self, model_labels: Sequence[str]) -> tuple[Columns, list[str]]:
        """Return the columns to write, and what there is to say about them.

        A model's own answers do not come along: training would learn from them too.
        """
        if PICKED in self._columns:
            raise SentimentError(
                f"{self._file.path} has a column '{PICKED}', which label writes itself; rename it"
            )
        answers = {f"p_{label}" for label in model_labels} - {self._text, self._label}
        names = [name for name in self._columns if name not in answers]
        if (text := self._text) not in names:  # "data.text" is inside of "data"
            text = self._text if "text" in names else "text"
            names.append(text)
        if self._label not in names:
            names.append(self._label)
        left_out = [name for name in self._columns if name in answers]
        remarks = [f"columns left out, which would be learnt: {', '.join(left_out)}"]
        return Columns(names, text, self._label), remarks if left_out else []


def _label_column(records: RecordReader, file: DataFile) -> str:
    """Return the column for the label, which need not be there."""
    if file.label_column == records.text_column:
        raise SentimentError(
            f"'{file.label_column}' is the column of the text; name another with --label-column",
            "label_column",
        )
    if file.label_column is not None:
        return file.label_column
    header = records.header or records.columns
    if has_label_column(header):
        return find_label_column(header, None, str(file.path), records.first)
    return "label"
