"""Options that several commands share, each written once, and the files they describe."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli.command_class import DATA, MODEL, OUTPUT, option
from lstm_sentiment_cli.cli.settings import spread
from lstm_sentiment_cli.cli.terminal import Terminal, counting
from lstm_sentiment_cli.records.formats import COLUMN_FORMATS, CONTAINERS, either

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.comparison import Peer
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.records.labelled import DataFile

DEFAULT_MODEL = "default"
LABELLED_FILES = f"Labelled files: {either(COLUMN_FORMATS)}; {', '.join(CONTAINERS)} too."

Model = Annotated[str, option("--model -m NAME|PATH", "Model to use: a name or a folder.", MODEL)]
ModelFolder = Annotated[Path, option("--output -o FOLDER", "Model folder to write.", OUTPUT)]
Quiet = Annotated[bool, option("--quiet -q", "Show errors only.")]
NoColor = Annotated[bool, option("--no-color", "No colours, as with NO_COLOR set.")]
AsJson = Annotated[bool, option("--json", "Print JSON; see docs/json.md.", OUTPUT)]
Force = Annotated[bool, option("--force", "Replace existing output.", OUTPUT)]
Encoding = Annotated[str, option("--encoding NAME", "Encoding of the input files.", DATA)]
DataFiles = Annotated[
    list[Path], typer.Argument(metavar="DATA", help=LABELLED_FILES, show_default=False)
]
OptionalDataFiles = Annotated[
    list[Path] | None, typer.Argument(metavar="DATA", help=LABELLED_FILES, show_default=False)
]
TextColumn = Annotated[
    str | None, option("--text-column NAME", "Column that holds the text.", DATA, default="text")
]
LabelColumn = Annotated[
    str | None, option("--label-column NAME", "Column that holds the label.", DATA, default="label")
]
SkipUnreadable = Annotated[
    bool, option("--skip-unreadable", "Skip unreadable rows and report how many.", DATA)
]


def measure(
    predictor: "Predictor",
    files: "Sequence[DataFile]",
    terminal: Terminal,
    against: "Peer | None" = None,
    *,
    skip_unreadable: bool,
    most_mistakes: int = 0,
    metrics: bool = False,
) -> "Measurement":
    """Measure a model on labelled files, and a peer on the same rows; report what was left out.

    With `metrics` they are computed at once, else when they are used: some commands never do.
    """
    from lstm_sentiment_cli.evaluation.measurement import evaluate_files

    with counting(terminal, "examples") as on_progress:
        measured = evaluate_files(
            predictor,
            files,
            against,
            skip_unreadable=skip_unreadable,
            most_mistakes=most_mistakes,
            on_progress=on_progress,
        )
        if metrics:
            _ = measured.evaluation
    for remark in measured.remarks():
        terminal.say(remark)
    return measured


def command_group(summary: str) -> typer.Typer:
    """Return a command that has commands below it; alone, it shows its help."""
    app = typer.Typer(
        add_completion=False, help=summary, invoke_without_command=True, rich_markup_mode=None
    )

    @app.callback()
    def group(context: typer.Context, quiet: Quiet = False, no_color: NoColor = False) -> None:
        spread(context, {"quiet": quiet, "no_color": no_color})
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    return app
