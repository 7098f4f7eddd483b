"""The formats of records: a row for each says how it is recognised, read and written.

Help texts, checks and error messages follow from this table. What reads and writes a format is
named, and imported when the format is used.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import PurePath
from typing import Any, NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion

CONTAINERS = (".gz", ".bz2", ".xz", ".zip")


class Format(NamedTuple):
    """A format; `reader`, `rows` and `encoder` are "module:name" in this folder."""

    name: str
    endings: tuple[str, ...] = ()
    reader: str | None = None  # makes a RecordReader of a LineSource, or if binary of the path
    rows: str | None = None  # the class of Rows that writes it for `predict` and `/save`
    encoder: str | None = None  # the class of Encoder for `predict`: faster than rows, or binary
    same_columns: bool = False  # whether it is written under the columns of the first record
    binary: bool = False

    def load(self, part: str) -> Any:
        """Import what `part` names: "encoder" → TsvEncoder."""
        module, _, name = getattr(self, part).partition(":")
        return getattr(import_module(f"lstm_sentiment_cli.records.{module}"), name)


FORMATS = {
    each.name: each
    for each in (
        Format("lines", reader="reader:open_lines"),
        Format("csv", (".csv",), "delimited:open_csv", "encoders:CsvRows", same_columns=True),
        Format("tsv", (".tsv",), "delimited:open_tsv", "encoders:TsvRows", "encoders:TsvEncoder"),
        Format("jsonl", (".jsonl", ".ndjson"), "reader:open_jsonl", "encoders:JsonRows"),
        Format(
            *("parquet", (".parquet",), "parquet:open_parquet"),
            encoder="parquet:ParquetEncoder",
            same_columns=True,
            binary=True,
        ),
    )
}
INPUT_FORMATS = tuple(name for name, each in FORMATS.items() if each.reader)
OUTPUT_FORMATS = tuple(name for name, each in FORMATS.items() if each.rows or each.encoder)
ROW_FORMATS = tuple(name for name, each in FORMATS.items() if each.rows)
# Those that have columns, and so can have labels.
COLUMN_FORMATS = tuple(name for name in INPUT_FORMATS if FORMATS[name].endings)


def format_of(path: str, known: Sequence[str]) -> str | None:
    """Return which of the known formats the name tells: "a.csv.gz" → "csv", "notes.txt" → None."""
    name = PurePath(path)
    if name.suffix.lower() in CONTAINERS:
        name = name.with_suffix("")
    return next((each for each in known if name.suffix.lower() in FORMATS[each].endings), None)


def check_format(name: str, known: tuple[str, ...], option: str) -> None:
    """Raise SentimentError when this is not the name of one of the known formats."""
    if name not in known:
        what = "unsuitable" if name in FORMATS else "unknown"
        raise SentimentError(
            f"{what} format '{name}'{suggestion(name, known)}; choose from {', '.join(known)}",
            option,
        )


def either(names: Sequence[str]) -> str:
    """Return names as a sentence has them: ("csv", "tsv", "jsonl") → "csv, tsv or jsonl"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
