"""`lstm-sentiment train`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options, training_options
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.cli.training_options import with_knobs
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.training.listener import Listener

Validation = Annotated[
    list[Path] | None,
    typer.Option("--validation", metavar="FILE", help="Validate on this, not on a part of DATA."),
]
Parent = Annotated[
    str | None,
    typer.Option("--from", metavar="NAME|PATH", help="Go on from this model's weights."),
]
Teacher = Annotated[
    list[str] | None,
    typer.Option(
        "--teacher",
        metavar="NAME|PATH",
        help="Learn what this model says, too. Repeatable.",
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a training that was stopped or killed.")
]


@with_knobs
def train(
    data: training_options.Data = None,
    *,
    output: training_options.Output,
    config: training_options.Config = None,
    data_folder: training_options.DataFolder = None,
    preset: training_options.Preset = None,
    labels: training_options.Labels = None,
    validation: Validation = None,
    weight: training_options.Weight = None,
    share: training_options.Share = 1.0,
    parent: Parent = None,
    teacher: Teacher = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: training_options.Encoding = None,
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
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.training.recipe import read_recipe

    terminal = Terminal(quiet, no_color)
    wanted = read_recipe(config, folder=data_folder, preset_name=preset, knobs=knobs, labels=labels)
    named = partial(
        data_files, text_column=text_column, label_column=label_column, encoding=encoding
    )
    chosen = training_options.chosen_files((*wanted.data, *named(data or ())), weight, share)
    read = training_options.reader(
        chosen,
        named(validation or ()),
        skip_unreadable=skip_unreadable,
        terminal=terminal,
    )
    _check_output(output, force=force, resume=resume)
    from lstm_sentiment_cli.cli.training_progress import say_result
    from lstm_sentiment_cli.training.preflight import start

    with _listener(terminal) as listener, _stopped(output, terminal):
        trained = start(
            read,
            wanted,
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
        raise SentimentError(f"the training of {output} has ended: there is nothing to resume")
    check_output(output, force=force)


@contextmanager
def _stopped(output: Path, terminal: Terminal) -> Iterator[None]:
    from lstm_sentiment_cli.training.training_data import checkpoint_path

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
