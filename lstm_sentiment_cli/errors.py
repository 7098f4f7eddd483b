"""Errors that users can put right, the exit codes, and "did you mean"."""

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
    """Attribute the block's errors to this option; with `instead_of`, only those about that option.

    Whoever opens the model after --from does so `with blaming("from", instead_of="model")`.
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
    UNITS_FAILED = 5


_MOST_EDITS = 3
_SHORTEST, _LONGEST = 3, 200


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint to append to an error, or nothing: "dropuot" → " (did you mean 'dropout'?)".

    A near word differs by one edit in four characters, or continues what was typed.
    """
    if len(word) > _LONGEST:  # no slip of a finger, and slow to measure
        return ""
    measured = [(_distance(word.casefold(), each.casefold()), each) for each in known]
    near = [(edits, each) for edits, each in measured if _is_near(word, each, edits)]
    return f" (did you mean '{min(near)[1]}'?)" if near else ""


def _is_near(word: str, known: str, edits: int) -> bool:
    length = max(len(word), len(known))
    few = length >= _SHORTEST and edits <= min(_MOST_EDITS, (length + 3) // 4)
    return few or (len(word) >= _SHORTEST and known.casefold().startswith(word.casefold()))


def _distance(one: str, other: str) -> int:
    """Count the edits between two words: a character more, less or other, or two swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, character in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, its in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (character != its)))
            if i > 1 and j > 1 and character == other[j - 2] and one[i - 2] == its:
                row[j] = min(row[j], above[j - 2] + 1)
    return row[-1]
