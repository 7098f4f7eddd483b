"""Settings: an option beats the environment, which beats ./lstm-sentiment.toml, then the user's.

A table of a file is for one command (`[predict]`, `threshold = 0.6`; `[models.list]`), what is
above the tables for all commands (`model = "mine"`). Settings are named as the options are.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import typer
from platformdirs import user_config_path
from typer.core import TyperGroup, TyperOption

from lstm_sentiment_cli.errors import SentimentError, suggestion

FILE_NAME = "lstm-sentiment.toml"
_SHARED = {"model", "quiet", "no-color"}
# A file that comes with a folder must not choose what is overwritten there.
_NEVER = {"output", "force", "corrections"}
# The command that shows the settings of all commands.
_OF_ALL = "config"
NEARER = {"COMMANDLINE", "ENVIRONMENT"}  # what Typer calls the sources that beat files

# What Typer takes as `default_map`: option → value, command → its own such map.
Defaults = dict[str, Any]


class SettingsFile(NamedTuple):
    """A file that was read."""

    place: Path
    defaults: Defaults


def places() -> tuple[Path, Path]:
    """Return where files are looked for, in increasing precedence."""
    return user_config_path("lstm-sentiment", appauthor=False) / FILE_NAME, Path(FILE_NAME)


def use_files(context: typer.Context) -> None:
    """Make the settings of the files the defaults below what was typed before the command."""
    root = context.find_root()
    defaults: Defaults = {}
    for file in settings_files(root.command):
        defaults = _laid_over(defaults, file.defaults)
    root.default_map = _laid_over(defaults, root.default_map or {})


def settings_files(root: Any) -> list[SettingsFile]:
    """Return the files that exist, read and checked, in increasing precedence."""
    shared = {name: each for name, each in file_options(root).items() if name in _SHARED}
    return [
        SettingsFile(place, _defaults(root, content, _Above(shared, {}), str(place)))
        for place in places()
        if (content := _read(place))
    ]


def spread(context: typer.Context, options: Mapping[str, object]) -> None:
    """Pass to the command what was typed before it or is in the environment: it beats files."""
    given = {
        name: value
        for name, value in options.items()
        if (source := context.get_parameter_source(name)) is not None and source.name in NEARER
    }
    command: Any = context.command
    name = context.invoked_subcommand
    if name == _OF_ALL:
        given = _for_all(command, given)
    elif name:  # the others need not be imported
        given |= {name: _for_all(command.commands[name], given)}
    context.default_map = _laid_over(context.default_map or {}, given)


def _for_all(command: Any, given: Defaults) -> Defaults:
    """Return the values for a command and for all below it."""
    return given | {name: _for_all(each, given) for name, each in commands_below(command).items()}


def commands_below(command: Any) -> dict[str, Any]:
    """Return name → command; {} if there is none below."""
    return dict(command.commands) if isinstance(command, TyperGroup) else {}


def _laid_over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Defaults:
    """Return both maps as one; the values of the upper one win."""
    merged = {**lower}
    for name, value in upper.items():
        nested = isinstance(value, dict)
        merged[name] = _laid_over(merged.get(name) or {}, value) if nested else value
    return merged


def _read(place: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(place.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SentimentError(
            f"cannot read settings from {place}: {reason}; correct or remove the file"
        ) from None


class _Above(NamedTuple):
    """What is above a command's table."""

    options: dict[str, TyperOption]  # those that all commands share
    values: Defaults


def _defaults(command: Any, table: dict[str, Any], above: _Above, where: str) -> Defaults:
    """Return the defaults that a table gives to a command and to those below it."""
    below = commands_below(command)
    known = above.options if below else file_options(command)
    own: Defaults = {}
    for name, value in table.items():
        key = name.replace("_", "-")
        if key in below:
            if not isinstance(value, dict):
                raise SentimentError(
                    f"{where}: {name} is a command; put its settings in a table, [{name}]"
                )
        elif key in known:
            _check(known[key], value, typer.Context(command), f"{where}: {name}")
            own[str(known[key].name)] = value
        elif key in _NEVER:
            raise SentimentError(f"{where}: {name} cannot be set in a file; use --{key}")
        else:
            raise SentimentError(f"{where}: {_unknown(name, value, known, below)}")
    shared = _Above(above.options, above.values | own)
    return shared.values | {
        name: _defaults(each, table.get(name, {}), shared, f"{where}, [{name}]")
        for name, each in below.items()
    }


def _unknown(
    name: str, value: object, known: Mapping[str, TyperOption], below: Mapping[str, Any]
) -> str:
    """Return what is wrong with a name in a table, and what was probably meant."""
    key = name.replace("_", "-")
    owners = [f"[{each}]" for each, command in below.items() if key in file_options(command)]
    if owners:
        return f"{name} is a setting of some commands only; put it under {' or '.join(owners)}"
    what = "command" if isinstance(value, dict) else "setting"
    hint = suggestion(key, [*known, *below]) or f"; known are {', '.join([*known, *below])}"
    return f"unknown {what} '{name}'{hint}"


def file_options(command: Any) -> dict[str, TyperOption]:
    """Return the options that a file may set, by their names: "text-column"."""
    options = [each for each in command.params if isinstance(each, TyperOption)]
    named = {max(option.opts, key=len).lstrip("-"): option for option in options}
    return {name: option for name, option in named.items() if name not in _NEVER}


def _check(option: TyperOption, value: object, context: typer.Context, where: str) -> None:
    """Raise SentimentError if the option does not take this value."""
    if option.multiple:
        fits, kind = isinstance(value, list), "a list of texts"
    elif option.is_flag:
        fits, kind = isinstance(value, bool), "true or false"
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        fits, kind = number or isinstance(value, str), "text or a number, as after its option"
    if not fits:
        raise SentimentError(f"{where} must be {kind}, got {value!r}")
    try:
        option.process_value(context, value)
    except typer.BadParameter as error:
        raise SentimentError(f"{where}: {error.message}") from None


DEFAULT = "default"
ALL = "all commands"


class InForce(NamedTuple):
    """A setting of a command that is not its default."""

    command: str  # what is typed: "models show"; or ALL
    name: str  # as its option: "text-column"
    value: object
    origin: str


def origin(context: typer.Context, option: str) -> str:
    """Return where the value of a command's option came from.

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
    """Return every setting that files, the environment or the command line give to commands.

    A setting of all commands is one row; these rows come first.
    """
    root = context.find_root()
    found: dict[tuple[str, str, str], list[InForce]] = {}
    having: Counter[str] = Counter()
    for path, command in _leaves(root.command, []):
        values = _at(root.default_map or {}, path)
        for name, option in file_options(command).items():
            parameter = str(option.name)
            if parameter.startswith("_"):  # accepted for uniformity, and not used
                continue
            having[name] += 1
            if parameter in values:
                value = values[parameter]
                row = InForce(" ".join(path), name, value, _origin(root, path, parameter))
                found.setdefault((name, repr(value), row.origin), []).append(row)
    everywhere = [rows for rows in found.values() if len(rows) == having[rows[0].name] > 1]
    elsewhere = [rows for rows in found.values() if rows not in everywhere]
    return [*(rows[0]._replace(command=ALL) for rows in everywhere), *chain(*elsewhere)]


def set_in_a_file(context: typer.Context, options: Iterable[str]) -> str:
    """Return which of the options that an error is about a file sets, as the end of its message.

    ["model"] → "; model is set in lstm-sentiment.toml", or "" for what was typed.
    """
    known = file_options(context.command)
    files = set(map(str, places()))
    told = ""
    for name in options:
        flag = name.replace("_", "-")
        if flag in known and (place := origin(context, str(known[flag].name))) in files:
            told += f"; {flag} is set in {place}"
    return told


def _path(context: Any) -> list[str]:
    """Return what was typed to reach a command: ["models", "show"]."""
    return [] if context.parent is None else [*_path(context.parent), context.info_name]


def _origin(root: Any, path: Sequence[str], option: str) -> str:
    """Return where a value comes from that was not typed after the command itself."""
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
