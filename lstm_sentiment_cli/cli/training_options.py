"""What `train` and `tune` have in common: their options, and the files these name."""

import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import Field, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli.command_class import DATA, NETWORK, TRAINING
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.labelled import DataFile
    from lstm_sentiment_cli.records.profile import DataCheck
    from lstm_sentiment_cli.training.training_data import TrainingData


_KNOBS = {knob.name: knob for knob in fields(Hyperparameters)}


def with_knobs(command: Callable[..., None], without: Collection[str] = ()) -> Callable[..., None]:
    """Give a command an option per hyperparameter; those in use are its argument `knobs`."""
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
        rich_help_panel=NETWORK if knob.metadata["network"] else TRAINING,
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


Config = Annotated[
    Path | None,
    typer.Option(
        *("--config", "-c"),
        metavar="FILE",
        help="TOML file with hyperparameters, labels and [[data]] files.",
        rich_help_panel=DATA,
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data-folder",
        metavar="FOLDER",
        help="Folder that paths of [[data]] are relative to.",
        show_default="current folder",
        rich_help_panel=DATA,
    ),
]
Preset = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="Hyperparameters to start from: default, or seed, the reference network.",
        show_default="default",
        rich_help_panel=TRAINING,
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        metavar="A,B[,C]",
        help="Labels to learn, in output order.",
        show_default="positive,negative",
        rich_help_panel=DATA,
    ),
]
Weight = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        metavar="FILE=X",
        help="Count each example of FILE X times. Repeatable.",
        rich_help_panel=DATA,
    ),
]
Share = Annotated[
    float,
    typer.Option(
        "--share",
        metavar="X",
        help="Use this share of the rows of each file.",
        rich_help_panel=DATA,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of the input files.",
        show_default="utf-8",
        rich_help_panel=DATA,
    ),
]


def chosen_files(
    files: "Iterable[DataFile]", weights: Sequence[str] | None, share: float = 1.0
) -> "list[DataFile]":
    """Return the files to learn from, with --weight and --share; SentimentError if none."""
    from dataclasses import replace

    from lstm_sentiment_cli.training.recipe import with_weights

    if not 0 < share <= 1:
        raise SentimentError(f"--share must be above 0 and at most 1, got {share:g}", "share")
    chosen = list(with_weights(list(files), weights or ()))
    if not chosen:
        raise SentimentError("no data to train on; name labelled files, or [[data]] in --config")
    return [replace(file, share=file.share * share) for file in chosen]


def reader(
    files: "Sequence[DataFile]",
    validation: "Sequence[DataFile]",
    *,
    skip_unreadable: bool,
    terminal: Terminal,
) -> "Callable[[tuple[str, ...]], TrainingData]":
    """Return a function that reads the examples of given labels and reports on the files."""
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
