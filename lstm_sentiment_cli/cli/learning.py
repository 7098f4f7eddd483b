"""What `train` and `tune` have in common: options, and the labelled files they name."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.check import DataCheck
    from lstm_sentiment_cli.records.data_file import DataFile
    from lstm_sentiment_cli.training.request import TrainingData

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
Weight = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="FILE=X", help="Examples of FILE count X times. Repeatable."),
]
Share = Annotated[
    float, typer.Option("--share", metavar="X", help="Take this share of every file's rows.")
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Of the files.", show_default="utf-8"),
]


def chosen_files(
    files: "Iterable[DataFile]", weights: Sequence[str] | None, share: float = 1.0
) -> "list[DataFile]":
    """Return what to learn from, weighted as --weight says; SentimentError when it is nothing.

    `share` is that of the rows that are taken, of what each file gives anyway.
    """
    from dataclasses import replace

    from lstm_sentiment_cli.training.config import with_weights

    if not 0 < share <= 1:
        raise SentimentError(f"--share must be above 0 and at most 1, got {share:g}")
    chosen = list(with_weights(list(files), weights or ()))
    if not chosen:
        raise SentimentError("nothing to train on; name labelled files, or [[data]] in --config")
    return [replace(file, share=file.share * share) for file in chosen]


def reader(
    files: "Sequence[DataFile]",
    validation: "Sequence[DataFile]",
    *,
    skip_unreadable: bool,
    terminal: Terminal,
) -> "Callable[[tuple[str, ...]], TrainingData]":
    """Return what reads the examples of the labels it is given, and says what the files hold."""
    from lstm_sentiment_cli.training.request import read_training_data

    return lambda labels: read_training_data(
        files,
        validation,
        labels,
        skip_unreadable=skip_unreadable,
        command=sys.argv[1:],
        on_check=lambda check: _say_check(check, terminal),
    )


def _say_check(check: "DataCheck", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering.data_check import summary

    for line in summary(check):
        terminal.say(line)
