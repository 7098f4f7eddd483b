"""Paths: what could be meant by what was typed of one, and what may not be written."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from lstm_sentiment_cli.repl.command import Offer

# A folder can hold a million files, and a menu is read by a person.
_AT_MOST = 200
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def is_forbidden(error: OSError) -> bool:
    """Return whether the system refused what is asked for: there, only another place can help."""
    return error.errno in _FORBIDDEN


def path_offers(typed: str) -> list[Offer]:
    """Return the entries of the folder typed so far: "da" → "data/"; hidden ones for "." only."""
    folder, _, beginning = typed.rpartition("/")
    folder += "/" if "/" in typed else ""
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as entries:  # noqa: PTH111
            found = sorted(_few(entries, beginning), key=lambda entry: entry.name)
            return [_offer(folder, entry) for entry in found]
    except (OSError, ValueError):  # a folder that is not there, or cannot be a folder's name
        return []


def _few(entries: Iterator["os.DirEntry[str]"], beginning: str) -> list["os.DirEntry[str]"]:
    found = []
    for entry in entries:
        if entry.name.startswith(beginning) and (beginning or not entry.name.startswith(".")):
            found.append(entry)
        if len(found) == _AT_MOST:
            break
    return found


def _offer(folder: str, entry: "os.DirEntry[str]") -> Offer:
    if _is_folder(entry):
        return Offer(f"{folder}{entry.name}/", "folder")
    return Offer(f"{folder}{entry.name}", Path(entry.name).suffix.removeprefix("."))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere
        return False
