"""The machine that figures are of."""

import platform
from dataclasses import dataclass

from lstm_sentiment_cli.inference.predictor import cores


@dataclass(frozen=True, slots=True)
class Machine:
    """What figures depend on, beside the program."""

    system: str
    architecture: str
    cores: int
    python: str

    @classmethod
    def current(cls) -> "Machine":
        """Return the machine that this runs on."""
        return cls(platform.system(), platform.machine(), cores(), platform.python_version())

    def __str__(self) -> str:
        return f"{self.architecture}, {self.cores} cores, Python {self.python}"
