"""Right labels of answers that were wrong, as a csv that training and evaluating read."""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.rows import csv_row

COLUMNS = ("text", "label")
# What is typed into a conversation is not for every user of the machine.
_PRIVATE = 0o600


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
    _write(path, labels)
    return Corrections(path, labels)


def _read(path: Path) -> dict[str, str]:
    if not os.path.lexists(path):
        return {}
    from lstm_sentiment_cli.records.read import open_records

    reader = open_records(path, format="csv", text_column="text")
    if tuple(reader.columns) != COLUMNS:
        reader.close()
        raise SentimentError(
            f"{path} is no file of corrections: its columns are {', '.join(reader.columns)}, not "
            "text, label; move it away, or name another with repl --corrections"
        )
    labels: dict[str, str] = {}
    for window in reader.windows(4096):
        for record in window:
            if record.text is None or record.fields is None:
                raise SentimentError(f"{path}, line {record.line}: {record.problem}; mend it")
            labels[record.text] = str(record.fields["label"])
    if reader.undecodable:
        raise SentimentError(f"{path} holds bytes that are not UTF-8; save it as UTF-8")
    return labels


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
            f"cannot write {path}: {error.strerror}; make room, or name another file with "
            "repl --corrections"
        ) from None
