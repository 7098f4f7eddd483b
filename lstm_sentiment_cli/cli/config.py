"""config: show, path."""

import json
import os

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.command_class import Command
from lstm_sentiment_cli.cli.settings import in_force, places, spread, use_files
from lstm_sentiment_cli.cli.terminal import Terminal

app = typer.Typer(
    add_completion=False, help="See what is set, and in which files.", rich_markup_mode=None
)

_HEADINGS = ("setting", "value", "for", "from")


@app.callback(invoke_without_command=True)
def config(
    context: typer.Context, quiet: options.Quiet = False, no_color: options.NoColor = False
) -> None:
    """See what is set, and in which files."""
    spread(context, {"quiet": quiet, "no_color": no_color})
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(cls=Command)
def show(
    context: typer.Context,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Show every setting that is not a default, for which command, and where it comes from.

    A flag beats the environment, that ./lstm-sentiment.toml, that the file in your user folder.
    """
    use_files(context)
    found = in_force(context)
    if as_json:
        typer.echo(json.dumps([each._asdict() for each in found], indent=2))
        return
    terminal = Terminal(quiet, no_color)
    if found:
        from lstm_sentiment_cli.rendering.cells import listing

        console = terminal.stdout()
        rows = [(each.name, _shown(each.value), each.command, each.origin) for each in found]
        console.print(listing([_HEADINGS, *rows], console.width), soft_wrap=True)
    else:
        terminal.say("all settings are defaults; 'config path' tells where others would stand")


@app.command(cls=Command)
def path(
    as_json: options.AsJson = False,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Print where settings are looked for, the file that counts more first."""
    found = [(place.absolute(), os.path.lexists(place)) for place in reversed(places())]
    if as_json:
        rows = [{"path": str(place), "exists": there} for place, there in found]
        typer.echo(json.dumps(rows, indent=2))
        return
    for place, there in found:
        # As bytes: a folder's name need not be text.
        typer.echo((b"there    " if there else b"missing  ") + os.fsencode(place))


def _shown(value: object) -> str:
    """Return a value as a file says it: True → "true", ["a"] → '["a"]'."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
