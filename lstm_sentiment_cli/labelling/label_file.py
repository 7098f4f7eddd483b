"""The csv of labels: a row for each text that was asked, on disk before the next one is."""

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.atomic import atomic_write, locked
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import listed
from lstm_sentiment_cli.records.encoders import CsvRows
from lstm_sentiment_cli.records.labelled import PICKED

UNCERTAIN = "uncertain"
# Stands where a label would: whatever reads examples leaves such rows out, and says so.
SKIPPED = "skipped"
_OTHERWISE = "or name another file with --output"


class Columns(NamedTuple):
    """The columns of the file: those of the input, and the label among or after them."""

    names: list[str]  # all but `picked`, which is the last
    text: str
    label: str


class Asked(NamedTuple):
    """A text that was asked, what was answered, and its row as it stands in the file."""

    text: str
    label: str  # or SKIPPED
    picked: str  # "random" or UNCERTAIN
    row: str
    fields: dict[str, str]

    @property
    def labelled(self) -> bool:
        """Whether it was answered, and not skipped."""
        return self.label != SKIPPED


@contextmanager
def open_labels(path: Path, columns: Columns) -> Iterator["LabelFile"]:
    """Open the file, which need not exist, and keep all others that label from it.

    SentimentError if it cannot be written, or if `label` with these columns has not written it.
    """
    _check_place(path)
    busy = SentimentError(f"{path} is being written by another process; end that one, {_OTHERWISE}")
    with locked(path, busy, patience=0):
        yield LabelFile(path, columns)


def _check_place(path: Path) -> None:
    """Raise SentimentError for what would only be found after the first answer."""
    if path.suffix.lower() != ".csv":
        raise SentimentError(
            f"labels are written as csv, but {path} is not one; name the file {path.stem}.csv",
            "output",
        )
    if path.is_dir():
        raise SentimentError(f"cannot write {path}: it is a folder; name a file in it")
    if not path.parent.is_dir():
        raise SentimentError(f"cannot write {path}: there is no folder {path.parent}; create it")
    # Renaming over a file asks nobody whether it may be written.
    for place in filter(Path.exists, (path, path.parent)):
        if not os.access(place, os.W_OK):
            raise SentimentError(f"{place} is write-protected; make it writable, {_OTHERWISE}")


class LabelFile:
    """The file and its rows, in the order in which they were asked.

    With each answer the whole file is written aside and renamed, so that neither a kill nor a full
    disk leaves a part of a row. Rows that were there stay as they are, to the byte.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        self.path, self.columns = path, columns
        self.asked: list[Asked] = []
        self._names = [*columns.names, PICKED]
        self._header = _row(self._names)
        self._read()
        self._state = self._found()

    def add(self, text: str, fields: Mapping[str, object], label: str, picked: str) -> None:
        """Write a row; when this returns it is on disk."""
        names, text_column, label_column = self.columns
        values = dict(fields) | {text_column: text, label_column: label}
        cells = [*map(values.get, names), picked]
        written = {name: str(values.get(name) or "") for name in names}
        self._write([*self.asked, Asked(text, label, picked, _row(cells), written)])

    def require(self, labels: Sequence[str], model: str) -> None:
        """Raise SentimentError if a label in the file is none of the model's."""
        for each in self.asked:
            if each.labelled and each.label not in labels:
                raise SentimentError(
                    f"{self.path} has the label '{each.label}', which model {model} does not have "
                    f"({listed(labels)}); name the model with --model, or correct the file",
                    "model",
                )

    def take_back(self) -> Asked:
        """Remove the last row, and return it."""
        *others, last = self.asked
        self._write(others)
        return last

    def _write(self, asked: list[Asked]) -> None:
        if self._found() != self._state:
            raise SentimentError(
                f"{self.path} was changed by another program; start again to go on with what is "
                "there now"
            )
        content = self._header + "".join([each.row for each in asked])
        atomic_write(self.path, content.encode(), _OTHERWISE)
        self.asked, self._state = asked, self._found()

    def _found(self) -> tuple[int, int, int] | None:
        """Return what changes whenever anybody writes the file; None if there is none."""
        try:
            state = self.path.stat()
        except FileNotFoundError:
            return None
        return state.st_ino, state.st_size, state.st_mtime_ns

    def _read(self) -> None:
        try:
            content = self.path.read_bytes().decode()
        except FileNotFoundError:
            return
        except OSError as error:
            raise SentimentError(f"cannot read {self.path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise SentimentError(f"{self.path} is not UTF-8; save it as UTF-8") from None
        if not content.strip():
            return
        rows = _rows(content, self.path)
        header, names = next(rows)
        names[0] = names[0].removeprefix("\ufeff")  # which spreadsheets write
        if names != self._names:
            raise SentimentError(
                f"{self.path} was not made from this input by label: its columns are "
                f"{listed(names)}, not {listed(self._names)}; name another file with --output",
                "output",
            )
        self._header = header
        self.asked = [self._asked(row, cells) for row, cells in rows if cells]

    def _asked(self, row: str, cells: list[str]) -> Asked:
        if len(cells) != len(self._names):
            raise SentimentError(
                f"{self.path}: a row has {len(cells)} cells, not {len(self._names)}; correct it: "
                f"{row[:60].strip()}"
            )
        fields = dict(zip(self.columns.names, cells, strict=False))
        text, label = fields[self.columns.text], fields[self.columns.label].strip()
        return Asked(text, label or SKIPPED, cells[-1], row, fields)


def _row(cells: list[object] | list[str]) -> str:
    """Return cells as a row of csv; what is no character becomes "?", as in all outputs."""
    line = CsvRows((), ["" for _ in cells]).lines([({}, cells)])
    return line.encode(errors="replace").decode()


def _rows(content: str, path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each row as it stands in the file, its end of line included, and its cells."""
    csv.field_size_limit(2**31 - 1)
    lines = list(StringIO(content, newline=""))
    if not lines[-1].endswith(("\n", "\r")):  # an editor left out the last one
        lines[-1] += "\n"
    reader = csv.reader(lines, strict=True)
    start = 0
    try:
        for cells in reader:
            yield "".join(lines[start : reader.line_num]), cells
            start = reader.line_num
    except csv.Error as error:
        raise SentimentError(f"{path}, line {start + 1}: {error}; correct the line") from None
