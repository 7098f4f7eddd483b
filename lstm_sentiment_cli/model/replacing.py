"""A folder that is written whole or not at all, and replaced so that no kill loses old and new.

Replacing is: NAME → .NAME.replaced, then new → NAME, then .NAME.replaced is removed.
Between the first step and the second NAME is missing; whoever comes by puts the old folder back.
"""

import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from lstm_sentiment_cli.errors import SentimentError

_REPLACED = ".replaced"
_SAVING = ".saving"
# Between its two renames a live replacement takes a fraction of this; a killed one takes for ever.
_REPLACING_SECONDS = 0.05
# Should a loader nevertheless put the old folder back between the two, the saver begins again.
_ATTEMPTS = 10
# Nobody writes one model for so long: a temporary folder older than this was left by a kill.
_STALE_SECONDS = 3600.0


def real_place(folder: Path) -> Path:
    """Return where a folder is or would be, links followed: what is renamed must be no link."""
    return Path(os.path.realpath(folder))


def check_writable(parent: Path) -> None:
    """Raise OSError when no folder could be written in `parent`, which need not exist yet."""
    while not os.path.lexists(parent):
        parent = parent.parent
    if not parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{parent} is not a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"{parent} may not be written")


def restore(folder: Path) -> None:
    """Put back what a killed replacement left beside `folder`, when `folder` is missing."""
    folder = real_place(folder)
    replaced = _replaced(folder)
    if os.path.lexists(folder) or not os.path.lexists(replaced):
        return
    time.sleep(_REPLACING_SECONDS)
    if os.path.lexists(folder):
        return
    try:
        replaced.rename(folder)
    except OSError as error:
        # Or another process was faster, to put the old one back or the new one in its place.
        if not os.path.lexists(folder):
            raise SentimentError(
                f"cannot move {replaced} back to {folder}: {error.strerror}; move it yourself"
            ) from None


def restore_all(parent: Path) -> None:
    """Restore every folder that a killed replacement took away from `parent`."""
    for entry in list(parent.iterdir()):
        name = entry.name.removeprefix(".").removesuffix(_REPLACED)
        if name and entry.name == f".{name}{_REPLACED}":
            restore(parent / name)


def write_folder(
    folder: Path, files: Mapping[str, bytes], check_place: Callable[[Path], None]
) -> None:
    """Let a new folder of these files stand at `folder`, or leave all as it was and raise OSError.

    `check_place` raises when what stands there may not be replaced; it is asked just before.
    """
    folder = real_place(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(folder)
    new = _temporary(folder)
    try:
        new.mkdir()
        for name, content in files.items():
            _write(new / name, content)
        _sync(new)
        _swap(new, folder, check_place)
    except BaseException:  # Ctrl-C too
        shutil.rmtree(new, ignore_errors=True)
        restore(folder)
        raise


def _swap(new: Path, folder: Path, check_place: Callable[[Path], None]) -> None:
    replaced = _replaced(folder)
    for attempt in range(_ATTEMPTS):
        check_place(folder)
        if os.path.lexists(folder):
            if os.path.lexists(replaced):
                _remove(replaced, folder)
            folder.rename(replaced)
        try:
            new.rename(folder)
            break
        except OSError as error:
            taken = error.errno in {errno.ENOTEMPTY, errno.EEXIST}
            if not taken or attempt == _ATTEMPTS - 1:
                raise
    _sync(folder.parent)
    with suppress(OSError):  # the next replacement removes it
        _remove(replaced, folder)


def _replaced(folder: Path) -> Path:
    return folder.parent / f".{folder.name}{_REPLACED}"


def _temporary(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.{secrets.token_hex(4)}{_SAVING}"


def _remove(replaced: Path, folder: Path) -> None:
    """Remove the sibling; renamed first, so that a kill leaves no half of it to be restored."""
    if os.path.lexists(replaced):
        garbage = _temporary(folder)
        replaced.rename(garbage)
        shutil.rmtree(garbage, ignore_errors=True)


def _remove_stale(folder: Path) -> None:
    for left in folder.parent.iterdir():
        ours = left.name.startswith(f".{folder.name}.") and left.name.endswith(_SAVING)
        with suppress(OSError):
            if ours and left.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the names in a folder outlast a power cut, where folders can be opened."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
