"""Settings: a flag beats the environment, that ./lstm-sentiment.toml, that the user's own file.

A file's top level holds what all commands share (`model = "mine"`); a table is a command's own
(`[predict]`, `threshold = 0.6`). Names are those of the options, with dashes or underscores.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from platformdirs import user_config_path

from lstm_sentiment_cli.errors import SentimentError, suggestion

FILE_NAME = "lstm-sentiment.toml"
_SHARED = ("model", "quiet", "no_color")

# What Typer takes as `default_map`: command → option → value.
Defaults = dict[str, Any]


def load_settings(known: dict[str, list[str]]) -> Defaults:
    """Read the files there are; `known` is command → its options, to check names against."""
    defaults: Defaults = {}
    for place in (user_config_path("lstm-sentiment", appauthor=False) / FILE_NAME, Path(FILE_NAME)):
        for name, value in _read(place).items():
            key = name.replace("-", "_")
            if isinstance(value, dict):
                options = _options(place, name, value, known)
                defaults[key] = defaults.get(key, {}) | options
            elif key in _SHARED:
                defaults[key] = value
            else:
                hint = suggestion(key, [*_SHARED, *known])
                raise SentimentError(f"{place}: unknown setting '{name}'{hint}")
    return defaults


def spread(context: typer.Context, given: Defaults) -> None:
    """Give every command what stood before it, or in the environment, or at a file's top level."""
    context.default_map = _merged(context.default_map or {}, given, context)


def _merged(defaults: Mapping[str, Any], given: Defaults, context: typer.Context) -> Defaults:
    merged = dict(defaults)
    for name, command in getattr(context.command, "commands", {}).items():
        own = dict(merged.get(name) or {})
        for option, value in given.items():
            # A command's own table is nearer to it than the top level of a file, but not than
            # what the user has just typed or exported.
            source = context.get_parameter_source(option)
            if option not in own or (source is not None and source.name != "DEFAULT_MAP"):
                own[option] = value
        for nested in getattr(command, "commands", {}):
            own[nested] = {**given, **(own.get(nested) or {})}
        merged[name] = own
    return merged


def _read(place: Path) -> dict[str, Any]:
    try:
        with place.open("rb") as file:
            return tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise SentimentError(f"cannot read settings from {place}: {error}") from None


def _options(
    place: Path, command: str, options: dict[str, Any], known: dict[str, list[str]]
) -> Defaults:
    if command not in known:
        raise SentimentError(f"{place}: unknown command '[{command}]'{suggestion(command, known)}")
    named = {name.replace("-", "_"): value for name, value in options.items()}
    for name in named:
        if name not in known[command]:
            hint = suggestion(name, known[command])
            raise SentimentError(f"{place}: unknown setting '{name}' in [{command}]{hint}")
    return named
