"""What is typed: texts, or a command and its arguments, and how those are completed."""

import os
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.records.formats import either
from lstm_sentiment_cli.repl.session import Session

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.sentiment_model import Answer


class Call(NamedTuple):
    """A command as it was typed."""

    name: str
    argument: str


def parse_call(entry: str) -> Call | None:
    """Return the command of an entry, None for texts: "/model tiny" → ("model", "tiny").

    Only a slash at the very start of a single line makes a command. Several lines come from a
    paste, and each of them is a text.
    """
    if not entry.startswith("/") or entry.startswith("//") or "\n" in entry:
        return None
    name, _, argument = entry[1:].partition(" ")
    return Call(name, argument.strip())


def parse_texts(entry: str) -> list[str]:
    r"""Return the texts to score: "a\n\n/b" → ["a", "/b"], and on a single line "//b" → ["/b"]."""
    if "\n" not in entry and entry.startswith("//"):
        entry = entry[1:]
    return [line for line in entry.split("\n") if line.strip()]


def escape_slash(text: str) -> str:
    """Return a line that is scored as this text: "/quit" → "//quit"."""
    return "/" + text if text.startswith("/") else text


def parse_choice(command: str, typed: str, choices: Sequence[str]) -> str:
    """Return the choice that was typed, in any case: "ON" → "on"."""
    alike = [each for each in choices if each.casefold() == typed.casefold()]
    if typed in choices or len(alike) == 1:
        return typed if typed in choices else alike[0]
    got = f", got '{typed}'{did_you_mean(typed, choices)}" if typed else ""
    raise SentimentError(f"{command} takes {either(choices)}{got}")


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """Return a hint to append to an error: known words that begin as typed, else a similar one.

    "/e" → " (did you mean '/explain'?)", "/l" → " (did you mean '/last' or '/label'?)".
    """
    known = list(known)
    beginning = typed.casefold()
    begun = [f"'{each}'" for each in known if typed and each.casefold().startswith(beginning)]
    return f" (did you mean {either(begun)}?)" if begun else suggestion(typed, known)


def parse_number(usage: str, typed: str) -> int:
    """Read a whole number; usage is "/last takes …", for the error."""
    if not re.fullmatch(r"[0-9]{1,9}", typed):
        raise SentimentError(f"{usage}; got '{typed}'")
    return int(typed)


def parse_answer(session: Session, command: str, typed: str) -> "tuple[int, Answer]":
    """Return the answer with the number that was typed, the last one for "", and its number."""
    if not session.answers:
        raise SentimentError(f"{command} needs an answer; type a sentence first")
    usage = f"{command} takes the number of an answer, such as 7"
    first, last = session.answered - len(session.answers) + 1, session.answered
    number = parse_number(usage, typed) if typed else last
    if not first <= number <= last:
        there_are = f"answers {first} to {last}" if first < last else f"only answer {first}"
        raise SentimentError(f"there is no answer {number}; /last shows {there_are}")
    return number, session.answers[number - first]


def parse_path(command: str, typed: str) -> Path:
    r"""Return the path that was meant: "'my tweets.csv'", "my\ tweets.csv" → my tweets.csv.

    ~ is the user's folder. A backslash stays on Windows, and where a file of that name exists.
    """
    quoted = re.fullmatch(r"""(["'])(.*)\1""", typed, re.DOTALL)
    path = quoted[2] if quoted else os.path.expanduser(typed)  # noqa: PTH111 - keeps "~nobody"
    if not path or "\0" in path:
        raise SentimentError(f"{command} takes the path of a file")
    if not quoted and os.sep == "/" and not os.path.lexists(path):
        path = re.sub(r"\\(.)", r"\1", path)
    return Path(path)


class Candidate(NamedTuple):
    """One way to complete an argument."""

    value: str  # the whole argument, including what was typed of it
    description: str = ""


def model_candidates(_session: Session, _typed: str) -> list[Candidate]:
    """Return the names of the models, without reading any model."""
    from lstm_sentiment_cli.model.locations import list_models

    try:
        return [Candidate(each.name, each.source) for each in list_models() if not each.shadowed]
    except SentimentError:  # shown once a command needs the folder that cannot be read
        return []


def answer_candidates(session: Session, _typed: str) -> list[Candidate]:
    """Return the numbers of the last answers, the last one first."""
    newest = islice(reversed(session.answers), 20)
    return [Candidate(str(session.answered - back), each.text) for back, each in enumerate(newest)]


def label_candidates(session: Session, typed: str) -> list[Candidate]:
    """Return the labels, then, after a label, the numbers of the last answers."""
    if not session.answers:
        return []
    labels = session.answers[-1].predictor.labels
    label, space, number = typed.rpartition(" ")
    if space and label in labels:
        numbers = answer_candidates(session, number)
        return [Candidate(f"{label} {each.value}", each.description) for each in numbers]
    return [Candidate(each) for each in labels]


def path_candidates(_session: Session, typed: str) -> list[Candidate]:
    """Return the entries of the folder typed so far: "da" → "data/"; hidden ones for "." only."""
    folder, _, beginning = typed.rpartition("/")
    folder += "/" if "/" in typed else ""
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:  # noqa: PTH111
            shown = (
                entry
                for entry in entries
                if entry.name.startswith(beginning)
                and (beginning or not entry.name.startswith("."))
            )
            # A folder can hold a million files, and a menu is read by a person.
            found = sorted(islice(shown, 200), key=lambda entry: entry.name)
            return [
                Candidate(f"{folder}{entry.name}/", "folder")
                if os.path.isdir(entry)  # noqa: PTH112 - unlike Path's, false where it cannot look
                else Candidate(folder + entry.name, Path(entry.name).suffix.removeprefix("."))
                for entry in found
            ]
    except (OSError, ValueError):  # no such folder, or no name a folder can have
        return []
