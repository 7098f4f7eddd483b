"""Records and their predictions, to a file or standard output."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from time import sleep
from typing import Protocol

from lstm_sentiment_cli.atomic import AtomicFile, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoders import Encoder, RowsEncoder, Window
from lstm_sentiment_cli.records.formats import FORMATS, OUTPUT_FORMATS, check_format, is_uri
from lstm_sentiment_cli.records.record import OutputColumns, check_free
from lstm_sentiment_cli.records.sources import BrokenInputError

STDOUT = "-"
_OTHERWISE = "or name another file"


class StreamDestination:
    """Passes on at once what is written: to standard output, a device or a pipe."""

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

    def write(self, data: bytes) -> None:
        """Write all of it now: whoever reads a slow pipe gets each answer at once."""
        rest = memoryview(b"" if self._discarded else data)
        with writing(self._shown, _OTHERWISE):
            while rest:
                written = self._file.write(rest)
                if written is None:  # a pipe that somebody made non-blocking is full
                    sleep(0.01)
                rest = rest[written or 0 :]

    def commit(self) -> None:
        """Close what was opened here."""
        if self._path != STDOUT:
            self._file.close()

    def discard(self) -> None:
        """Pass on nothing more; what was written cannot be taken back."""
        self._discarded = True
        self.commit()


class Destination(Protocol):
    """Takes bytes, until they are kept or thrown away."""

    def write(self, data: bytes) -> None:
        """Take some bytes; after `discard`, none."""

    def commit(self) -> None:
        """Keep all of them."""

    def discard(self) -> None:
        """Throw them away, as far as they can be taken back."""


def write_whole(destination: Destination, data: bytes) -> None:
    """Write all of it, and keep it; nothing of it where that fails."""
    try:
        destination.write(data)
    except BaseException:
        destination.discard()
        raise
    destination.commit()


def open_destination(path: str, *, force: bool) -> Destination:
    """Open standard output ("-"), a device, a pipe or a file, which may be elsewhere."""
    if is_uri(path):
        from lstm_sentiment_cli.records.storage import Upload  # most files are here

        return Upload(path, _OTHERWISE)
    # Asking for a name that is too long raises already.
    with writing(path, _OTHERWISE):
        target = Path(path)
        if path == STDOUT or (target.exists() and not target.is_file() and not target.is_dir()):
            return StreamDestination(path)
        if target.is_dir():
            raise SentimentError(f"cannot write {path}: it is a folder; name a file in it")
        if not target.parent.is_dir():
            raise SentimentError(
                f"cannot write {path}: there is no folder {target.parent}; create it"
            )
        if target.exists() and not force:
            raise SentimentError(
                f"{path} already exists; replace it with --force, or name another file"
            )
        return AtomicFile(path, _OTHERWISE)


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An output, and how it is to be written."""

    path: str = STDOUT
    format: str = "tsv"
    header: bool = False  # whether tsv begins with the names of its columns
    force: bool = False  # whether an older file is replaced


@contextmanager
def open_writer(
    file: OutputFile, columns: OutputColumns, say: Callable[[str], None] = lambda _: None
) -> Iterator[Callable[[Window], None]]:
    """Open a file, or "-" for standard output; yield a function that writes a window.

    An error on the way discards a file's output and leaves an older file as it was. Only
    BrokenInputError keeps it: the records before the break are good.
    """
    encoder = _encoder(file, columns)
    destination = open_destination(file.path, force=file.force)
    header, broken = encoder.header, None

    def write(window: Window) -> None:
        nonlocal header
        destination.write(header + encoder.encode(window))
        header = b""

    try:
        try:
            yield write
        except BrokenInputError as error:
            broken = error
        destination.write(header)
        for part in encoder.finish():
            destination.write(part)
        destination.commit()
    except BaseException:
        destination.discard()
        raise
    finally:
        encoder.close()
    for remark in encoder.remarks():
        say(remark)
    if broken:
        raise broken


def write_rows(
    file: OutputFile, columns: Sequence[str], rows: Sequence[Mapping[str, object]]
) -> None:
    """Write some rows under the names of their columns, all of them or none."""
    check_format(file.format, OUTPUT_FORMATS, "format")
    format_ = FORMATS[file.format]
    _refuse_binary(file)
    if format_.rows:
        written = format_.load("rows")(columns)
        lines = written.lines((row, ()) for row in rows)
        data = (written.header() + lines).encode(errors="replace")
    else:
        from lstm_sentiment_cli.records.parquet import encoded

        data = encoded(columns, rows)
    write_whole(open_destination(file.path, force=file.force), data)


def _refuse_binary(file: OutputFile) -> None:
    if FORMATS[file.format].binary and file.path == STDOUT and sys.stdout.isatty():
        raise SentimentError(
            f"{file.format} is not for a terminal; name a file with --output", "format"
        )


def _encoder(file: OutputFile, columns: OutputColumns) -> Encoder:
    check_format(file.format, OUTPUT_FORMATS, "format")
    format_ = FORMATS[file.format]
    if format_.same_columns or not format_.encoder:
        check_free(columns.input, columns.ours)
    _refuse_binary(file)
    if format_.encoder:
        encoder: Encoder = format_.load("encoder")(columns, header=file.header)
        return encoder
    rows = format_.load("rows")(columns.input, columns.ours)
    return RowsEncoder(rows, columns, same_columns=format_.same_columns)
