"""Settings: an option beats the environment, which beats ./lstm-sentiment.toml, then the user's.

In a file, a table has the settings of one command (`[predict]`, `threshold = 0.6`), and what
stands above the tables is for all commands (`model = "mine"`). Settings are named as options.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
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
# Where a context keeps the files that were read: place → its defaults, in increasing precedence.
_FILES = "lstm_sentiment_cli.settings"

# What Typer takes as `default_map`: option → value, command → its own such map.
Defaults = dict[str, Any]


def places() -> tuple[Path, Path]:
    """Return where files are looked for, in increasing precedence."""
    return user_config_path("lstm-sentiment", appauthor=False) / FILE_NAME, Path(FILE_NAME)


def use_files(context: typer.Context) -> None:
    """Make what the files say the defaults; what was typed before the command still wins."""
    root: Any = context.find_root()
    shared = {name: each for name, each in _file_options(root.command).items() if name in _SHARED}
    files = {
        str(place): _defaults(root.command, content, str(place), shared, {})
        for place in places()
        if (content := _read(place))
    }
    context.meta[_FILES] = files
    root.default_map = reduce(_laid_over, [*files.values(), root.default_map or {}])


def spread(context: typer.Context, options: Mapping[str, object]) -> None:
    """Pass to the command what was typed before it or is in the environment: it beats files."""
    given = {name: value for name, value in options.items() if given_by(context, name)}
    command: Any = context.command
    name = context.invoked_subcommand
    if name == "config":  # it shows the settings of all commands
        given = _for_all(command, given)
    elif name:  # the others need not be imported
        given |= {name: _for_all(command.commands[name], given)}
    context.default_map = _laid_over(context.default_map or {}, given)


def given_by(context: Any, option: str) -> str:
    """Return the flag or the variable that gives an option its value; "" if neither does."""
    source = context.get_parameter_source(option)
    if source is None or source.name not in {"COMMANDLINE", "ENVIRONMENT"}:
        return ""
    found = next(each for each in context.command.params if each.name == option)
    return str(found.envvar if source.name == "ENVIRONMENT" else max(found.opts, key=len))


def _for_all(command: Any, given: Defaults) -> Defaults:
    """Return the values for a command and for all below it."""
    return given | {name: _for_all(each, given) for name, each in _commands_below(command).items()}


def _commands_below(command: Any) -> dict[str, Any]:
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


def _defaults(
    command: Any,
    table: Mapping[str, Any],
    where: str,
    shared: Mapping[str, TyperOption],
    above: Defaults,
) -> Defaults:
    """Return the defaults that a table gives to a command and to those below it.

    `shared` are the options of all commands; `above` are the values of the tables above.
    """
    below = _commands_below(command)
    known = shared if below else _file_options(command)
    values, tables = {**above}, {}
    for name, value in table.items():
        key = name.replace("_", "-")
        if key in below and isinstance(value, dict):
            tables[key] = value
        elif key in known:
            _check(command, known[key], value, f"{where}: {name}")
            values[str(known[key].name)] = value
        else:
            raise SentimentError(f"{where}: {_refusal(name, value, known, below)}")
    return values | {
        name: _defaults(each, tables.get(name, {}), f"{where}, [{name}]", shared, values)
        for name, each in below.items()
    }


def _refusal(
    name: str, value: object, known: Mapping[str, TyperOption], below: Mapping[str, Any]
) -> str:
    """Return what is wrong with a name in a table, and what was probably meant."""
    key = name.replace("_", "-")
    if key in below:
        return f"{name} is a command; put its settings in a table, [{name}]"
    if key in _NEVER:
        return f"{name} cannot be set in a file; use --{key}"
    owners = [f"[{each}]" for each, command in below.items() if key in _file_options(command)]
    if owners:
        return f"{name} is a setting of some commands only; put it under {' or '.join(owners)}"
    what = "command" if isinstance(value, dict) else "setting"
    hint = suggestion(key, [*known, *below]) or f"; choose from {', '.join([*known, *below])}"
    return f"unknown {what} '{name}'{hint}"


def _file_options(command: Any) -> dict[str, TyperOption]:
    """Return the options that a file may set, by their names: "text-column"."""
    options = [each for each in command.params if isinstance(each, TyperOption)]
    named = {max(option.opts, key=len).lstrip("-"): option for option in options}
    return {name: option for name, option in named.items() if name not in _NEVER}


def _check(command: Any, option: TyperOption, value: object, where: str) -> None:
    """Raise SentimentError if the option does not take this value."""
    if option.multiple:
        fits, kind = isinstance(value, list), "a list of texts"
    elif option.is_flag:
        fits, kind = isinstance(value, bool), "true or false"
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        fits, kind = number or isinstance(value, str), "text or a number, as on the command line"
    if not fits:
        raise SentimentError(f"{where} must be {kind}, got {value!r}")
    try:
        option.process_value(typer.Context(command), value)
    except typer.BadParameter as error:
        raise SentimentError(f"{where}: {error.message}") from None


class InForce(NamedTuple):
    """A setting of a command that is not its default."""

    command: str  # what is typed: "models show"; or "all commands"
    name: str  # as its option: "text-column"
    value: object
    origin: str


def in_force(context: typer.Context) -> list[InForce]:
    """Return every setting that files, the environment or the command line give to commands.

    A setting of all commands is one row; these rows come first.
    """
    root = context.find_root()
    found: dict[tuple[str, str, str], list[InForce]] = {}
    having: Counter[str] = Counter()
    for path, command in _leaves(root.command, []):
        values = _at(root.default_map or {}, path)
        for name, option in _file_options(command).items():
            parameter = str(option.name)
            if parameter.startswith("_"):  # accepted for uniformity, and not used
                continue
            having[name] += 1
            if parameter in values:
                value = values[parameter]
                row = InForce(" ".join(path), name, value, _inherited(root, path, parameter))
                found.setdefault((name, repr(value), row.origin), []).append(row)
    everywhere = [rows for rows in found.values() if len(rows) == having[rows[0].name] > 1]
    elsewhere = [rows for rows in found.values() if rows not in everywhere]
    return [*(rows[0]._replace(command="all commands") for rows in everywhere), *chain(*elsewhere)]


def set_in_a_file(context: typer.Context, options: Iterable[str]) -> str:
    """Return the end of an error's message: which of its options a settings file sets.

    ["model"] → "; model is set in lstm-sentiment.toml", or "" for what was typed.
    """
    known, files = _file_options(context.command), context.meta.get(_FILES, ())
    flags = [name.replace("_", "-") for name in options]
    origins = {flag: origin(context, str(known[flag].name)) for flag in flags if flag in known}
    return "".join(f"; {flag} is set in {it}" for flag, it in origins.items() if it in files)


def origin(context: typer.Context, option: str) -> str:
    """Return where the value of a command's option came from.

    "--threshold", "LSTM_SENTIMENT_MODEL", the path of a file, or "default".
    """
    path = context.command_path.removeprefix(context.find_root().command_path).split()
    return given_by(context, option) or _inherited(context, path, option)


def _inherited(context: Any, path: Sequence[str], option: str) -> str:
    """Return where a value comes from that was not typed after the command itself."""
    files = context.meta.get(_FILES, {})
    setting = [place for place, defaults in files.items() if option in _at(defaults, path)]
    return given_by(context.find_root(), option) or ["default", *setting][-1]


def _leaves(command: Any, path: list[str]) -> Iterator[tuple[list[str], Any]]:
    """Yield what is typed for each command that does something, and the command."""
    if not isinstance(command, TyperGroup):
        yield path, command
    for name, each in _commands_below(command).items():
        yield from _leaves(each, [*path, name])


def _at(defaults: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """Return what a command is given: ({"models": {"show": {…}}}, ["models", "show"]) → {…}."""
    for name in path:
        defaults = defaults.get(name) or {}
    return defaults
