"""`lstm-sentiment data`: fetch, check, describe."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import DATA, OUTPUT, Command, option
from lstm_sentiment_cli.cli.terminal import Terminal, counting, print_json, print_paths
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted

if TYPE_CHECKING:
    from lstm_sentiment_cli.datasets import OnProgress


def _datasets() -> Iterable[str]:
    from lstm_sentiment_cli.datasets import DATASETS

    return DATASETS


app = options.command_group("Download, check and describe labelled files.")


@app.command(cls=Command)
def fetch(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Data set: sentiment140.", autocompletion=_datasets),
    ],
    *,
    output: Annotated[Path, option("--output -o FOLDER", "Folder for the files.", OUTPUT)] = Path(
        "data"
    ),
    url: Annotated[str | None, option("--url URL", "Download from another address.")] = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Download a public set of labelled tweets.

    The files are checked before they are put in place. Run the command again to resume
    an interrupted download.

    Examples:
      lstm-sentiment data fetch sentiment140
      lstm-sentiment data fetch sentiment140 --output tweets
    """
    from lstm_sentiment_cli import datasets

    terminal = Terminal(quiet, no_color)
    with _progress(terminal) as on_progress:
        paths = datasets.fetch(
            datasets.find_dataset(name),
            output,
            url=url,
            force=force,
            on_progress=on_progress,
            say=terminal.say,
        )
    print_paths(*paths)


@app.command(cls=Command)
def check(
    files: options.DataFiles,
    *,
    labels: Annotated[
        str, option("--labels A,B[,C]", "Labels to look for.", DATA)
    ] = "positive,negative",
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    skip_unreadable: options.SkipUnreadable = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Check whether a model can be trained on files.

    Exit code 1 if it cannot.

    Examples:
      lstm-sentiment data check tweets.csv
      lstm-sentiment data check tweets.csv --json
    """
    from lstm_sentiment_cli.records.labelled import data_files, read_examples
    from lstm_sentiment_cli.records.profile import check_of, require_trainable
    from lstm_sentiment_cli.training.recipe import parse_labels

    wanted = parse_labels(labels)
    described = data_files(files, text_column, label_column, encoding, delimiter)
    examples = read_examples(described, wanted, skip_unreadable=True)
    found = check_of(examples, wanted)
    if as_json:
        print_json(found.to_json())
    else:
        from lstm_sentiment_cli.rendering.profiles import check_tables

        Terminal(quiet, no_color).stdout().print(check_tables(found))
    if found.unreadable and not skip_unreadable:
        first = found.unreadable[0]
        raise SentimentError(
            f"{counted(len(found.unreadable), 'row')} cannot be read, the first in {first.path}, "
            f"line {first.line}: {first.problem}; correct them or train with --skip-unreadable"
        )
    require_trainable(examples, wanted)


@app.command(cls=Command)
def describe(
    files: options.DataFiles,
    *,
    labels: Annotated[
        str | None, option("--labels A,B[,C]", "Labels to describe.", DATA, default="all")
    ] = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Show labels, text lengths and keywords of each label.

    Keywords are the words with the highest z-scores of log-odds ratios (Monroe, Colaresi and
    Quinn 2008), if they are statistically significant (Benjamini and Hochberg 1995). "here" and
    "elsewhere" count how often a word occurs in texts of this label, and of the others.

    Examples:
      lstm-sentiment data describe tweets.csv
      lstm-sentiment data describe tweets.csv --labels positive,negative --json
    """
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.records.profile import describe as description_of
    from lstm_sentiment_cli.training.hyperparameters import preset
    from lstm_sentiment_cli.training.recipe import parse_labels

    terminal = Terminal(quiet, no_color)
    with counting(terminal, "texts") as on_progress:
        found = description_of(
            data_files(files, text_column, label_column, encoding, delimiter),
            parse_labels(labels) if labels else None,
            max_tokens=preset("default").max_tokens,
            on_progress=on_progress,
        )
    if as_json:
        print_json(found.to_json())
    else:
        from lstm_sentiment_cli.rendering.profiles import description_parts

        console = terminal.stdout()
        console.print(description_parts(found, terminal.display(console)))


@contextmanager
def _progress(terminal: Terminal) -> "Iterator[OnProgress]":
    """Show a download: a bar on a terminal, else a line at each tenth."""
    if terminal.animated:
        from rich import progress

        columns = (progress.BarColumn(), progress.DownloadColumn(), progress.TimeRemainingColumn())
        with progress.Progress(*columns, console=terminal.stderr(), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    said = -1

    def show(done: int, total: int | None) -> None:
        nonlocal said
        tenth = 10 * done // total if total else 0
        if tenth > said:
            said = tenth
            of_total = f" of {total / 1e6:.1f}" if total else ""
            terminal.say(f"fetched {done / 1e6:.1f}{of_total} MB")

    yield show
