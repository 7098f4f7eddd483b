"""Pieces of Markdown that hold whatever facts they are given."""

from collections.abc import Iterable, Mapping, Sequence

UNKNOWN = "-"


def one_line(value: object) -> str:
    r"""Return a value on one line: "a\n b" → "a b", 12000 → "12,000", True → "yes", None → "-"."""
    if isinstance(value, list | tuple):
        return ", ".join(map(one_line, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{one_line(key)} {one_line(each)}" for key, each in value.items())
    if value is None or isinstance(value, bool):
        return {None: UNKNOWN, True: "yes", False: "no"}[value]
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return " ".join(str(value).split())


def code(value: object) -> str:
    r"""Return a value as a code span, in which nothing is markup: "a|<b>" → "`a\|<b>`"."""
    # A bar ends a cell even in a code span, and a backtick would end the span.
    return f"`{one_line(value).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def section(title: str, *paragraphs: str) -> str:
    """Return a section of the paragraphs that hold something, or nothing when none does."""
    filled = [paragraph for paragraph in paragraphs if paragraph]
    return "\n\n".join([f"## {title}", *filled]) + "\n" if filled else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or nothing when it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(header)} |", "|---" * len(header) + "|", *lines])


def bullets(facts: Mapping[str, object]) -> str:
    """Return "- name: value" for the facts that are known."""
    return "\n".join(
        f"- {name}: {one_line(value)}" for name, value in facts.items() if value is not None
    )
