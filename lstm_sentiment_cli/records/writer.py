"""Records and what was predicted of them, to a file or standard output."""

import sys
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Protocol, Self

from lstm_sentiment_cli.atomic import AtomicFile, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import (
    CsvEncoder,
    Encoder,
    Explained,
    FloatMatrix,
    JsonLinesEncoder,
    TsvEncoder,
)
from lstm_sentiment_cli.records.formats import OUTPUT_FORMATS, check_format
from lstm_sentiment_cli.records.record import Record, check_free, our_columns
from lstm_sentiment_cli.records.sources import BrokenInputError

STDOUT = "-"
_OTHERWISE = "or name another file"


class Destination(Protocol):
    """Takes bytes, until they are kept or thrown away."""

    def write(self, data: bytes) -> int:
        """Take over bytes and say how many."""

    def commit(self) -> None:
        """Keep what was written."""

    def discard(self) -> None:
        """Throw away what was written, as far as nobody has it yet, and what is still to come."""


class StreamDestination:
    """Hands on at once what is written: to standard output, a device or a pipe."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._shown = "standard output" if path == STDOUT else path
        self._discarded = False
        if path == STDOUT:
            sys.stdout.flush()
            # Past the buffer: what failed to be written would fail again when Python ends.
            self._file = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)
        else:
            with writing(path, _OTHERWISE):
                self._file = FileIO(path, "w")

    def write(self, data: bytes) -> int:
        """Write all of it now, so that who reads a slow pipe is answered at once."""
        rest = memoryview(b"" if self._discarded else data)
        with writing(self._shown, _OTHERWISE):
            while rest:
                written = self._file.write(rest)
                if written is None:  # a pipe that somebody made non-blocking is full
                    sleep(0.01)
                rest = rest[written or 0 :]
        return len(data)

    def commit(self) -> None:
        """Close what was opened here."""
        if self._path != STDOUT:
            self._file.close()

    def discard(self) -> None:
        """Hand on nothing more; what was written has left."""
        self._discarded = True
        self.commit()


def open_destination(path: str, *, force: bool) -> Destination:
    """Open standard output ("-"), a device, a pipe or a file."""
    # Asking for a name that is too long raises already.
    with writing(path, _OTHERWISE):
        target = Path(path)
        if path == STDOUT or (target.exists() and not target.is_file() and not target.is_dir()):
            return StreamDestination(path)
        if target.is_dir():
            raise SentimentError(f"cannot write {path}: it is a directory; name a file in it")
        if not target.parent.is_dir():
            raise SentimentError(
                f"cannot write {path}: there is no folder {target.parent}; make it"
            )
        if target.exists() and not force:
            raise SentimentError(
                f"{path} exists already; replace it with --force, or name another file"
            )
        return AtomicFile(path, _OTHERWISE)


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
    check_format(format, OUTPUT_FORMATS, "format")
    columns = list(reader_columns) or [text_column]
    ours = our_columns(labels, prefix, explained=explained)
    if format != "tsv":
        check_free(columns, ours.names)
    if format == "parquet" and path == STDOUT and sys.stdout.isatty():
        raise SentimentError("parquet is not for a terminal; name a file with --output", "format")
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
