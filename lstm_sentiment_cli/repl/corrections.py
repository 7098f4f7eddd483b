"""Right labels of answers that were wrong, as a csv that training and evaluating read."""

import csv
import os
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.atomic import atomic_write
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.rows import csv_row

COLUMNS = ("text", "label")
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

    A new file is its owner's alone. SentimentError, and no
    change, when the file that is there is no file of corrections.
    """
    # What is no character cannot be written, nor found again.
    text = text.encode(errors="replace").decode()
    labels = {**_read(path), text: label}
    # Renaming over a file asks nobody whether it may be written.
    if path.exists() and not os.access(path, os.W_OK):
        raise SentimentError(f"{path} is write-protected; make it writable, or {_ANOTHER}")
    rows = b"".join(map(csv_row, [COLUMNS, *labels.items()]))
    # What is typed into a conversation is not for every user of the machine.
    atomic_write(path, rows, f"or {_ANOTHER}", private=True)
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
