"""The lines of an input: opened, unpacked, decoded, and read ahead by a thread.

The thread shows whether the next line must be waited for.
"""

import codecs
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from encodings.aliases import aliases
from importlib import import_module
from io import BufferedReader, FileIO
from itertools import chain
from os import fstat
from pathlib import Path
from queue import Queue
from threading import Thread
from time import sleep
from typing import Any

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.records.formats import CONTAINERS

STDIN = "-"
_BLOCK_BYTES = 256 * 1024
# An error in a compressed stream loses what the same call unpacked before it: ask for little.
_UNPACKED_BYTES = 16 * 1024
_QUEUED_BLOCKS = 8

Read = Callable[[], bytes | None]
"""Returns the next bytes: b"" at the end, None while there are none yet."""


class BrokenInputError(SentimentError):
    """The input broke off: the records before are good, and their results are kept."""


def open_source(path: str, encoding: str = "utf-8") -> "LineSource":
    """Open a file, a pipe or "-" (standard input), plain or packed, as lines of UTF-8.

    Lines with bytes that this encoding cannot decode become lines that are not UTF-8.
    """
    check_encoding(encoding)
    with ExitStack() as closing:
        name, read, waits = _open_stdin() if path == STDIN else _open_path(path, closing)
        blocks = _named_errors(to_utf8(_blocks(read), encoding), shown(path))
        return LineSource(blocks, name, waits=waits, close=closing.pop_all().close)


class LineSource:
    r"""Gives the bytes between newlines, without them: b"a\r\nb" → b"a\r", b"b".

    The last line needs no newline. If the input breaks off, the whole lines before come first,
    then BrokenInputError. `name` tells the format: it is the path, or a name inside a zip file.
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
        self.fallback: str | None = None  # encoding of the lines that are not UTF-8, if it is known
        self._waits = waits
        self._lines: list[bytes] = []  # received; those before _next have been taken
        self._next = 0
        self._unfinished: list[bytes] = []  # pieces of the line whose end has not come yet
        self._ended = False
        self._error: Exception | None = None
        self._queue: Queue[bytes | Exception | None] = Queue(_QUEUED_BLOCKS)
        self._stopped = False
        Thread(target=self._read_ahead, args=(blocks, close), daemon=True).start()

    def take(self, size: int) -> list[bytes]:
        """Return the lines that are there: at least one, at most size; [] at the end.

        Reading a regular file is not waiting: it gives size lines until it ends.
        """
        while self._count() < size and not self._ended:
            if self._count() and self._must_wait():
                break
            self._receive()
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

    def decode(self, line: bytes) -> str:
        """Return the characters of one line."""
        try:
            return line.decode()
        except UnicodeDecodeError:
            if self.fallback:
                return line.decode(self.fallback)
            self.undecodable += 1
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

    def _receive(self) -> None:
        """Take over the next block, waiting for it if need be."""
        block = self._queue.get()
        if isinstance(block, bytes):
            first, *rest = block.split(b"\n")
            self._unfinished.append(first)
            if rest:
                whole = b"".join(self._unfinished)
                self._unfinished = [rest.pop()]
                del self._lines[: self._next]
                self._next = 0
                self._lines.append(whole)
                self._lines.extend(rest)
            return
        self._ended = True
        self._error = block
        last = b"".join(self._unfinished)
        if last and block is None:
            self._lines.append(last)


def shown(path: str) -> str:
    """Return how errors name an input."""
    return "standard input" if path == STDIN else path


def open_file(path: str) -> FileIO:
    """Open a file as it is; raise SentimentError if that fails."""
    try:
        if not Path(path).is_dir():  # raises too, for a name that is too long
            return FileIO(path)
        problem = f"{path} is a directory; name the files in it"
    except FileNotFoundError:
        problem = f"no such file: {path}{_nearby(Path(path))}"
    except PermissionError:
        problem = f"no permission to read {path}; allow it (chmod u+r) or copy the file"
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
    waits = _can_wait(file.fileno())
    if Path(path).suffix.lower() not in CONTAINERS:
        return path, lambda: file.read(_BLOCK_BYTES), waits
    try:
        name, unpacked = _unpacked(path, file, closing)
    except _breaks() as error:
        raise _not_unpacked(path, error) from None
    return name, lambda: unpacked.read1(_UNPACKED_BYTES), waits


def _can_wait(descriptor: int) -> bool:
    return not stat.S_ISREG(fstat(descriptor).st_mode)


def _unpacked(path: str, file: FileIO, closing: ExitStack) -> tuple[str, Any]:
    """Import only what the ending needs: most inputs are not packed, and start sooner."""
    packed = closing.enter_context(BufferedReader(file))
    ending = Path(path).suffix.lower()
    if ending == ".zip":
        from zipfile import ZipFile

        archive = closing.enter_context(ZipFile(packed))
        members = [info.filename for info in archive.infolist() if not info.is_dir()]
        if len(members) != 1:
            listed = ": " + ", ".join(members) if members else ""
            raise SentimentError(
                f"{path} must hold exactly one file, it holds {len(members)}{listed}; "
                "unpack it and name one of them",
                "input",
            )
        path = members[0]
        opened = archive.open(path)
    else:
        module = import_module({".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}[ending])
        opened = module.open(packed)
    return path, closing.enter_context(opened)


def _breaks() -> tuple[type[Exception], ...]:
    """Return the errors that a damaged container raises."""
    import lzma
    import zipfile
    import zlib

    # RuntimeError: a zip file that wants a password.
    return OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile


def _not_unpacked(path: str, error: Exception) -> SentimentError:
    """Return the error of a container that gives nothing."""
    ending = Path(path).suffix.lower()
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
        if not begun and Path(path).suffix.lower() in CONTAINERS:
            raise _not_unpacked(path, error) from error
        raise BrokenInputError(
            f"{path} is broken: {error}; the records before it are good, "
            "make or fetch the file again for the rest"
        ) from error
    except UnicodeError as error:
        raise SentimentError(
            f"{path}: {error}; name another encoding with --encoding", "encoding"
        ) from error


_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UNDECODABLE = "lstm_sentiment_undecodable"


def check_encoding(name: str) -> None:
    """Raise SentimentError when no encoding of text has this name."""
    try:
        b"a".decode(name, "replace")
    except (LookupError, ValueError):
        known = {alias.replace("_", "-") for alias in (*aliases, *aliases.values())}
        raise SentimentError(
            f"unknown encoding '{name}'{suggestion(name.lower(), known)}; "
            "common ones: utf-8, latin-1, cp1252, utf-16",
            "encoding",
        ) from None


def to_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield blocks as UTF-8 without byte order mark; UTF-16 and UTF-32 are recognised by theirs.

    Bytes that cannot be decoded become bytes that are not UTF-8, for LineSource to count.
    """
    if codecs.lookup(encoding).name not in {"utf-8", "utf-8-sig"}:
        yield from _transcoded(blocks, encoding)
        return
    head = _head(blocks)
    for mark, name in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            yield from _transcoded(chain([head], blocks), name)
            return
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _head(blocks: Iterator[bytes]) -> bytes:
    """Return the first bytes: as many as decide whether they begin with a byte order mark."""
    marks = (codecs.BOM_UTF8, *_BYTE_ORDER_MARKS)
    head = b""
    for block in blocks:
        head += block
        if not any(len(head) < len(mark) and mark.startswith(head) for mark in marks):
            break
    return head


def _transcoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(_UNDECODABLE)
    begun = False
    for block in chain(blocks, [b""]):
        text = decoder.decode(block, final=not block)
        if text and not begun:
            begun = True
            text = text.removeprefix("\ufeff")
        yield text.encode("utf-8", _UNDECODABLE)


def _keep_undecodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace what cannot be decoded by what is not UTF-8: the lone byte FF."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    assert isinstance(error, UnicodeEncodeError)
    return b"\xff" * (error.end - error.start), error.end


codecs.register_error(_UNDECODABLE, _keep_undecodable)
