"""What `train` and `tune` have in common: options, and the labelled files they name."""

import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import Field, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.labelled import DataFile
    from lstm_sentiment_cli.records.profile import DataCheck
    from lstm_sentiment_cli.training.training_data import TrainingData


_KNOBS = {knob.name: knob for knob in fields(Hyperparameters)}


def with_knobs(command: Callable[..., None], without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command one flag a knob, and pass those that were used as its argument `knobs`."""
    known = [knob for name, knob in _KNOBS.items() if name not in without]

    @wraps(command)
    def wrapped(**values: Any) -> None:
        used = {knob.name: values.pop(knob.name) for knob in known}
        knobs = {name: _parsed(name, value) for name, value in used.items() if value is not None}
        command(**values, knobs=knobs)

    own = inspect.signature(command, eval_str=True)
    parameters = [each for each in own.parameters.values() if each.name != "knobs"]
    parameters += [_flag(knob) for knob in known]
    wrapped.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters}
    return wrapped


def _flag(knob: "Field[Any]") -> inspect.Parameter:
    default: Any = knob.default
    listed = isinstance(default, tuple)
    option = typer.Option(
        f"--{knob.name.replace('_', '-')}",
        help=knob.metadata["help"],
        metavar="N,N,…" if listed else {int: "N", float: "X", str: "NAME"}[type(default)],
        show_default=",".join(map(str, default)) if listed else str(default),
        rich_help_panel="Hyperparameters",
    )
    kind = str if listed else type(default)
    return inspect.Parameter(
        knob.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, option],
    )


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(_KNOBS[name].default, tuple):
        return value
    try:
        return tuple(int(part) for part in value.split(","))
    except ValueError:
        raise SentimentError(
            f"{name} must be whole numbers, as 96,48,48; got '{value}'", name
        ) from None


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

    from lstm_sentiment_cli.training.recipe import with_weights

    if not 0 < share <= 1:
        raise SentimentError(f"--share must be above 0 and at most 1, got {share:g}", "share")
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
    from lstm_sentiment_cli.training.training_data import read_training_data

    return lambda labels: read_training_data(
        files,
        validation,
        labels,
        skip_unreadable=skip_unreadable,
        command=sys.argv[1:],
        on_check=lambda check: _say_check(check, terminal),
    )


def _say_check(check: "DataCheck", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering.profiles import summary

    for line in summary(check):
        terminal.say(line)
