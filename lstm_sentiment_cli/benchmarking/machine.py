"""The machine that figures are of."""

import os
import platform
from dataclasses import dataclass


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


def cores() -> int:
    """Return how many cores this process may use, where the system tells (containers)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
