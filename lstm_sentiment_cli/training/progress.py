"""What a training tells of itself; it does not know how that is shown."""

from dataclasses import dataclass
from typing import Protocol


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


class Silent:
    """Listens and shows nothing."""

    def stage(self, text: str) -> None:
        """Show nothing."""

    def step(self, step: Step) -> None:
        """Show nothing."""

    def epoch(self, epoch: Epoch, *, best: bool) -> None:
        """Show nothing."""

    def interrupted(self) -> None:
        """Show nothing."""
