"""The commands, each imported when it is asked for.

Importing all of them and reading their options costs every start an eighth of its time; only the
help needs them all.
"""

from collections import UserDict
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import typer


class OnDemand(UserDict[str, Any]):
    """Name → command, in the order of the help.

    A command is the function of its name in the module of its name, or a group if that module
    has an `app`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(dict.fromkeys(names))

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            self.data[name] = _loaded(name)
        return self.data[name]


def _loaded(name: str) -> Any:
    attribute = name.replace("-", "_")
    module = import_module(f"lstm_sentiment_cli.cli.{attribute}")
    if app := getattr(module, "app", None):
        command = typer.main.get_command(app)
        command.name = name
        return command
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name)(getattr(module, attribute))
    return typer.main.get_command(alone)
