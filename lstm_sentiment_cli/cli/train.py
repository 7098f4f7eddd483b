"""`lstm-sentiment train`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options, training_options
from lstm_sentiment_cli.cli.command_class import DATA, TRAINING
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.cli.training_options import with_knobs
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.training.listener import Listener

Validation = Annotated[
    list[Path] | None,
    typer.Option(
        "--validation",
        metavar="FILE",
        help="Validate on this file instead of a part of DATA.",
        rich_help_panel=DATA,
    ),
]
Parent = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="NAME|PATH",
        help="Continue from the weights of this model.",
        rich_help_panel=TRAINING,
    ),
]
Teacher = Annotated[
    list[str] | None,
    typer.Option(
        "--teacher",
        metavar="NAME|PATH",
        help="Learn the answers of this model too. Repeatable.",
        rich_help_panel=TRAINING,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Continue a training that was interrupted.", rich_help_panel=TRAINING
    ),
]


@with_knobs
def train(
    data: options.OptionalDataFiles = None,
    *,
    config: training_options.Config = None,
    data_folder: training_options.DataFolder = None,
    labels: training_options.Labels = None,
    validation: Validation = None,
    weight: training_options.Weight = None,
    share: training_options.Share = 1.0,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: training_options.Encoding = None,
    skip_unreadable: options.SkipUnreadable = False,
    preset: training_options.Preset = None,
    parent: Parent = None,
    teacher: Teacher = None,
    resume: Resume = False,
    output: options.ModelFolder,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    knobs: dict[str, Any],
) -> None:
    """Train a model on labelled files.

    Press Ctrl-C once to finish with the best epoch so far; twice to stop, and continue later with
    --resume.

    Examples:
      lstm-sentiment train tweets.csv --output models/mine
      lstm-sentiment train corrections.csv --from default --output models/corrected
      lstm-sentiment train --config best.toml --epochs 4 --output models/mine
    """
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.training.recipe import read_recipe

    terminal = Terminal(quiet, no_color)
    recipe = read_recipe(config, folder=data_folder, preset_name=preset, knobs=knobs, labels=labels)
    files = partial(
        data_files, text_column=text_column, label_column=label_column, encoding=encoding
    )
    read = training_options.reader(
        training_options.chosen_files((*recipe.data, *files(data or ())), weight, share),
        files(validation or ()),
        skip_unreadable=skip_unreadable,
        terminal=terminal,
    )
    _check_output(output, force=force, resume=resume)
    from lstm_sentiment_cli.cli.training_progress import say_result
    from lstm_sentiment_cli.training.preflight import start

    with _listener(terminal) as listener, _stopped(output, terminal):
        trained = start(
            read,
            recipe,
            output,
            parent=parent,
            teachers=teacher or (),
            force=force,
            resume=resume,
            listener=listener,
        )
    say_result(trained, terminal)
    typer.echo(output)


def _check_output(output: Path, *, force: bool, resume: bool) -> None:
    from lstm_sentiment_cli.model.folder import check_output
    from lstm_sentiment_cli.training.training_data import checkpoint_path

    if resume and output.exists() and not checkpoint_path(output).exists():
        raise SentimentError(f"the training of {output} is finished: there is nothing to resume")
    check_output(output, force=force)


@contextmanager
def _stopped(output: Path, terminal: Terminal) -> Iterator[None]:
    from lstm_sentiment_cli.training.training_data import checkpoint_path

    try:
        yield
    except KeyboardInterrupt:
        if checkpoint_path(output).exists():
            terminal.say("stopped; continue after the last finished epoch with --resume")
        raise


@contextmanager
def _listener(terminal: Terminal) -> Iterator["Listener"]:
    from lstm_sentiment_cli.cli.training_progress import live, plain

    with (live if terminal.animated else plain)(terminal) as listener:
        yield listener
