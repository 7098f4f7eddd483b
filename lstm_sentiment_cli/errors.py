"""What the user can mend, how a command ends, and the word that was probably meant."""

import difflib
from collections.abc import Iterable
from enum import IntEnum


class SentimentError(Exception):
    """Something the user can mend, as one line: what, where, what to do next."""


class ExitCode(IntEnum):
    """How a command ends, as the shell sees it."""

    DONE = 0
    MENDABLE = 1
    USAGE = 2
    UNREADABLE_RECORDS = 3
    FIGURE_MISSED = 4
    INTERRUPTED = 130


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint to append to an error, or nothing: "dropuot" → " (did you mean 'dropout'?)"."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""
