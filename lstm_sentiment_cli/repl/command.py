"""What a command is: a row of the table in `commands.py`."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.screen import Screen
    from lstm_sentiment_cli.repl.session import Answer, Session


class Call(NamedTuple):
    """A command as it was typed."""

    name: str
    argument: str


def call_in(typed: str) -> Call | None:
    """Return the command that was typed, None for a text: "/model tiny" → ("model", "tiny").

    Only a slash at the very start makes a command, and only on a single line: of several lines,
    which come from a paste, each is a text.
    """
    if not typed.startswith("/") or typed.startswith("//") or "\n" in typed:
        return None
    name, _, argument = typed[1:].partition(" ")
    return Call(name, argument.strip())


def texts_in(typed: str) -> list[str]:
    r"""Return the texts to score: "a\n\n/b" → ["a", "/b"], and on a single line "//b" → ["/b"]."""
    if "\n" not in typed and typed.startswith("//"):
        typed = typed[1:]
    return [line for line in typed.split("\n") if line.strip()]


def as_text(pasted: str) -> str:
    """Return a pasted line so that it is a text where it stands: "/quit" → "//quit"."""
    return "/" + pasted if pasted.startswith("/") else pasted


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


class Offer(NamedTuple):
    """One way to complete what was typed after a command."""

    value: str
    """The whole argument, not only what is missing of it."""
    description: str = ""


class Command(NamedTuple):
    """What a command does, and what there is to say of it."""

    run: "Callable[[Session, str, Screen], None]"
    """Does it, for the argument that was typed, and shows what there is to show.

    SentimentError for what the user can mend.
    """
    usage: str
    """The argument: "[on|off]", "" for none."""
    description: str
    """Its line of /help."""
    offers: "Callable[[Session, str], Iterable[Offer]]"
    """Completes the argument typed so far; must not wait for a model."""
    details: str
    """What /help NAME says of it, in sentences."""
    example: str
    """What could be typed: "/explain on"."""


def offered(typed: str, offers: Iterable[Offer]) -> list[Offer]:
    """Return the offers that begin with what was typed: "o" → on, off."""
    return [offer for offer in offers if offer.value.startswith(typed)]


def no_offers(_session: "Session", _typed: str) -> list[Offer]:
    """Offer nothing, for commands that take no argument."""
    return []


# A folder can hold a million files, and a menu is read by a person.
_AT_MOST = 200


def path_offers(_session: "Session", typed: str) -> list[Offer]:
    """Return the entries of the folder typed so far: "da" → "data/"; hidden ones for "." only."""
    folder, _, beginning = typed.rpartition("/")
    folder += "/" if "/" in typed else ""
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:  # noqa: PTH111
            found = sorted(_few(entries, beginning), key=lambda entry: entry.name)
            return [_offer(folder, entry) for entry in found]
    except (OSError, ValueError):  # a folder that is not there, or cannot be a folder's name
        return []


def _few(entries: Iterator["os.DirEntry[str]"], beginning: str) -> list["os.DirEntry[str]"]:
    found = []
    for entry in entries:
        if entry.name.startswith(beginning) and (beginning or not entry.name.startswith(".")):
            found.append(entry)
        if len(found) == _AT_MOST:
            break
    return found


def _offer(folder: str, entry: "os.DirEntry[str]") -> Offer:
    if _is_folder(entry):
        return Offer(f"{folder}{entry.name}/", "folder")
    return Offer(f"{folder}{entry.name}", Path(entry.name).suffix.removeprefix("."))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere
        return False
