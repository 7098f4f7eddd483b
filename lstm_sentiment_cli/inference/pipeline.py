"""Two stages that work at the same time, in order."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def ahead(items: Iterable[T], prepare: Callable[[T], R], depth: int) -> Iterator[R]:
    """Yield prepare(item) in order, prepared by a thread at most `depth` items ahead.

    An exception of `items` or `prepare` is raised here after what came before it.
    The thread is a daemon: it may hang in a read that never ends when nobody listens any more.
    """
    ready: queue.Queue[R | _End] = queue.Queue(depth)
    abandoned = threading.Event()

    def put(value: R | _End) -> bool:
        while not abandoned.is_set():
            try:
                ready.put(value, timeout=_WAIT_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in items:
                if not put(prepare(item)):
                    return
        except BaseException as error:
            put(_End(error))
        else:
            put(_End(None))

    threading.Thread(target=work, daemon=True, name="ahead").start()
    try:
        while True:
            value = ready.get()
            if isinstance(value, _End):
                if value.error is not None:
                    raise value.error
                return
            yield value
    finally:
        abandoned.set()
