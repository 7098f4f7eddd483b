"""Records and what was predicted of them, to a file or standard output."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.destination import STDOUT, Destination, open_destination
from lstm_sentiment_cli.records.encoders import (
    CsvEncoder,
    Encoder,
    Explained,
    FloatMatrix,
    JsonLinesEncoder,
    TsvEncoder,
)
from lstm_sentiment_cli.records.formats import OUTPUT_FORMATS, check_format
from lstm_sentiment_cli.records.output_columns import check_free, our_columns
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import BrokenInputError


class Writer:
    """Writes windows of records; as a context manager, keeps or discards them as a whole.

    An error on the way discards a file's output and leaves an older file as it was. Only
    BrokenInputError keeps it: the records before the break are good.
    """

    def __init__(self, destination: Destination, encoder: Encoder) -> None:
        self._destination = destination
        self._encoder = encoder

    def write(
        self,
        records: Sequence[Record],
        predicted: Sequence[str],
        probabilities: FloatMatrix,
        explained: Sequence[Explained] = (),
    ) -> None:
        """Write one window; a record without a text gets an empty (null) prediction.

        explained are the values of the columns of an explanation, where the writer has them.
        """
        self._encoder.write(records, predicted, probabilities, explained)

    def close(self) -> None:
        """Keep what was written."""
        self._encoder.finish()
        self._destination.commit()

    def discard(self) -> None:
        """Throw away what was written to a file."""
        self._destination.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and not isinstance(error, BrokenInputError):
            self.discard()
            return
        try:
            self.close()
        except BaseException:
            self.discard()
            raise


def open_writer(
    format: str,  # noqa: A002  # the option's name
    path: str,
    *,
    labels: Sequence[str],
    reader_columns: Sequence[str] = (),
    text_column: str = "text",
    header: bool = False,
    prefix: str = "",
    explained: bool = False,
    force: bool = False,
) -> Writer:
    """Open a file, or "-" for standard output, to write records of these columns to.

    prefix is put before the names of our columns: predicted and p_LABEL, and, where records are
    explained, explanation.
    """
    check_format(format, OUTPUT_FORMATS)
    columns = list(reader_columns) or [text_column]
    ours = our_columns(labels, prefix, explained=explained)
    if format != "tsv":
        check_free(columns, ours.names)
    if format == "parquet" and path == STDOUT and sys.stdout.isatty():
        raise SentimentError("parquet is not for a terminal; name a file with --output")
    destination = open_destination(path, force=force)
    try:
        put = destination.write
        if format == "tsv":
            return Writer(destination, TsvEncoder(put, ours, header=header))
        if format == "csv":
            return Writer(destination, CsvEncoder(put, columns, text_column, ours))
        if format == "jsonl":
            return Writer(destination, JsonLinesEncoder(put, text_column, ours))
        from lstm_sentiment_cli.records.parquet import ParquetEncoder

        return Writer(destination, ParquetEncoder(put, columns, text_column, ours))
    except BaseException:
        destination.discard()
        raise
