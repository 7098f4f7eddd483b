"""`lstm-sentiment repl`."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import MODEL, option
from lstm_sentiment_cli.cli.predict import Explain, Threshold, Uncertain
from lstm_sentiment_cli.cli.settings import origin
from lstm_sentiment_cli.cli.terminal import Terminal, counting, is_terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision, rule

Compare = Annotated[
    str | None,
    option(
        "--compare NAME|PATH",
        "Second model to answer alongside.",
        MODEL,
        values=options.model_names,
    ),
]
CorrectionsFile = Annotated[
    Path, option("--corrections FILE", "The csv file to which /label adds.")
]
NoHistory = Annotated[bool, option("--no-history", "Do not read or keep what is typed.")]
Vi = Annotated[bool, option("--vi", "Edit lines as in vi.")]


def repl(
    context: typer.Context,
    *,
    explain: Explain = False,
    compare: Compare = None,
    threshold: Threshold = None,
    uncertain: Uncertain = None,
    corrections: CorrectionsFile = Path("corrections.csv"),
    vi: Vi = False,
    no_history: NoHistory = False,
    model: options.Model = options.DEFAULT_MODEL,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Type sentences and see their scores.

    /help lists the commands. Without a terminal, repl does what predict does.

    Examples:
      lstm-sentiment repl
      lstm-sentiment repl --explain --compare three-class
    """
    terminal = Terminal(quiet, no_color)
    if is_terminal(sys.stdin) and is_terminal(sys.stdout):
        from lstm_sentiment_cli.repl.loop import load_predictor, start
        from lstm_sentiment_cli.repl.session import Screen, Session

        check_corrections(corrections)
        decision = rule(threshold, uncertain)
        if decision != Decision():  # checked while an error can still end the command
            from lstm_sentiment_cli.model.folder import read_manifest
            from lstm_sentiment_cli.model.locations import find_model

            decision.check(read_manifest(find_model(model)).labels)
        session = Session(
            model,
            load_predictor,
            decision=decision,
            explain=explain,
            compared=compare,
            corrections=corrections,
            vi=vi,
            origins={each.removeprefix("no_"): origin(context, each) for each in context.params},
        )
        screen = Screen(terminal.stdout, terminal.say, partial(counting, terminal))
        start(session, screen, history=not no_history, no_color=no_color)
    elif is_terminal(sys.stdin):
        typer.echo(context.get_help())
    else:
        if origin(context, "compare") == "--compare":  # in a settings file it is for terminals
            raise SentimentError(
                "--compare needs a terminal; leave it out, or run predict with each of the models",
                "compare",
            )
        from lstm_sentiment_cli.cli.scoring import Inputs, Output, run

        run(Inputs(), Output(explain=explain), model, rule(threshold, uncertain), terminal)


def check_corrections(path: Path) -> None:
    """Raise SentimentError for a file that could not be read as csv later."""
    if path.suffix.lower() != ".csv":
        raise SentimentError(
            f"corrections are saved as csv, but {path} is not one; name the file {path.stem}.csv",
            "corrections",
        )
