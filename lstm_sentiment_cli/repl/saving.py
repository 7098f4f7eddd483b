"""Answers of a conversation into a file."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.destination import open_destination
from lstm_sentiment_cli.records.formats import format_of
from lstm_sentiment_cli.records.rows import csv_row, tsv_row
from lstm_sentiment_cli.repl.answers import Answer

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation

Fields = dict[str, object]

_DECIMALS = 4


def save_answers(path: Path, answers: Sequence[Answer]) -> None:
    """Write answers, oldest first, in the format of the file's ending; an old file is kept.

    The columns are text, model, predicted, and the probabilities of every label that any of the
    models has; those of other models are left empty, in jsonl left out.
    """
    encode = _ENCODERS.get(format_of(path.name) or "")
    if encode is None or path.suffix.lower() not in _ENDINGS:
        raise SentimentError(f"{path} ends in none of .csv, .tsv and .jsonl; name it so")
    if os.path.lexists(path):
        raise SentimentError(f"{path} is there already; choose another name, or remove it")
    destination = open_destination(os.fspath(path), force=False)
    try:
        for line in encode(answers):
            destination.write(line)
        destination.commit()
    except BaseException:
        destination.discard()
        raise


def _fields(answer: Answer) -> Fields:
    probabilities = answer.prediction.probabilities
    return {
        "text": answer.text,
        "model": answer.model,
        "predicted": answer.prediction.predicted,
        **{f"p_{label}": round(value, 6) for label, value in probabilities.items()},
    }


def _all_answers(answers: Iterable[Answer]) -> Iterator[Answer]:
    """Yield each answer, and behind it that of the model it was compared with."""
    for answer in answers:
        yield answer
        if answer.compared is not None:
            yield answer.compared


def _jsonl(answers: Sequence[Answer]) -> Iterator[bytes]:
    for answer in _all_answers(answers):
        fields = _fields(answer)
        if explanation := answer.explanation:
            fields |= _explained(explanation, several=len(answer.predictor.labels) > 2)
        yield (json.dumps(fields, ensure_ascii=False) + "\n").encode(errors="replace")


def _explained(explanation: "Explanation", *, several: bool) -> Fields:
    """Return what predict writes of an explanation: which label it is of, where several could."""
    units = [
        each._replace(contribution=round(each.contribution, _DECIMALS) + 0.0)._asdict()
        for each in explanation.contributions
    ]
    return {**({"explained": explanation.label} if several else {}), "explanation": units}


def _rows(answers: Sequence[Answer]) -> tuple[list[str], list[Fields]]:
    """Return the columns that any answer has, and each answer's fields."""
    rows = [_fields(answer) for answer in _all_answers(answers)]
    return list(dict.fromkeys(name for fields in rows for name in fields)), rows


def _csv(answers: Sequence[Answer]) -> Iterator[bytes]:
    columns, rows = _rows(answers)
    yield csv_row(columns)
    for fields in rows:
        yield csv_row([str(fields.get(name, "")) for name in columns])


def _tsv(answers: Sequence[Answer]) -> Iterator[bytes]:
    columns, rows = _rows(answers)
    # As predict writes it, the text last: then the escapes in it are undone where it is read.
    ordered = [*(name for name in columns if name not in {"model", "text"}), "model", "text"]
    yield tsv_row(ordered)
    for fields in rows:
        yield tsv_row([str(fields.get(name, "")) for name in ordered])


_ENCODERS: dict[str, Callable[[Sequence[Answer]], Iterator[bytes]]] = {
    "csv": _csv,
    "tsv": _tsv,
    "jsonl": _jsonl,
}
_ENDINGS = {".csv", ".tsv", ".jsonl", ".ndjson"}
