"""Right labels of answers that were wrong, as a csv that training and evaluating read."""

import csv
import errno
import os
from collections import Counter
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.rows import csv_row
from lstm_sentiment_cli.repl.command import is_forbidden

COLUMNS = ("text", "label")
# What is typed into a conversation is not for every user of the machine.
_PRIVATE = 0o600
_LONGEST_FIELD = 2**31 - 1
_ANOTHER = "name another file with repl --corrections"


class Corrections(NamedTuple):
    """What a file of corrections holds."""

    path: Path
    labels: dict[str, str]
    """Text → its right label, in the order in which they were given."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each label has."""
        return dict(Counter(self.labels.values()))


def check_path(path: Path) -> None:
    """Raise SentimentError for a file that could not be read as csv later."""
    if path.suffix.lower() != ".csv":
        raise SentimentError(f"corrections are csv, {path} is not: name the file {path.stem}.csv")


def add_correction(path: Path, text: str, label: str) -> Corrections:
    """Put a text with its right label into the file, in place of an earlier label of it.

    The file is written aside and renamed; a new one is its owner's alone. SentimentError, and no
    change, when the file that is there is no file of corrections.
    """
    # What is no character cannot be written, nor found again.
    text = text.encode(errors="replace").decode()
    labels = {**_read(path), text: label}
    # Renaming over a file asks nobody whether it may be written.
    if path.exists() and not os.access(path, os.W_OK):
        raise SentimentError(f"{path} is write-protected; make it writable, or {_ANOTHER}")
    _write(path, labels)
    return Corrections(path, labels)


def _read(path: Path) -> dict[str, str]:
    """Return text → label; SentimentError for what this module would not have written."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}; {_ANOTHER}") from None
    except UnicodeDecodeError:
        raise SentimentError(f"{path} is not UTF-8; save it as that, or {_ANOTHER}") from None
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(StringIO(content, newline=""), strict=True)
    try:
        header, *rows = filter(None, reader) if content else [COLUMNS]
    except csv.Error as error:
        raise SentimentError(f"{path}, line {reader.line_num}: {error}; mend it") from None
    if tuple(header) != COLUMNS:
        raise SentimentError(
            f"{path} is no file of corrections: its columns are {', '.join(header)}, not "
            f"text, label; move it away, or {_ANOTHER}"
        )
    for row in rows:
        if len(row) != len(COLUMNS):
            raise SentimentError(f"{path}: the row of '{row[0]}' has {len(row)} cells; mend it")
    return dict(rows)


def _write(path: Path, labels: dict[str, str]) -> None:
    place = Path(os.path.realpath(path))  # a link stays, what it leads to is replaced
    aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        mode = place.stat().st_mode & 0o777 if place.exists() else _PRIVATE
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(map(csv_row, [COLUMNS, *labels.items()]))
        aside.chmod(mode)
        aside.replace(place)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise SentimentError(
            f"cannot write {path}: {error.strerror}; {_remedy(error)}{_ANOTHER}"
        ) from None


def _remedy(error: OSError) -> str:
    """Return what can be done where the file is, if anything."""
    if error.errno == errno.ENOENT:
        return "make its folder, or "
    return "" if is_forbidden(error) else "make room, or "
