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
    blocks: str | None = None  # changes its bytes before they are lines
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
        Format(
            *("csv", (".csv",), "delimited:open_csv"), rows="encoders:CsvRows", same_columns=True
        ),
        Format(
            *("tsv", (".tsv", ".tab"), "delimited:open_tsv"),
            rows="encoders:TsvRows",
            encoder="encoders:TsvEncoder",
        ),
        Format(
            *("jsonl", (".jsonl", ".ndjson"), "json_objects:open_jsonl", "json_objects:unfolded"),
            rows="encoders:JsonRows",
        ),
        Format("json", (".json",), "json_objects:open_json", "json_objects:unfolded"),
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
    ending = _unpacked(path).suffix.lower()
    return next((each for each in known if ending in FORMATS[each].endings), None)


def is_uri(path: str) -> bool:
    """Return whether this names a place elsewhere: "s3://bucket/a.csv", not "a.csv"."""
    scheme, sign, _ = path.partition("://")
    return bool(sign) and len(scheme) > 1 and scheme.replace("+", "").isalnum()


def ending_of(path: str) -> str:
    """Return the last ending of a name, in lower case: "A.CSV.GZ" → ".gz"."""
    return _name(path).suffix.lower()


def _name(path: str) -> PurePath:
    # What stands behind "?" in a URI says how to reach it.
    return PurePath(path.partition("?")[0] if is_uri(path) else path)


def _unpacked(path: str) -> PurePath:
    name = _name(path)
    return name.with_suffix("") if name.suffix.lower() in CONTAINERS else name


_OF_TEXT = ("", ".txt")  # endings of plain text


def tells_format(path: str, known: Sequence[str]) -> bool:
    """Return whether a name tells one of the known formats, or plain text; "a.dat" does not."""
    return format_of(path, known) is not None or _unpacked(path).suffix.lower() in _OF_TEXT


def hidden_format(path: str) -> str | None:
    """Return the format that stands before another ending: "a.csv.txt", "a.csv.bak" → "csv"."""
    name = _unpacked(path)
    return format_of(name.stem, COLUMN_FORMATS) if name.suffix else None


def output_format(path: str) -> str:
    """Return the format of an output that its name tells; plain text is tsv.

    SentimentError for other endings: "a.json" is no format that is written, nor is "a.xlsx".
    """
    if known := format_of(path, OUTPUT_FORMATS):
        return known
    if tells_format(path, OUTPUT_FORMATS) and not hidden_format(path):
        return "tsv"
    raise SentimentError(
        f"{unwritten(path, OUTPUT_FORMATS)}; rename it, or choose with --format", "output"
    )


def unwritten(path: str, known: Sequence[str]) -> str:
    """Return what is wrong with the name of an output that tells none of the known formats."""
    endings = either([FORMATS[each].endings[0] for each in known])
    hint = " (.jsonl is an object a line)" if ending_of(path) == ".json" else ""
    return f"{path} must end in {endings}{hint}"


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
