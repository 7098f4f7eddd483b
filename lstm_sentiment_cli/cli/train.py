"""`lstm-sentiment train`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.knobs import with_knobs
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.check import DataCheck
    from lstm_sentiment_cli.training.progress import Listener

Data = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="DATA",
        help="Labelled files: csv, tsv, jsonl or parquet, plain or .gz .zip .bz2 .xz.",
        show_default=False,
    ),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FOLDER", help="The model folder to write.")
]
Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="TOML: knobs, labels, [[data]] files."),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data-folder",
        metavar="FOLDER",
        help="Where relative paths of [[data]] begin.",
        show_default="here",
    ),
]
Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="Hyperparameters to begin with: default, or seed (the reference network).",
        show_default="default",
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        metavar="A,B[,C]",
        help="Labels to keep, in output order.",
        show_default="positive,negative",
    ),
]
Validation = Annotated[
    list[Path] | None,
    typer.Option("--validation", metavar="FILE", help="Validate on this, not on a part of DATA."),
]
Weight = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="FILE=X", help="Examples of FILE count X times. Repeatable."),
]
Parent = Annotated[
    str | None,
    typer.Option("--from", metavar="NAME|PATH", help="Go on from this model's weights."),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a training that was stopped or killed.")
]


@with_knobs
def train(
    data: Data = None,
    *,
    output: Output,
    config: Config = None,
    data_folder: DataFolder = None,
    preset: Preset = None,
    labels: Labels = None,
    validation: Validation = None,
    weight: Weight = None,
    parent: Parent = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="Of the files.", show_default="utf-8"),
    ] = None,
    skip_unreadable: options.SkipUnreadable = False,
    resume: Resume = False,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    knobs: dict[str, Any],
) -> None:
    """Train a model on labelled files and write its folder.

    Ctrl-C once finishes with the best so far; twice stops, and --resume goes on.
    """
    from lstm_sentiment_cli.records.examples import DataFile
    from lstm_sentiment_cli.training.config import read_config, with_weights
    from lstm_sentiment_cli.training.request import read_training_data

    terminal = Terminal(quiet, no_color)
    wanted = read_config(config, folder=data_folder, preset_name=preset, knobs=knobs, labels=labels)
    file = partial(DataFile, text_column=text_column, label_column=label_column, encoding=encoding)

    chosen = with_weights((*wanted.data, *map(file, data or ())), weight or ())
    if not chosen:
        raise SentimentError("nothing to train on; name labelled files, or [[data]] in --config")
    _check_output(output, force=force, resume=resume)
    from lstm_sentiment_cli.cli.training_progress import result_line
    from lstm_sentiment_cli.training.start import start

    with _listener(terminal) as listener, _stopped(output, terminal):
        trained = start(
            lambda its_labels: read_training_data(
                chosen,
                [file(path) for path in validation or ()],
                its_labels,
                skip_unreadable=skip_unreadable,
                command=sys.argv[1:],
                on_check=lambda check: _say_check(check, terminal),
            ),
            wanted,
            output,
            parent=parent,
            force=force,
            resume=resume,
            listener=listener,
        )
    terminal.say(result_line(trained.metrics))
    typer.echo(output)


def _check_output(output: Path, *, force: bool, resume: bool) -> None:
    from lstm_sentiment_cli.model.folder import check_output
    from lstm_sentiment_cli.training.request import checkpoint_path

    if resume and output.exists() and not checkpoint_path(output).exists():
        raise SentimentError(f"the training of {output} has ended: there is nothing to resume")
    check_output(output, force=force)


def _say_check(check: "DataCheck", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering.data_check import summary

    for line in summary(check):
        terminal.say(line)


@contextmanager
def _stopped(output: Path, terminal: Terminal) -> Iterator[None]:
    from lstm_sentiment_cli.training.request import checkpoint_path

    try:
        yield
    except KeyboardInterrupt:
        if checkpoint_path(output).exists():
            terminal.say("stopped; --resume goes on after the last epoch that ended")
        raise


@contextmanager
def _listener(terminal: Terminal) -> Iterator["Listener"]:
    from lstm_sentiment_cli.cli.training_progress import live, plain

    with (live if terminal.animated else plain)(terminal) as listener:
        yield listener
