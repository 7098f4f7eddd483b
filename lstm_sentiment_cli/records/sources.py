"""The lines of an input; a thread reads ahead, so that one knows whether the next must wait."""

from collections.abc import Callable, Iterator
from queue import Queue
from threading import Event, Thread

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.containers import breaks, open_bytes, shown
from lstm_sentiment_cli.records.encoding import check_encoding, to_utf8

_QUEUED_BLOCKS = 8


class BrokenInputError(SentimentError):
    """The input broke off: the records before this are whole, and what was made of them is kept."""


class LineSource:
    r"""Yields the bytes between newlines, without them: b"a\r\nb" → b"a\r", b"b".

    A last line needs no newline. Where the input breaks off, the whole lines before it come
    first, then BrokenInputError.
    """

    def __init__(
        self,
        blocks: Iterator[bytes],
        name: str,
        *,
        waits: bool,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._waits = waits
        self._lines: list[bytes] = []  # received; those before _next are taken
        self._next = 0
        self._unfinished: list[bytes] = []  # pieces of the line whose end has not come yet
        self._ended = False
        self._error: Exception | None = None
        self._queue: Queue[bytes | Exception | None] = Queue(_QUEUED_BLOCKS)
        self._stopped = Event()
        arguments = (blocks, close, self._queue, self._stopped)
        Thread(target=_read_ahead, args=arguments, daemon=True).start()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        lines = self.take(1)
        if not lines:
            raise StopIteration
        return lines[0]

    def take(self, size: int) -> list[bytes]:
        """Return what can be had without waiting: at least one line, at most size; [] at the end.

        A regular file is not waited for: it gives size lines until it ends.
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
        """Have lines that were taken come first again."""
        self._lines[: self._next] = lines
        self._next = 0

    def close(self) -> None:
        """Let the thread end; a thread that waits for a pipe ends with the program."""
        self._stopped.set()
        while not self._queue.empty():  # makes room for what the thread is about to put
            self._queue.get()
        self._ended = True

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


def open_source(path: str, encoding: str = "utf-8") -> LineSource:
    """Open a file, a pipe or "-" (standard input), plain or .gz .bz2 .xz .zip, as lines of UTF-8.

    Lines that hold bytes of no character are given as lines that are not UTF-8.
    """
    check_encoding(encoding)
    stream = open_bytes(path)
    blocks = _named_errors(to_utf8(stream.blocks, encoding), shown(path))
    return LineSource(blocks, stream.name, waits=stream.waits, close=stream.close)


def _named_errors(blocks: Iterator[bytes], path: str) -> Iterator[bytes]:
    try:
        yield from blocks
    except breaks() as error:
        raise BrokenInputError(
            f"{path} is broken: {error}; the records before it are good, "
            "make or fetch the file again for the rest"
        ) from error
    except UnicodeError as error:
        raise SentimentError(f"{path}: {error}; name another encoding with --encoding") from error


def _read_ahead(
    blocks: Iterator[bytes],
    close: Callable[[], None],
    queue: "Queue[bytes | Exception | None]",
    stopped: Event,
) -> None:
    """Put each block, then None or the error that ended them, until told to stop."""
    end: Exception | None = None
    try:
        for block in blocks:
            if stopped.is_set():
                return
            queue.put(block)
    except Exception as error:  # raised again where the lines are taken
        end = error
    finally:
        close()
    queue.put(end)
