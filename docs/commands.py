"""Write docs/commands.md from the help of every command, or check that it is up to date.

Run it in the root of the repository: python -m docs.commands [--check]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from lstm_sentiment_cli.cli.main import app

PAGE = Path(__file__).with_name("commands.md")
COLUMNS = 100
PREAMBLE = """\
# Commands

The `--help` of every command, written by `make docs`.
The exit codes are explained in [scripts](scripts.md#exit-codes).
"""


def main() -> None:
    """Write the page; with --check, end with 1 when it is not what would be written."""
    written = page()
    if "--check" not in sys.argv:
        PAGE.write_text(written, encoding="utf-8", newline="\n")
    elif PAGE.read_text(encoding="utf-8") != written:
        raise SystemExit("docs/commands.md is not what --help says; run: make docs")


def page() -> str:
    """Return the page: a section a command, in the order of the help."""
    sections = (
        f"## {title}\n\n```text\n{text}\n```\n" for title, text in helps(root(), "lstm-sentiment")
    )
    return "\n".join([PREAMBLE, *sections])


def root() -> typer.core.TyperGroup:
    """Return the whole program as one group of commands."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return group


def helps(
    command: typer.core.TyperCommand | typer.core.TyperGroup,
    name: str,
    parent: typer.Context | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield what is typed and the help it gives, for a command and those below it."""
    # A width of our own: without it, the help would be as wide as the terminal it is made in.
    context = typer.Context(
        command, parent, name, terminal_width=COLUMNS, **command.context_settings
    )
    yield context.command_path, command.get_help(context)
    for below, its in getattr(command, "commands", {}).items():
        yield from helps(its, below, context)


if __name__ == "__main__":
    main()
