"""The lines of an input: opened, unpacked, decoded, and read ahead by a thread.

The thread shows whether the next line must be waited for.
"""

import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from io import SEEK_END, BufferedReader, FileIO, RawIOBase
from os import fstat
from pathlib import Path
from queue import Queue
from threading import Thread
from time import sleep
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import listed
from lstm_sentiment_cli.records.decoding import (
    check_encoding,
    checked,
    looks_like_cp1252,
    to_utf8,
    with_newlines,
)
from lstm_sentiment_cli.records.formats import CONTAINERS, ending_of, is_uri

STDIN = "-"
_BLOCK_BYTES = 256 * 1024
# An error in a compressed stream loses what the same call unpacked before it: ask for little.
_UNPACKED_BYTES = 16 * 1024
_QUEUED_BLOCKS = 8
# Memory is bounded by these, whatever is read: devices without end, small files that unpack to
# large ones.
LONGEST_LINE = 128 * 1024**2
_TAKEN_BYTES = 32 * 1024**2  # received at a time, even if that is fewer lines than were asked for
_NO_LINES_BYTES = 1024**3  # without a newline: what is read has no lines

# Stands for a line that was too long to keep; it is recognised by identity.
TOO_LONG = b"(too long)"
TOO_LONG_PROBLEM = f"longer than {LONGEST_LINE // 1024**2} MiB"

Read = Callable[[], bytes | None]
"""Returns the next bytes: b"" at the end, None while there are none yet."""


class BrokenInputError(SentimentError):
    """The input broke off: the records before are good, and their results are kept."""


def open_source(
    path: str,
    encoding: str = "utf-8",
    change: Callable[[str, Iterator[bytes]], Iterator[bytes]] = lambda _, blocks: blocks,
) -> "LineSource":
    """Open a file, a pipe or "-" (standard input), plain or packed, as lines of UTF-8.

    Lines with bytes that this encoding cannot decode become lines that are not UTF-8. `change`
    gets the name that tells the format, and what is to be split into lines.
    """
    check_encoding(encoding)
    with ExitStack() as closing:
        name, read, waits = _open_stdin() if path == STDIN else _open_path(path, closing)
        blocks = to_utf8(checked(_blocks(read), shown(path), encoding), encoding)
        blocks = change(name, with_newlines(_named_errors(blocks, shown(path))))
        return LineSource(blocks, name, waits=waits, close=closing.pop_all().close)


class LineSource:
    r"""Gives the bytes between newlines, without them: b"a\r\nb" → b"a\r", b"b".

    The last line needs no newline. A line beyond LONGEST_LINE is TOO_LONG instead. If the input
    breaks off, the whole lines before come first, then BrokenInputError. `name` tells the format:
    it is the path, or a name inside a zip file.
    """

    def __init__(
        self,
        blocks: Iterator[bytes],
        name: str,
        *,
        waits: bool,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        """Read these blocks; with `waits`, another program or a person may keep us waiting."""
        self.name = name
        self.undecodable = 0  # lines so far with bytes that cannot be decoded
        self._western = 0  # those of them that cp1252 can decode, and that look like it
        self.fallback: str | None = None  # encoding of the lines that are not UTF-8, if it is known
        self._waits = waits
        self._lines: list[bytes] = []  # received; those before _next have been taken
        self._next = 0
        self._unfinished: list[bytes] = []  # pieces of the line whose end has not come yet
        self._length = 0  # bytes of that line
        self._ended = False
        self._error: Exception | None = None
        self._queue: Queue[bytes | Exception | None] = Queue(_QUEUED_BLOCKS)
        self._stopped = False
        Thread(target=self._read_ahead, args=(blocks, close), daemon=True).start()

    def take(self, size: int) -> list[bytes]:
        """Return the lines that are there: at least one, at most size; [] at the end.

        Reading a regular file is not waiting: it gives size lines until it ends, or as many as
        are enough for memory.
        """
        received = 0
        while self._count() < size and not self._ended:
            if self._count() and (received > _TAKEN_BYTES or self._must_wait()):
                break
            received += self._receive()
        if not self._count() and self._error is not None:
            raise self._error
        first, self._next = self._next, min(self._next + size, len(self._lines))
        return self._lines[first : self._next]

    @property
    def idle(self) -> bool:
        """Whether the next line would have to be waited for."""
        while not self._count() and not self._ended and not self._must_wait():
            self._receive()
        return not self._count() and not self._ended

    def put_back(self, lines: list[bytes]) -> None:
        """Give lines that were taken once more."""
        self._lines[: self._next] = lines
        self._next = 0

    @property
    def likely_encoding(self) -> str | None:
        """The encoding that most lines that cannot be decoded seem to have."""
        return "cp1252" if 2 * self._western > self.undecodable else None

    def decode(self, line: bytes) -> str:
        """Return the characters of one line."""
        try:
            return line.decode()
        except UnicodeDecodeError:
            if self.fallback:
                return line.decode(self.fallback)
            self.undecodable += 1
            self._western += looks_like_cp1252(line)
            return line.decode(errors="replace")

    def decode_all(self, lines: list[bytes]) -> list[str]:
        """Return the characters of each line."""
        try:
            return [line.decode() for line in lines]
        except UnicodeDecodeError:
            return [self.decode(line) for line in lines]

    def close(self) -> None:
        """Let the thread end; a thread that waits for a pipe ends with the program."""
        self._stopped = True
        while not self._queue.empty():  # makes room for what the thread is about to put
            self._queue.get()
        self._ended = True

    def _read_ahead(self, blocks: Iterator[bytes], close: Callable[[], None]) -> None:
        """Put each block, then None or the error that ended them, until told to stop."""
        end: Exception | None = None
        try:
            for block in blocks:
                if self._stopped:
                    return
                self._queue.put(block)
        except Exception as error:  # raised again where the lines are taken
            end = error
        finally:
            close()
        self._queue.put(end)

    def _count(self) -> int:
        return len(self._lines) - self._next

    def _must_wait(self) -> bool:
        return self._waits and self._queue.empty()

    def _receive(self) -> int:
        """Take over the next block, waiting for it if need be; return its bytes."""
        block = self._queue.get()
        if not isinstance(block, bytes):
            self._end(block)
            return 0
        first, *rest = block.split(b"\n")
        self._unfinished.append(first)
        self._length += len(first)
        if rest:
            del self._lines[: self._next]
            self._next = 0
            self._lines.append(self._whole())
            self._unfinished = [rest.pop()]
            self._length = len(self._unfinished[0])
            self._lines.extend(rest)
        elif self._length > LONGEST_LINE:
            self._unfinished.clear()
            if self._length > _NO_LINES_BYTES:
                self.close()
                self._end(
                    BrokenInputError(
                        f"{shown(self.name)} goes on without a line break for more than "
                        f"{_NO_LINES_BYTES // 1024**3} GiB; the records before are good, give lines"
                    )
                )
        return len(block)

    def _whole(self) -> bytes:
        return TOO_LONG if self._length > LONGEST_LINE else b"".join(self._unfinished)

    def _end(self, error: Exception | None) -> None:
        self._ended = True
        self._error = error
        if self._length and error is None:
            self._lines.append(self._whole())


def shown(path: str) -> str:
    """Return how errors name an input."""
    return "standard input" if path == STDIN else path


def open_file(path: str) -> RawIOBase:
    """Open a file, here or elsewhere, as it is; raise SentimentError if that fails."""
    if is_uri(path):
        from lstm_sentiment_cli.records.storage import open_stored  # most files are here

        return open_stored(path)
    try:
        if not Path(path).is_dir():  # raises too, for a name that is too long
            return FileIO(path)
        problem = f"{path} is a folder; name the files in it"
    except FileNotFoundError:
        problem = f"no such file: {path}{_nearby(Path(path))}"
    except PermissionError:
        problem = f"no permission to read {path}; make it readable (chmod u+r)"
    except OSError as error:
        problem = f"cannot read {path}: {error.strerror}; check the path"
    raise SentimentError(problem, "input")


def _nearby(path: Path) -> str:
    """Return the name in the same folder that was probably meant, as a hint."""
    try:
        there = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        there = []
    return suggestion(path.name, there) or "; check the path"


def _open_stdin() -> tuple[str, Read, bool]:
    if sys.stdin is None:
        raise SentimentError("standard input is closed; name a file with --input")
    buffered = sys.stdin.buffer
    # The raw file: a thread that waits in the buffered one holds a lock that Python needs at exit.
    stream = getattr(buffered, "raw", buffered)
    try:
        waits = _can_wait(stream.fileno())
    except OSError:  # an object in memory
        waits = False
    return STDIN, lambda: stream.read(_BLOCK_BYTES), waits


def _open_path(path: str, closing: ExitStack) -> tuple[str, Read, bool]:
    """Return what names the format, how to read, and whether that may have to wait."""
    file = closing.enter_context(open_file(path))
    waits = isinstance(file, FileIO) and _can_wait(file.fileno())
    if ending_of(path) not in CONTAINERS:
        return path, lambda: file.read(_BLOCK_BYTES), waits
    try:
        name, blocks = _unpacked(path, file, closing)
    except _breaks() as error:
        raise _not_unpacked(path, error) from None
    return name, partial(next, blocks, b""), waits


def _can_wait(descriptor: int) -> bool:
    return not stat.S_ISREG(fstat(descriptor).st_mode)


def _unpacked(path: str, file: RawIOBase, closing: ExitStack) -> tuple[str, Iterator[bytes]]:
    """Return the name inside a container, and its content; import only what the extension needs."""
    packed = closing.enter_context(BufferedReader(file))
    ending = ending_of(path)
    if ending == ".zip":
        return _unzipped(path, packed, closing)
    if not packed.peek(1):
        raise EOFError("it is empty")
    if ending == ".gz":
        from gzip import GzipFile

        unzipped = closing.enter_context(GzipFile(fileobj=packed))
        return path, iter(lambda: unzipped.read1(_UNPACKED_BYTES), b"")
    if ending == ".bz2":
        from bz2 import BZ2Decompressor

        return path, _streams(packed, BZ2Decompressor)
    from lzma import LZMADecompressor

    return path, _streams(packed, LZMADecompressor)


def _streams(
    packed: "BufferedReader[RawIOBase]", decompressor: Callable[[], Any]
) -> Iterator[bytes]:
    """Yield what one stream after the other unpacks to; zero bytes may stand between them.

    bz2.open and lzma.open pass over whatever stands behind a stream, be it the rest of the data.
    """
    data, stream = b"", None
    while data := data or packed.read(_UNPACKED_BYTES):
        if stream is None:
            data = data.lstrip(b"\0")
            stream = decompressor() if data else None
        while stream and not stream.eof and (data or not stream.needs_input):
            if block := stream.decompress(data, _UNPACKED_BYTES):
                yield block
            data = b""
        if stream and stream.eof:
            data, stream = stream.unused_data, None
    if stream:
        raise EOFError("it ends before the end of its compressed data")


def _unzipped(
    path: str, packed: "BufferedReader[RawIOBase]", closing: ExitStack
) -> tuple[str, Iterator[bytes]]:
    from zipfile import ZipFile

    archive = closing.enter_context(ZipFile(packed))
    members = [info.filename for info in archive.infolist() if not info.is_dir()]
    if len(members) != 1:
        raise SentimentError(
            f"{path} must hold exactly one file, it holds {len(members):,}"
            f"{': ' if members else ''}{listed(members)}; unpack it and name one of them",
            "input",
        )
    _check_only_archive(path, packed, archive)
    opened: Any = closing.enter_context(archive.open(members[0]))
    return members[0], iter(lambda: opened.read1(_UNPACKED_BYTES), b"")


_END_OF_ZIP = b"PK\x05\x06"
_END_OF_ZIP_BYTES = 22


def _check_only_archive(path: str, packed: "BufferedReader[RawIOBase]", archive: Any) -> None:
    """Raise SentimentError if there is more than this zip archive: `cat a.zip b.zip` is b.zip."""
    first = min(info.header_offset for info in archive.infolist())
    size = packed.seek(0, SEEK_END)
    packed.seek(max(0, size - 2**16 - _END_OF_ZIP_BYTES))  # a comment is shorter than 2**16
    end = packed.read().rpartition(_END_OF_ZIP)[2][_END_OF_ZIP_BYTES - len(_END_OF_ZIP) :]
    if first or end[len(archive.comment) :].strip(b"\0"):
        raise SentimentError(
            f"{path} has more than one zip archive in it; unpack it and name the file in it",
            "input",
        )


def _breaks() -> tuple[type[Exception], ...]:
    """Return the errors that a damaged container raises."""
    import lzma
    import zipfile
    import zlib

    # RuntimeError: a zip file that wants a password.
    return OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile


def _not_unpacked(path: str, error: Exception) -> SentimentError:
    """Return the error for a container from which nothing could be unpacked."""
    ending = ending_of(path)
    problem = f"{path} is not {'gzip' if ending == '.gz' else ending[1:]} data"
    way_on = f"make or fetch it again, or leave {ending} out of its name if it is not compressed"
    # One that is cut, has a password, or is on a broken disk.
    if isinstance(error, EOFError | RuntimeError) or getattr(error, "errno", None):
        problem, way_on = f"cannot unpack {path}: {error}", "make or fetch it again"
    return SentimentError(f"{problem}; {way_on}", "input")


def _blocks(read: Read) -> Iterator[bytes]:
    while (block := read()) != b"":
        if block is None:  # a pipe that somebody made non-blocking has nothing yet
            sleep(0.01)
        else:
            yield block


def _named_errors(blocks: Iterator[bytes], path: str) -> Iterator[bytes]:
    begun = False
    try:
        for block in blocks:
            begun = True
            yield block
    except _breaks() as error:
        if not begun and ending_of(path) in CONTAINERS:
            raise _not_unpacked(path, error) from error
        raise BrokenInputError(
            f"{path} is broken: {error}; the records before the damage are good; "
            "make or fetch the file again for the rest"
        ) from error
    except UnicodeError as error:
        raise SentimentError(
            f"{path}: {error}; name another encoding with --encoding", "encoding"
        ) from error
