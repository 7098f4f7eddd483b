"""What a training tells of itself; it does not know how that is shown."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Protocol


@dataclass(slots=True)
class Interrupt:
    """Whether the user has asked to finish."""

    requested: bool = False


@contextmanager
def catch_first_interrupt(on_request: Callable[[], None]) -> Iterator[Interrupt]:
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


@dataclass(frozen=True, slots=True)
class Step:
    """A batch has been learnt."""

    epoch: int  # from 1
    epochs: int  # at most
    step: int  # from 1
    steps: int
    loss: float  # mean over this epoch so far
    accuracy: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """A pass over the data has ended."""

    number: int  # from 1
    loss: float
    accuracy: float
    validation_loss: float | None  # None: nothing was held out
    validation_accuracy: float | None
    seconds: float


class Listener(Protocol):
    """Shows a training; each method returns soon."""

    def stage(self, text: str) -> None:
        """Show what is being done now."""

    def step(self, step: Step) -> None:
        """Show one batch."""

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show the end of an epoch."""

    def interrupted(self) -> None:
        """Show that Ctrl-C was heard and what it does."""


class SilentListener:
    """Listens and shows nothing."""

    def stage(self, text: str) -> None:
        """Show nothing."""

    def step(self, step: Step) -> None:
        """Show nothing."""

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show nothing."""

    def interrupted(self) -> None:
        """Show nothing."""
