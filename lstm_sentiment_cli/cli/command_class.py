"""The class of every command: how its help is laid out, and how its errors end."""

import re
from typing import Any

import typer
from typer.core import TyperCommand

from lstm_sentiment_cli.cli.settings import set_in_a_file
from lstm_sentiment_cli.errors import SentimentError

DATA, MODEL, SEARCH = "Data", "Model", "Search"
NETWORK, TRAINING, OUTPUT = "Network", "Training", "Output"
"""Groups of options, for `rich_help_panel`; all others are under "Options"."""
_ORDER = ("Arguments", DATA, MODEL, SEARCH, NETWORK, TRAINING, OUTPUT, "Options")


def option(
    names: str,
    help: str,  # noqa: A002  # Typer's name
    group: str | None = None,
    *,
    default: str | None = None,
    **attributes: Any,
) -> Any:
    """Return an option as the help shows it: "--output -o FOLDER", then what it does.

    `default` is shown in place of the parameter's own.
    """
    flags = [name for name in names.split() if name.startswith("-")]
    metavar = names.removeprefix(" ".join(flags)).strip() or None
    shown = True if default is None else default
    return typer.Option(
        *flags, help=help, metavar=metavar, rich_help_panel=group, show_default=shown, **attributes
    )


class Command(TyperCommand):
    """Typer's command with options in groups; the docstring's "Examples:" come last."""

    def __init__(self, name: str | None, *, help: str | None = None, **attributes: Any) -> None:  # noqa: A002  # Typer's name
        text, _, examples = (help or "").partition("\n\nExamples:\n")
        super().__init__(name, help=text, **attributes)
        self._examples = examples

    @property
    def examples(self) -> list[str]:
        """The lines under "Examples:", as typed in a shell."""
        return [line.strip() for line in self._examples.splitlines()]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, group by group."""
        write_options(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, one a line."""
        del ctx
        if self._examples:
            formatter.write(f"\nExamples:\n{self._examples}\n")

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error says which settings file gave the option at fault."""
        try:
            return super().invoke(ctx)
        except SentimentError as error:
            error.args = (f"{error}{set_in_a_file(ctx, error.options)}",)
            raise


def write_options(command: Any, context: typer.Context, formatter: Any) -> None:
    """Write the help of a command's arguments and options, group by group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            argument = parameter.param_type_name == "argument"
            title = "Arguments" if argument else getattr(parameter, "rich_help_panel", None)
            # Typer puts a default that is written by hand in parentheses.
            text = re.sub(r"default: \((.*)\)\]$", r"default: \1]", record[1])
            groups.setdefault(title or "Options", []).append((record[0], text))
    for title in _ORDER:
        if title in groups:
            with formatter.section(title):
                formatter.write_dl(groups[title])
