"""`lstm-sentiment config`: show, path."""

import json
import os

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import Command
from lstm_sentiment_cli.cli.settings import in_force, places, use_files
from lstm_sentiment_cli.cli.terminal import Terminal, print_json, print_paths

app = options.command_group("Show the settings in force and where they come from.")


@app.command(cls=Command)
def show(
    context: typer.Context,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Show each setting that is not a default, and its origin.

    An option beats the environment, which beats ./lstm-sentiment.toml, which beats the file in
    your user configuration folder.

    Examples:
      lstm-sentiment config show
      lstm-sentiment --model three-class config show --json
    """
    use_files(context)
    found = in_force(context)
    if as_json:
        print_json([each._asdict() for each in found])
        return
    terminal = Terminal(quiet, no_color)
    if found:
        from lstm_sentiment_cli.rendering.cells import listing

        console = terminal.stdout()
        rows = [("setting", "value", "for", "from")]
        for command, name, value, source in found:
            # As a file says it: true, ["a"].
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            rows.append((name, shown, command, source))
        console.print(listing(rows, console.width), soft_wrap=True)
    else:
        terminal.say("all settings have default values; 'config path' shows where to change them")


@app.command(cls=Command)
def path(
    as_json: options.AsJson = False,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Show where settings files are read; the first wins.

    Examples:
      lstm-sentiment config path
      lstm-sentiment config path --json
    """
    found = [(place.absolute(), os.path.lexists(place)) for place in reversed(places())]
    if as_json:
        print_json([{"path": str(place), "exists": there} for place, there in found])
        return
    print_paths(*(f"{'there' if there else 'missing':<9}{place}" for place, there in found))
