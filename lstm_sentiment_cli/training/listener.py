"""What a training reports while it runs, and how Ctrl-C ends it; no TensorFlow here."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Interrupt:
    """Whether the user has asked the training to finish."""

    requested: bool = False


@contextmanager
def catch_first_interrupt(on_request: Callable[[], None]) -> Iterator[Interrupt]:
    """Turn the first SIGINT into a request; the second raises KeyboardInterrupt as usual."""
    interrupt = Interrupt()
    # Python lets only the main thread handle signals; elsewhere Ctrl-C is not ours to handle.
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
    """The progress of an epoch after a batch."""

    epoch: int  # from 1
    epochs: int  # at most
    step: int  # from 1
    steps: int
    loss: float  # mean over this epoch so far
    accuracy: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """The figures of a finished pass over the data."""

    number: int  # from 1
    loss: float
    accuracy: float
    validation_loss: float | None  # None: nothing was held out
    validation_accuracy: float | None
    seconds: float


class Listener:
    """Is told of a training and shows nothing; subclasses show it, and return quickly."""

    def stage(self, text: str) -> None:
        """Hear what is being done now."""

    def step(self, step: Step) -> None:
        """Hear the progress after a batch."""

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Hear the figures of an epoch that has ended."""

    def interrupted(self) -> None:
        """Hear that Ctrl-C was received."""
