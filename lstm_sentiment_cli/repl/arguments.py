"""What was typed after a command, read: numbers of answers, on and off, paths."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError, suggestion

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.answers import Answer
    from lstm_sentiment_cli.repl.session import Session

OFF = "off"
_QUOTED = re.compile(r"""(["'])(.*)\1""", re.DOTALL)


def no_argument(command: str, typed: str) -> None:
    """Raise SentimentError if something was typed behind a command that takes nothing."""
    if typed:
        raise SentimentError(f"{command} takes nothing behind it, got '{typed}'")


def choice(command: str, typed: str, choices: Sequence[str]) -> str:
    """Return what was typed if it is one of the choices; SentimentError with a hint if not."""
    if typed in choices:
        return typed
    wanted = " or ".join(choices)
    raise SentimentError(f"{command} wants {wanted}, got '{typed}'{suggestion(typed, choices)}")


def probability(command: str, typed: str) -> float:
    """Read a probability: "0.6" → 0.6."""
    try:
        return float(typed)
    except ValueError:
        raise SentimentError(
            f"{command} wants a probability from 0 to 1, as 0.6, or off; got '{typed}'"
        ) from None


def numbered_answer(session: "Session", command: str, typed: str) -> "tuple[int, Answer]":
    """Return the answer of a number, for "" the last one: numbers are those that /last shows."""
    if not session.answers:
        raise SentimentError(f"{command} is about an answer; type a sentence first")
    first = session.answered - len(session.answers) + 1
    number = session.answered if not typed else whole_number(command, typed)
    if not first <= number <= session.answered:
        there = f"{first} to {session.answered}" if first < session.answered else str(first)
        raise SentimentError(f"no answer {number}; there is {there}, /last shows them")
    return number, session.answers[number - first]


def whole_number(command: str, typed: str) -> int:
    """Read a number of answers: "7" → 7."""
    if not re.fullmatch(r"[0-9]{1,9}", typed):
        raise SentimentError(f"{command} wants a number of an answer, as 7; got '{typed}'")
    return int(typed)


def typed_path(command: str, typed: str) -> Path:
    r"""Return the path that was meant: "'my tweets.csv'", "my\ tweets.csv" → my tweets.csv.

    ~ is the user's folder. A backslash is one where a file of that name is there, or on Windows.
    """
    quoted = _QUOTED.fullmatch(typed)
    path = quoted[2] if quoted else os.path.expanduser(typed)  # noqa: PTH111 - keeps "~nobody"
    if not path or "\0" in path:
        raise SentimentError(f"{command} wants the path of a file")
    if not quoted and os.sep == "/" and not os.path.lexists(path):
        path = re.sub(r"\\(.)", r"\1", path)
    return Path(path)
