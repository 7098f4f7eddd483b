"""Answers into a file, and correct labels of wrong answers into a csv that training reads."""

import csv
import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.atomic import atomic_write, locked
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.records.encoders import CsvRows
from lstm_sentiment_cli.records.formats import FORMATS, ROW_FORMATS, format_of, unwritten

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.sentiment_model import Answer


def save_answers(path: Path, answers: Sequence["Answer"], first: int = 1) -> int:
    """Write answers, oldest first, in the format of the file's ending; return the number of rows.

    `first` is the number of the first answer. The columns are answer (its number, which the two
    rows of a comparison share), text, model, predicted, the probability of every label that any
    of the models has, and explanation; values that a row lacks are left empty, in jsonl left out.
    An existing file is not replaced.
    """
    format_ = FORMATS.get(format_of(path.name, ROW_FORMATS) or "")
    if format_ is None or path.suffix.lower() not in format_.endings:
        raise SentimentError(f"{unwritten(str(path), ROW_FORMATS)}; rename it")
    rows = [
        _fields(each, number)
        for number, answer in enumerate(answers, first)
        for each in (answer, answer.compared)
        if each
    ]
    columns = list(dict.fromkeys(name for fields in rows for name in fields))
    columns.sort(key=lambda name: name in {"explained", "explanation"})
    if format_.name == "tsv":  # as predict writes it, for readers to know that text is escaped
        last = ("answer", "model", "text")
        columns = [*(name for name in columns if name not in last), *last]
    written = format_.load("rows")(columns)
    content = written.header() + written.lines((fields, ()) for fields in rows)
    with locked(path, _busy(path, "choose another name")):
        if os.path.lexists(path):
            raise SentimentError(f"{path} already exists; choose another name, or remove it")
        atomic_write(path, content.encode(errors="replace"), "or name another file")
    return len(rows)


def _fields(answer: "Answer", number: int) -> dict[str, object]:
    probabilities = answer.prediction.probabilities
    fields: dict[str, object] = {
        "answer": number,
        "text": answer.text,
        "model": answer.model,
        "predicted": answer.prediction.predicted,
        **{f"p_{label}": round(value, 6) for label, value in probabilities.items()},
    }
    if answer.explanation:
        # As predict does: of two labels it is the first, unless both models explain another.
        if len(probabilities) > 2 or answer.explanation.label != next(iter(probabilities)):
            fields["explained"] = answer.explanation.label
        fields["explanation"] = [each.to_json() for each in answer.explanation.contributions]
    return fields


_COLUMNS = ("text", "label")
_OTHER_FILE = "name another file with repl --corrections"


def save_correction(path: Path, text: str, label: str) -> dict[str, str]:
    """Add a text and its correct label, in place of an earlier one, and return all texts' labels.

    Conversations at the same time may add to the same file.
    A new file can be read by its owner only. SentimentError, and no change, if the file that
    is there is not a file of corrections.
    """
    # A lone surrogate could be neither written nor found again.
    text = text.encode(errors="replace").decode()
    with locked(path, _busy(path, _OTHER_FILE)):
        labels = {**_read_corrections(path), text: label}
        # Renaming over a file asks nobody whether it may be written.
        if path.exists() and not os.access(path, os.W_OK):
            raise SentimentError(f"{path} is write-protected; make it writable, or {_OTHER_FILE}")
        rows = CsvRows((), _COLUMNS)
        content = rows.header() + rows.lines(({}, pair) for pair in labels.items())
        # What is typed into a conversation is not for every user of the machine.
        atomic_write(path, content.encode(), f"or {_OTHER_FILE}", private=True)
    return labels


def _busy(path: Path, otherwise: str) -> SentimentError:
    return SentimentError(f"{path} is being written by another process; try again, or {otherwise}")


def _read_corrections(path: Path) -> dict[str, str]:
    """Return text → label; SentimentError for what this module would not have written."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}; {_OTHER_FILE}") from None
    except UnicodeDecodeError:
        raise SentimentError(f"{path} is not UTF-8; save it as UTF-8, or {_OTHER_FILE}") from None
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(StringIO(content, newline=""), strict=True)
    try:
        header, *rows = filter(None, reader) if content else [_COLUMNS]
    except csv.Error as error:
        raise SentimentError(f"{path}, line {reader.line_num}: {error}; correct the line") from None
    if tuple(header) != _COLUMNS:
        raise SentimentError(
            f"{path} is not a file of corrections: its columns are {', '.join(header)}, not "
            f"text, label; move it away, or {_OTHER_FILE}"
        )
    for row in rows:
        if len(row) != len(_COLUMNS):
            raise SentimentError(
                f"{path}: the row of '{row[0]}' has {counted(len(row), 'cell')}, not 2; "
                "correct the row"
            )
    return dict(rows)
