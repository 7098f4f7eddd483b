"""What the rules make of a chunk of text, asked once."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Beyond this many, what nobody meets again would fill memory; so would long chunks.
MOST_CHUNKS = 100_000
LONGEST_CHUNK = 24


class Memory(dict[str, tuple[T, ...]]):
    """Chunk (what stands between two spaces) → what was made of it.

    The rules run only for what was not met before; a dict with `__missing__` lets whoever looks
    many chunks up do so in C but for new ones.
    """

    def __init__(self, make: Callable[[str], tuple[T, ...]]) -> None:
        """Take the rules; the same chunk must always give the same."""
        super().__init__()
        self._make = make
        self._user = make("@user")

    def __missing__(self, chunk: str) -> tuple[T, ...]:
        # Most users are never met again, and all are one token.
        if chunk[0] == "@" and chunk[1:].replace("_", "x").isalnum():
            return self._user
        made = self._make(chunk)
        if len(chunk) <= LONGEST_CHUNK and len(self) < MOST_CHUNKS:
            self[chunk] = made
        return made
