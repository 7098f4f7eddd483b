"""`lstm-sentiment data`: fetch labelled data, check it before training, see what is in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.command_class import Command
from lstm_sentiment_cli.cli.settings import spread
from lstm_sentiment_cli.cli.terminal import Terminal, counting
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.datasets import Progress
    from lstm_sentiment_cli.records.profile import DataCheck, Description


Labels = Annotated[
    str | None,
    typer.Option(
        "--labels", metavar="A,B[,C]", help="Labels to look at.", show_default="all there are"
    ),
]


def describe(
    files: options.DataFiles,
    *,
    labels: Labels = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Show what labelled files hold: labels, lengths, and the words that tell labels apart.

    The words are those of the highest z-scores of log-odds ratios (Monroe, Colaresi and Quinn
    2008); here and elsewhere count how often texts of this label, and of others, hold them.

    --json gives one object: rows; by_label, by_file, left_out (name → rows); unreadable; empties;
    duplicates; contradictions; with_signs (sign → texts); lengths (words in a text: mean, median,
    percentile_95, longest); histogram (a list of first, last, texts); max_tokens;
    over_max_tokens; telling_words (label → a list of word, z, here, elsewhere).
    """
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.records.profile import describe as description_of
    from lstm_sentiment_cli.training.hyperparameters import preset
    from lstm_sentiment_cli.training.recipe import parse_labels

    terminal = Terminal(quiet, no_color)
    with counting(terminal, "texts") as on_progress:
        found = description_of(
            data_files(files, text_column, label_column, encoding),
            parse_labels(labels) if labels else None,
            max_tokens=preset("default").max_tokens,
            on_progress=on_progress,
        )
    if as_json:
        import json
        from dataclasses import asdict

        typer.echo(json.dumps(asdict(found), indent=2))
    else:
        _show(found, terminal)


def _show(found: "Description", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering import profiles as shown

    console = terminal.stdout()
    display = terminal.display(console)
    console.print(
        shown.headline(found),
        shown.label_balance(found, display),
        "",
        shown.length_line(found),
        shown.length_histogram(found, display),
        shown.facts_table(found),
        shown.telling_tables(found, display),
        sep="\n",
    )


app = typer.Typer(
    add_completion=False,
    help="Fetch labelled data, check it before training, see what is in it.",
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def data(
    context: typer.Context, quiet: options.Quiet = False, no_color: options.NoColor = False
) -> None:
    """Fetch labelled data, check it before training, see what is in it."""
    spread(context, {"quiet": quiet, "no_color": no_color})
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(cls=Command)
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The set: sentiment140.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the files go.")
    ] = Path("data"),
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Fetch the archive from another address."),
    ] = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Download a public set of labelled tweets, check it and put its files into a folder.

    A download that broke off goes on where it stopped when the command is given again.
    """
    from lstm_sentiment_cli import datasets

    terminal = Terminal(quiet, no_color)
    with _progress(terminal) as on_progress:
        fetched = datasets.fetch(
            datasets.find_dataset(name),
            output,
            url=url,
            force=force,
            on_progress=on_progress,
            say=terminal.say,
        )
    if not fetched.downloaded:
        terminal.say("already there, and unchanged")
    typer.echo("\n".join(map(str, fetched.paths)))


@app.command(cls=Command)
def check(
    files: options.DataFiles,
    *,
    labels: Annotated[
        str,
        typer.Option("--labels", metavar="A,B[,C]", help="Labels to look for."),
    ] = "positive,negative",
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Tell what labelled files hold; exit code 1 when a model cannot be trained on them.

    --json gives one object: rows; by_label, left_out, by_file (name → rows); empties; duplicates;
    contradictions; unreadable (a list of path, line, problem); lengths (words in a text: mean,
    median, percentile_95, longest).
    """
    from lstm_sentiment_cli.records.labelled import data_files, read_examples
    from lstm_sentiment_cli.records.profile import check_of, require_trainable
    from lstm_sentiment_cli.training.recipe import parse_labels

    wanted = parse_labels(labels)
    described = data_files(files, text_column, label_column, encoding)
    examples = read_examples(described, wanted, skip_unreadable=True)
    found = check_of(examples, wanted)
    if as_json:
        _echo_json(found)
    else:
        _print_tables(found, Terminal(quiet, no_color))
    if found.unreadable and not skip_unreadable:
        first = found.unreadable[0]
        raise SentimentError(
            f"{len(found.unreadable):,} rows cannot be read, the first in {first.path}, line "
            f"{first.line}: {first.problem}; mend them or train with --skip-unreadable"
        )
    require_trainable(examples, wanted)


app.command(cls=Command)(describe)


def _echo_json(found: "DataCheck") -> None:
    import json
    from dataclasses import asdict

    unreadable = [row._asdict() for row in found.unreadable]
    typer.echo(json.dumps(asdict(found) | {"unreadable": unreadable}, indent=2))


def _print_tables(found: "DataCheck", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering.profiles import check_table, unreadable_table

    console = terminal.stdout()
    console.print(check_table(found))
    if found.unreadable:
        console.print(unreadable_table(found))


@contextmanager
def _progress(terminal: Terminal) -> Iterator[Callable[["Progress"], None]]:
    """Show a download: a bar on a terminal, else a line at each tenth."""
    if not terminal.animated:
        yield _lines(terminal)
        return
    from rich import progress

    columns = (progress.BarColumn(), progress.DownloadColumn(), progress.TimeRemainingColumn())
    with progress.Progress(*columns, console=terminal.stderr(), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step: bar.update(task, completed=step.done, total=step.total)


def _lines(terminal: Terminal) -> Callable[["Progress"], None]:
    said = -1

    def show(step: "Progress") -> None:
        nonlocal said
        tenth = 10 * step.done // step.total if step.total else 0
        if tenth > said:
            said = tenth
            of_total = f" of {step.total / 1e6:.1f}" if step.total else ""
            terminal.say(f"fetched {step.done / 1e6:.1f}{of_total} MB")

    return show
