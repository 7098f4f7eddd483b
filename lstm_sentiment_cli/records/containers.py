"""Files, standard input and pipes as blocks of bytes, with compression undone."""

import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedIOBase, BufferedReader, FileIO
from os import fstat
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, cast

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.records.formats import CONTAINERS

if TYPE_CHECKING:
    from zipfile import ZipFile

STDIN = "-"
_BLOCK_BYTES = 256 * 1024
# An error in a compressed stream loses what the same call had unpacked before it: ask for little.
_UNPACKED_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class ByteStream:
    """The bytes of one input."""

    name: str
    """What tells the format: the path, or the name inside a zip file."""
    blocks: Iterator[bytes]
    """What is there, up to 256 KiB at a time."""
    close: Callable[[], None]
    """To be called by who has read the blocks."""
    waits: bool
    """Whether reading can have to wait for another program or a person."""


def breaks() -> tuple[type[Exception], ...]:
    """Return the errors that a damaged container raises."""
    import lzma
    import zipfile
    import zlib

    # RuntimeError: a zip file that wants a password.
    return OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile


def shown(path: str) -> str:
    """Return how errors call this input."""
    return "standard input" if path == STDIN else path


def open_bytes(path: str) -> ByteStream:
    """Open a file, a pipe or "-", by its ending compressed; raise SentimentError if it cannot."""
    if path == STDIN:
        return _open_stdin()
    closing = ExitStack()
    file = closing.enter_context(open_file(path))
    try:
        name, read = _unpacking(path, file, closing)
    except breaks() as error:
        closing.close()
        raise SentimentError(f"cannot unpack {path}: {error}; make or fetch it again") from None
    except SentimentError:
        closing.close()
        raise
    return ByteStream(name, _blocks(read), closing.close, waits=_can_wait(file.fileno()))


def open_file(path: str) -> FileIO:
    """Open a file as it is; raise SentimentError if it cannot be."""
    try:
        if Path(path).is_dir():  # raises too, for a name that is too long
            raise SentimentError(f"{path} is a directory; name the files in it")
        return FileIO(path)
    except FileNotFoundError:
        raise SentimentError(f"no such file: {path}{_nearby(path)}") from None
    except PermissionError:
        raise SentimentError(
            f"no permission to read {path}; allow it (chmod u+r) or copy the file"
        ) from None
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {error.strerror}; check the path") from None


def _open_stdin() -> ByteStream:
    if sys.stdin is None:
        raise SentimentError("standard input is closed; name a file with --input")
    buffered = sys.stdin.buffer
    # The raw file: a thread that waits in the buffered one holds a lock that Python needs at exit.
    stream = getattr(buffered, "raw", buffered)
    try:
        waits = _can_wait(stream.fileno())
    except OSError:  # an object in memory
        waits = False
    blocks = _blocks(lambda: stream.read(_BLOCK_BYTES))
    return ByteStream(STDIN, blocks, ExitStack().close, waits=waits)


def _can_wait(descriptor: int) -> bool:
    return not stat.S_ISREG(fstat(descriptor).st_mode)


def _blocks(read: Callable[[], bytes | None]) -> Iterator[bytes]:
    while (block := read()) != b"":
        if block is None:  # a pipe that somebody made non-blocking has nothing yet
            sleep(0.01)
        else:
            yield block


def _unpacking(
    path: str, file: FileIO, closing: ExitStack
) -> tuple[str, Callable[[], bytes | None]]:
    """Return what names the format, and how to read the next block."""
    ending = Path(path).suffix.lower()
    if ending not in CONTAINERS:
        return path, lambda: file.read(_BLOCK_BYTES)
    name, packed = path, closing.enter_context(BufferedReader(file))
    if ending == ".zip":
        from zipfile import ZipFile

        archive = closing.enter_context(ZipFile(packed))
        name = _only_member(archive, path)
        unpacked = cast("BufferedIOBase", archive.open(name))
    else:
        unpacked = _unpacker(ending, packed)
    closing.enter_context(unpacked)
    return name, lambda: unpacked.read1(_UNPACKED_BYTES)


def _unpacker(ending: str, packed: "BufferedReader[FileIO]") -> BufferedIOBase:
    """Import only what the ending needs: most inputs are not compressed, and start sooner."""
    if ending == ".gz":
        from gzip import GzipFile

        return GzipFile(fileobj=packed)
    if ending == ".bz2":
        from bz2 import BZ2File

        return BZ2File(packed)
    from lzma import LZMAFile

    return LZMAFile(packed)


def _only_member(archive: "ZipFile", path: str) -> str:
    members = [info.filename for info in archive.infolist() if not info.is_dir()]
    if len(members) != 1:
        listed = ": " + ", ".join(members) if members else ""
        raise SentimentError(
            f"{path} must hold exactly one file, it holds {len(members)}{listed}; "
            "unpack it and name one of them"
        )
    return members[0]


def _nearby(path: str) -> str:
    """Return the name in the same folder that was probably meant, as a hint."""
    name = Path(path)
    try:
        there = [entry.name for entry in name.parent.iterdir()]
    except OSError:
        return "; check the path"
    return suggestion(name.name, there) or "; check the path"
