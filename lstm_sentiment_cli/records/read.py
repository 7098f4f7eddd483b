"""Any input as records: the format by name or by ending."""

from collections.abc import Callable
from os import PathLike, fspath

from lstm_sentiment_cli.records.delimited import open_csv, open_tsv
from lstm_sentiment_cli.records.formats import INPUT_FORMATS, check_format, format_of
from lstm_sentiment_cli.records.lines import open_jsonl, open_lines
from lstm_sentiment_cli.records.record import RecordReader
from lstm_sentiment_cli.records.sources import LineSource, open_source, shown

_TEXT_FORMATS: dict[str, Callable[[LineSource, str, str | None], RecordReader]] = {
    "lines": open_lines,
    "csv": open_csv,
    "tsv": open_tsv,
    "jsonl": open_jsonl,
}


def open_records(
    path: str | PathLike[str],
    *,
    format: str | None = None,  # noqa: A002  # the option's name
    text_column: str | None = None,
    encoding: str = "utf-8",
) -> RecordReader:
    """Open a file, or "-" for standard input, in a format that its ending tells if none is given.

    "a.csv.gz" is csv; standard input and endings that tell nothing are plain lines.
    """
    path = fspath(path)
    if format is not None:
        check_format(format, INPUT_FORMATS, "input_format")
    if (format or format_of(path)) == "parquet":
        from lstm_sentiment_cli.records.parquet import ParquetReader

        return ParquetReader(path, text_column)
    source = open_source(path, encoding)
    try:
        chosen = format or format_of(source.name) or "lines"
        return _TEXT_FORMATS[chosen](source, shown(path), text_column)
    except BaseException:
        source.close()
        raise
