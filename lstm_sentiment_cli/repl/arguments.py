"""What was typed after a command, read: numbers of answers, on and off, paths."""

import os
import re
from collections.abc import Iterable, Sequence
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
    """Return the choice that was typed, in any case ("ON" → "on"); SentimentError for others."""
    alike = [each for each in choices if each.casefold() == typed.casefold()]
    if typed in choices or len(alike) == 1:
        return typed if typed in choices else alike[0]
    got = f", got '{typed}'{meant(typed, choices)}" if typed else ""
    raise SentimentError(f"{command} wants {_either(choices)}{got}")


def meant(typed: str, known: Iterable[str]) -> str:
    """Return a hint to append: what begins as was typed, else what is alike, else nothing.

    "/e" → " (did you mean '/explain'?)", "/l" → " (did you mean '/last' or '/label'?)".
    """
    known = list(known)
    beginning = typed.casefold()
    begun = [f"'{each}'" for each in known if typed and each.casefold().startswith(beginning)]
    if begun:
        return f" (did you mean {_either(begun)}?)"
    return suggestion(typed, known)


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
    number = session.answered if not typed else _number(command, typed)
    if not first <= number <= session.answered:
        there = (
            f"they are numbered {first} to {session.answered}, /last lists them"
            if first < session.answered
            else f"the only one has the number {first}"
        )
        raise SentimentError(f"there is no answer {number}: {there}")
    return number, session.answers[number - first]


def whole_number(wanting: str, typed: str) -> int:
    """Read a whole number: "7" → 7; wanting is "/why wants a number of an answer, as 7"."""
    if not re.fullmatch(r"[0-9]{1,9}", typed):
        raise SentimentError(f"{wanting}; got '{typed}'")
    return int(typed)


def _number(command: str, typed: str) -> int:
    return whole_number(f"{command} wants the number of an answer, as 7", typed)


def _either(choices: Sequence[str]) -> str:
    """Return what can be chosen: ["on", "off", "clear"] → "on, off or clear"."""
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


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
