"""Ctrl-C during a training: once asks it to finish, twice stops it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Interrupt:
    """Whether the user has asked to finish."""

    requested: bool = False


@contextmanager
def first_asks(on_request: Callable[[], None]) -> Iterator[Interrupt]:
    """Turn the first SIGINT into a request; the second raises KeyboardInterrupt as ever."""
    interrupt = Interrupt()
    # Python lets only the main thread handle signals; elsewhere Ctrl-C is not ours to take.
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        if interrupt.requested:
            raise KeyboardInterrupt
        interrupt.requested = True
        on_request()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
