"""What the rules make of a raw token, asked once."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Beyond this many, names nobody meets again would fill memory; so would long tokens.
_MOST = 100_000
_LONGEST = 24


class Memory(dict[str, tuple[T, ...]]):
    """Raw token → what was made of it: the rules run only for what was not met before.

    A dict with `__missing__` lets whoever looks many tokens up do so in C but for new ones.
    """

    def __init__(self, make: Callable[[str], tuple[T, ...]]) -> None:
        """Take the rules; the same token must always give the same."""
        super().__init__()
        self._make = make
        self._user = make("@user")

    def __missing__(self, raw: str) -> tuple[T, ...]:
        if raw[0] == "@":  # most users are never met again, and all are one token
            return self._user
        made = self._make(raw)
        if len(raw) <= _LONGEST and len(self) < _MOST:
            self[raw] = made
        return made
