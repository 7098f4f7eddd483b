"""The entry point: the table of contents of the commands, and how each of them ends."""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.core import TyperGroup

from lstm_sentiment_cli.cli import data, evaluate, models, options, predict, repl, train
from lstm_sentiment_cli.cli.settings import load_settings, spread
from lstm_sentiment_cli.errors import ExitCode, SentimentError
from lstm_sentiment_cli.rendering.visible import visible


class _Commands(TyperGroup):
    """Typer's group, but who closes our pipe (as `| head` does) has made no error."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # vendored Click's
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Without this, Python complains at exit when it flushes what is left.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.DONE) from None


app = typer.Typer(
    name="lstm-sentiment",
    cls=_Commands,
    help="The tone of tweets and other short English texts: probably positive, or negative?",
    no_args_is_help=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
app.command()(predict.predict)
app.command()(repl.repl)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.add_typer(models.app, name="models")
app.add_typer(data.app, name="data")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lstm-sentiment {version('lstm-sentiment-cli')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|PATH",
            envvar="LSTM_SENTIMENT_MODEL",
            help="Model to use: a name or a folder.",
            show_default=options.DEFAULT_MODEL,
        ),
    ] = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Give commands the options that stand before them; alone, show the help."""
    given = {"model": model, "quiet": quiet or None, "no_color": no_color or None}
    spread(context, {name: value for name, value in given.items() if value is not None})
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; an error the user can mend is one line on stderr and exit code 1."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        app(arguments, default_map=load_settings(_options_of_commands()))
    except SentimentError as error:
        sys.stderr.write(f"error: {visible(str(error))}\n")
        raise SystemExit(ExitCode.MENDABLE) from None
    except SystemExit as end:
        if end.code == ExitCode.USAGE and "predict" in arguments and "--" not in arguments:
            sys.stderr.write(
                "A text that begins with a dash goes after --: predict -- -5 degrees\n"
            )
        raise


def _options_of_commands() -> dict[str, list[str]]:
    group = typer.main.get_command(app)
    return {
        name: [str(parameter.name) for parameter in command.params]
        for name, command in getattr(group, "commands", {}).items()
    }


if __name__ == "__main__":
    main()
