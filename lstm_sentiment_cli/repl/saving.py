"""Answers of a conversation into a file."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import cell
from lstm_sentiment_cli.records.formats import format_of
from lstm_sentiment_cli.records.rows import csv_row, tsv_row
from lstm_sentiment_cli.records.writer import open_destination
from lstm_sentiment_cli.repl.session import Answer

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation

Fields = dict[str, object]

_DECIMALS = 4


def save_answers(path: Path, answers: Sequence[Answer], first: int = 1) -> int:
    """Write answers, oldest first, in the format of the file's ending; return how many rows.

    `first` is the number of the first answer. The columns are answer (its number, which the rows
    of two models that were compared share), text, model, predicted, the probabilities of every
    label that any of the models has, and explanation; what a row has not is left empty, in jsonl
    left out. An old file is kept.
    """
    encode = _ENCODERS.get(format_of(path.name) or "")
    if encode is None or path.suffix.lower() not in _ENDINGS:
        raise SentimentError(f"{path} ends in none of .csv, .tsv and .jsonl; name it so")
    if os.path.lexists(path):
        raise SentimentError(f"{path} is there already; choose another name, or remove it")
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK | os.X_OK):
        raise SentimentError(
            f"cannot write {path}: its folder may not be written in; choose another place"
        )
    rows = list(_rows(answers, first))
    destination = open_destination(os.fspath(path), force=False)
    try:
        for line in encode(rows):
            destination.write(line)
        destination.commit()
    except BaseException:
        destination.discard()
        raise
    return len(rows)


def _rows(answers: Sequence[Answer], first: int) -> Iterator[Fields]:
    """Yield the fields of each answer, and behind them those of the one it was compared with."""
    for number, answer in enumerate(answers, first):
        yield _fields(answer, number)
        if answer.compared is not None:
            yield _fields(answer.compared, number)


def _fields(answer: Answer, number: int) -> Fields:
    probabilities = answer.prediction.probabilities
    fields: Fields = {
        "answer": number,
        "text": answer.text,
        "model": answer.model,
        "predicted": answer.prediction.predicted,
        **{f"p_{label}": round(value, 6) for label, value in probabilities.items()},
    }
    if explanation := answer.explanation:
        fields |= _explained(explanation, several=len(probabilities) > 2)
    return fields


def _explained(explanation: "Explanation", *, several: bool) -> Fields:
    """Return what predict writes of an explanation: which label it is of, where several could."""
    units = [
        each._replace(contribution=round(each.contribution, _DECIMALS) + 0.0)._asdict()
        for each in explanation.contributions
    ]
    return {**({"explained": explanation.label} if several else {}), "explanation": units}


def _columns(rows: Sequence[Fields]) -> list[str]:
    """Return the columns that any row has, those of explanations last."""
    names = dict.fromkeys(name for fields in rows for name in fields)
    last = [name for name in ("explained", "explanation") if name in names]
    return [*(name for name in names if name not in last), *last]


def _jsonl(rows: Sequence[Fields]) -> Iterator[bytes]:
    for fields in rows:
        yield (json.dumps(fields, ensure_ascii=False) + "\n").encode(errors="replace")


def _csv(rows: Sequence[Fields]) -> Iterator[bytes]:
    columns = _columns(rows)
    yield csv_row(columns)
    for fields in rows:
        yield csv_row([cell(fields.get(name)) for name in columns])


def _tsv(rows: Sequence[Fields]) -> Iterator[bytes]:
    # As predict writes it, the text last: then the escapes in it are undone where it is read.
    moved = ["answer", "model", "text"]
    ordered = [*(name for name in _columns(rows) if name not in moved), *moved]
    yield tsv_row(ordered)
    for fields in rows:
        yield tsv_row([cell(fields.get(name)) for name in ordered])


_ENCODERS: dict[str, Callable[[Sequence[Fields]], Iterator[bytes]]] = {
    "csv": _csv,
    "tsv": _tsv,
    "jsonl": _jsonl,
}
_ENDINGS = {".csv", ".tsv", ".jsonl", ".ndjson"}
