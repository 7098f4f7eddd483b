"""What was typed: a command, which is a word after a slash, or texts."""

from typing import NamedTuple


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
