"""The search space: which knobs are tried with which values; no TensorFlow here."""

from collections.abc import Mapping
from dataclasses import dataclass

from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

Value = int | float | str
"""What Keras Tuner can carry; a list is written as 96,48,48."""


@dataclass(frozen=True, slots=True)
class Choices:
    """One of these, in their order."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Any number between two, both included; drawn evenly, or evenly in its logarithm."""

    low: float
    high: float
    logarithmic: bool


@dataclass(frozen=True, slots=True)
class Space:
    """Which knobs are searched; all others are as in `fixed`."""

    fixed: Hyperparameters
    dimensions: Mapping[str, Choices | Range]

    def hyperparameters(self, values: Mapping[str, Value]) -> Hyperparameters:
        """Return a point of the space as the record that trainings take."""
        raise NotImplementedError

    def reference(self) -> dict[str, Value]:
        """Return the reference network's point, as near as the space has it."""
        raise NotImplementedError
