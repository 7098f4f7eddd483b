"""Where settings come from: what was typed, the environment, a file, or a default."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import typer

from lstm_sentiment_cli.cli.settings import NEARER, commands_below, file_options, settings_files
from lstm_sentiment_cli.errors import SentimentError

DEFAULT = "default"
ALL = "all commands"


class InForce(NamedTuple):
    """A setting of a command that is not its default."""

    command: str
    """What is typed: "models show"; or ALL."""
    name: str
    """As its flag: "text-column"."""
    value: object
    origin: str


def origin(context: typer.Context, option: str) -> str:
    """Return where the value of a command's option came from, as a person would say it.

    "--threshold", "LSTM_SENTIMENT_MODEL", the path of a file, or "default".
    """
    source = context.get_parameter_source(option)
    if source is not None and source.name == "DEFAULT_MAP":
        root = context.find_root()
        return _origin(root, _path(context), option)
    if source is None or source.name == "DEFAULT":
        return DEFAULT
    return _typed(context, option)


def in_force(context: typer.Context) -> list[InForce]:
    """Return every setting that files, the environment or what was typed give to commands.

    One that all commands have is one row; those rows come first.
    """
    root = context.find_root()
    found: dict[tuple[str, str, str], list[InForce]] = {}
    having: Counter[str] = Counter()
    for path, command in _leaves(root.command, []):
        values = _at(root.default_map or {}, path)
        for name, option in file_options(command).items():
            parameter = str(option.name)
            if parameter.startswith("_"):  # taken for likeness with other commands, and not used
                continue
            having[name] += 1
            if parameter in values:
                value = values[parameter]
                row = InForce(" ".join(path), name, value, _origin(root, path, parameter))
                found.setdefault((name, repr(value), row.origin), []).append(row)
    everywhere = [rows for rows in found.values() if len(rows) == having[rows[0].name] > 1]
    elsewhere = [rows for rows in found.values() if rows not in everywhere]
    return [*(rows[0]._replace(command=ALL) for rows in everywhere), *chain(*elsewhere)]


def set_in_a_file(context: typer.Context, message: str) -> str:
    """Return where a file sets what an error speaks of, or "": nobody typed it, so they must know.

    "no model 'old' in …" → "; model is set in lstm-sentiment.toml".
    """
    try:
        rows = in_force(context)
        places = {str(file.place) for file in settings_files(context.find_root().command)}
    except SentimentError:  # a file is what it speaks of
        return ""
    for row in rows:
        here = row.command == ALL or row.command.split()[0] == context.invoked_subcommand
        if here and row.origin in places and _names(message, str(row.value)):
            return f"; {row.name} is set in {row.origin}"
    return ""


def _names(message: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", message) is not None


def _path(context: Any) -> list[str]:
    """Return what was typed to reach a command: ["models", "show"]."""
    return [] if context.parent is None else [*_path(context.parent), context.info_name]


def _origin(root: Any, path: Sequence[str], option: str) -> str:
    """Return where a command's value comes from that is not typed behind the command itself."""
    source = root.get_parameter_source(option)
    if source is not None and source.name in NEARER:
        return _typed(root, option)
    files = reversed(settings_files(root.command))
    return next((str(file.place) for file in files if option in _at(file.defaults, path)), DEFAULT)


def _typed(context: Any, option: str) -> str:
    found = next(each for each in context.command.params if each.name == option)
    source = context.get_parameter_source(option)
    if source is not None and source.name == "ENVIRONMENT":
        return str(found.envvar)
    return str(max(found.opts, key=len))


def _leaves(command: Any, path: list[str]) -> Iterator[tuple[list[str], Any]]:
    """Yield what is typed for each command that does something, and the command."""
    below = commands_below(command)
    if not below:
        yield path, command
    for name, each in below.items():
        yield from _leaves(each, [*path, name])


def _at(defaults: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """Return what a command is given: ({"models": {"show": {…}}}, ["models", "show"]) → {…}."""
    for name in path:
        defaults = defaults.get(name) or {}
    return defaults
