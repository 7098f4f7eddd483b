"""Where models are found: at a path, else in ./models, the user's data folder, the package."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import platformdirs

from lstm_sentiment_cli.atomic import restore, restore_all
from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.model.manifest import MANIFEST

_PACKAGE = Path(__file__).resolve().parents[1]
_SEE = "list the models with: lstm-sentiment models list"


class FoundModel(NamedTuple):
    """A model folder; a shadowed one is found by its path only, because its name means another."""

    name: str
    folder: Path
    source: str
    shadowed: bool = False


def places() -> dict[str, Path]:
    """Return source → folder of models, in lookup order, without duplicates."""
    user = platformdirs.user_data_path("lstm-sentiment", appauthor=False)
    # Shipped are the models in the installed package, or those of the clone it is run from.
    home = _PACKAGE.parent if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE
    folders = {"./models": Path("models"), "user": user / "models", "shipped": home / "models"}
    # In a clone, ./models is where the shipped model lies too: the first of the two stays.
    first = {os.path.realpath(folder): source for source, folder in reversed(folders.items())}
    return {source: folder for source, folder in folders.items() if source in first.values()}


def find_model(name_or_path: str) -> Path:
    """Return the folder of a model: a path as it is typed, or the first folder of this name.

    "./mine" → mine and nowhere else; "default" → models/default, the user's or the shipped one.
    """
    if not name_or_path or "\0" in name_or_path:
        raise SentimentError(f"{name_or_path!r} is not the name of a model; {_SEE}", "model")
    try:
        found = _at_path(Path(name_or_path)) if _is_path(name_or_path) else _by_name(name_or_path)
    except OSError as error:
        raise SentimentError(
            f"cannot open model {name_or_path}: {error.strerror or error}; {_SEE}", "model"
        ) from None
    if found is None:
        raise _not_found(name_or_path)
    return found


def list_models() -> list[FoundModel]:
    """Return all models in the folders of models, in the order in which names are looked up."""
    found: list[FoundModel] = []
    for source, parent in places().items():
        names = {model.name for model in found}
        found += [
            FoundModel(folder.name, folder, source, folder.name in names)
            for folder in _models_in(parent)
        ]
    return found


def _models_in(parent: Path) -> list[Path]:
    try:
        with suppress(SentimentError):  # what cannot be put back is not listed, and not lost
            restore_all(parent)
        folders = sorted(entry for entry in parent.iterdir() if not entry.name.startswith("."))
        return list(filter(_holds_manifest, folders))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise SentimentError(f"cannot look for models in {parent}: {error.strerror}") from None


def _is_path(typed: str) -> bool:
    # The name of a path without any separator is the whole of it; a drive (C:) is not in it.
    return typed in {os.curdir, os.pardir} or Path(typed).name != typed


def _at_path(folder: Path) -> Path | None:
    restore(folder)
    return folder if folder.is_dir() else None


def _by_name(name: str) -> Path | None:
    here = Path(name)
    if _holds_manifest(here):
        return here
    candidates = [parent / name for parent in places().values()]
    for candidate in candidates:
        restore(candidate)
    folders = [candidate for candidate in candidates if candidate.is_dir()]
    # If none of them has a manifest, loading the first shows best what is missing.
    return next(filter(_holds_manifest, folders), next(iter(folders), None))


def _holds_manifest(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _not_found(typed: str) -> SentimentError:
    near = suggestion(Path(typed).name, [model.name for model in list_models()])
    if _is_path(typed):
        file = f"{typed} is a file, not a model folder"
        problem = file if os.path.lexists(typed) else f"model folder {typed} is missing"
        return SentimentError(f"{problem}{near}; {_SEE}", "model")
    looked = ", ".join(map(str, places().values()))
    return SentimentError(f"no model {typed!r}{near} in {looked}; {_SEE}", "model")
