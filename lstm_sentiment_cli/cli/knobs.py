"""Flags for hyperparameters, made from their record: a knob is declared there and nowhere else."""

import inspect
from collections.abc import Callable, Collection
from dataclasses import Field, fields
from functools import wraps
from typing import Annotated, Any

import typer

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

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
        raise SentimentError(f"{name} must be whole numbers, as 96,48,48; got '{value}'") from None
