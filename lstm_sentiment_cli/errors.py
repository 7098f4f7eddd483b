"""Errors that users can put right, the exit codes, and "did you mean"."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum


class SentimentError(Exception):
    """Something the user can put right, as one line: what, where, what to do next."""

    def __init__(self, message: str, option: str | tuple[str, ...] = ()) -> None:
        """`option` is at fault, or one of several; named as in a settings file: "text_column"."""
        super().__init__(message)
        self.options = (option,) if isinstance(option, str) else option


@contextmanager
def blaming(option: str, instead_of: str | None = None) -> Iterator[None]:
    """Let errors of the block be about this option, or only those that are about another.

    Whoever opens the model after --teacher does so `with blaming("teacher", instead_of="model")`.
    """
    try:
        yield
    except SentimentError as error:
        if instead_of is None or instead_of in error.options:
            error.options = (option,)
        raise


class ExitCode(IntEnum):
    """How a command ends, as the shell sees it."""

    DONE = 0
    ERROR = 1
    UNREADABLE_RECORDS = 3
    FIGURE_MISSED = 4


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint to append to an error, or nothing: "dropuot" → " (did you mean 'dropout'?)"."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""
