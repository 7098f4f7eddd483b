"""`lstm-sentiment repl`."""

import sys
from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal, is_terminal

NoHistory = Annotated[
    bool, typer.Option("--no-history", help="Neither read nor keep what was typed before.")
]


def repl(
    context: typer.Context,
    no_history: NoHistory = False,
    model: options.Model = options.DEFAULT_MODEL,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Type a sentence, see the bars.

    Without a terminal it does what predict does: a line of answer for each line of text.
    """
    terminal = Terminal(quiet, no_color)
    if is_terminal(sys.stdin) and is_terminal(sys.stdout):
        from lstm_sentiment_cli.repl.loop import start
        from lstm_sentiment_cli.repl.screen import Screen
        from lstm_sentiment_cli.repl.session import Session

        screen = Screen(terminal.stdout, terminal.say)
        start(Session(model), screen, history=not no_history, no_color=no_color)
    elif is_terminal(sys.stdin):
        typer.echo(context.get_help())
    else:
        from lstm_sentiment_cli.cli.scoring import Request, run

        run(Request(model=model), terminal)
