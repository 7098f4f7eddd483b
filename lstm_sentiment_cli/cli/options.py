"""Options: how the help shows them, and those that several commands share."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from lstm_sentiment_cli.cli.settings import set_in_a_file, spread
from lstm_sentiment_cli.cli.terminal import Terminal, counting
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.formats import COLUMN_FORMATS, CONTAINERS, either
from lstm_sentiment_cli.rendering.style import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.comparison import Peer
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.records.labelled import DataFile


DATA, MODEL, SUMMARY, SEARCH = "Data", "Model", "Summary", "Search"
NETWORK, TRAINING, OUTPUT = "Network", "Training", "Output"
"""Groups of options, for `rich_help_panel`; all others are under "Options"."""
_ORDER = ("Arguments", DATA, MODEL, SUMMARY, SEARCH, NETWORK, TRAINING, OUTPUT, "Options")


def option(
    names: str,
    help: str,  # noqa: A002  # Typer's name
    group: str | None = None,
    *,
    default: str | None = None,
    values: Callable[..., Iterable[str]] | Sequence[str] = (),
    **attributes: Any,
) -> Any:
    """Return an option as the help shows it: "--output -o FOLDER", then what it does.

    `default` is shown in place of the parameter's own. Shells complete `values`, for which a
    function may import what commands need only then; without any, they complete files.
    """
    flags = [name for name in names.split() if name.startswith("-")]
    metavar = names.removeprefix(" ".join(flags)).strip() or None
    shown = True if default is None else default
    return typer.Option(
        *flags,
        help=help,
        metavar=metavar,
        rich_help_panel=group,
        show_default=shown,
        autocompletion=completing(values),
        **attributes,
    )


def completing(values: Callable[..., Iterable[str]] | Sequence[str]) -> Callable[..., Any] | None:
    """Return what Typer takes as `autocompletion`."""
    if isinstance(values, Sequence):
        return (lambda: values) if values else None
    return values


def model_names() -> Iterable[str]:
    """Return the names of all models."""
    from lstm_sentiment_cli.model.locations import list_models

    return [each.name for each in list_models() if not each.shadowed]


def _encodings() -> Iterable[str]:
    from lstm_sentiment_cli.records.decoding import COMMON_ENCODINGS

    return COMMON_ENCODINGS


class Command(TyperCommand):
    """Typer's command with options in groups; the docstring's "Examples:" come last."""

    def __init__(self, name: str | None, *, help: str | None = None, **attributes: Any) -> None:  # noqa: A002  # Typer's name
        text, _, examples = (help or "").partition("\n\nExamples:\n")
        super().__init__(name, help=text, **attributes)
        self.examples = [line.strip() for line in examples.splitlines()]  # as typed in a shell

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Write an argument as "DATA..." or "[TEXT]...", where Typer has "{DATA}" and "[TEXT]"."""
        options, *arguments = super().collect_usage_pieces(ctx)
        several = "..." if any(each.nargs < 0 for each in self.params) else ""
        return [options, *(each.strip("{}") + several for each in arguments)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, group by group."""
        write_options(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples, one a line."""
        del ctx
        if self.examples:
            formatter.write("\n  ".join(["\nExamples:", *self.examples]) + "\n")

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
            # A default may come from a settings file or the environment.
            groups.setdefault(title or "Options", []).append((record[0], visible(text)))
    for title in _ORDER:
        if title in groups:
            with formatter.section(title):
                formatter.write_dl(groups[title])


DEFAULT_MODEL = "default"

Model = Annotated[
    str,
    option("--model -m NAME|PATH", "Model to use: a name or a folder.", MODEL, values=model_names),
]
ModelFolder = Annotated[Path, option("--output -o FOLDER", "Model folder to write.", OUTPUT)]
Quiet = Annotated[bool, option("--quiet -q", "Show errors only.")]
NoColor = Annotated[bool, option("--no-color", "No colours, as with NO_COLOR set.")]
AsJson = Annotated[bool, option("--json", "Print JSON; see docs/json.md.", OUTPUT)]
Force = Annotated[bool, option("--force", "Replace existing output.", OUTPUT)]
encoding_option = partial(
    option, "--encoding NAME", "Encoding of the input files.", DATA, values=_encodings
)
Encoding = Annotated[str, encoding_option()]
Delimiter = Annotated[
    str | None,
    option("--delimiter SIGN", "What separates the columns of csv: ';', tab …", DATA, default=","),
]
_DATA = typer.Argument(
    metavar="DATA",
    help=f"Labelled files: {either(COLUMN_FORMATS)}; {', '.join(CONTAINERS)} too.",
    show_default=False,
)
DataFiles = Annotated[list[Path], _DATA]
OptionalDataFiles = Annotated[list[Path] | None, _DATA]
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
