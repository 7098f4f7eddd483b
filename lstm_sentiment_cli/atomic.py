"""Files and folders that are written whole or not at all.

New content goes into a sibling, `.NAME.PID.tmp` in the same folder, is flushed to the disk and then
renamed. A symbolic link stays, and what it points to is replaced. A replaced file keeps its
permissions; a new one has those of the umask, or is its owner's alone when it is private. On any
error, Ctrl-C included, the sibling is removed and what stood at NAME is untouched. OSError becomes
SentimentError: "cannot write PATH: why; what to do next".

A folder cannot be renamed over another. Replacing one is: NAME → .NAME.replaced, sibling → NAME,
.NAME.replaced is removed. After a kill between the first two steps NAME is missing; `restore` puts
the old folder back, and is called by whoever opens one.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path
from typing import Self

from lstm_sentiment_cli.errors import SentimentError

_REPLACED = ".replaced"
_SIBLING = ".tmp"
# A live replacement of a folder spends a fraction of this between its two renames.
_REPLACING_SECONDS = 0.05
# Should a reader nevertheless put the old folder back between the two, the writer begins again.
_ATTEMPTS = 10
# No folder takes so long to write: an older sibling was left by a kill.
_STALE_SECONDS = 3600.0
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_REMEDIES = {
    **dict.fromkeys(_FORBIDDEN, "make it writable"),
    errno.ENOENT: "create its folder",
    errno.ENOTDIR: "create its folder",
    errno.ENAMETOOLONG: "shorten the name",
}


class AtomicFile:
    """A file in the making; as a context manager it is kept, or discarded after an error.

    `otherwise` ends the error message: "or name another file", "and continue with --resume".
    With `parents` its folder is made.
    """

    def __init__(
        self, path: str | Path, otherwise: str, *, private: bool = False, parents: bool = False
    ) -> None:
        self._shown, self._otherwise = path, otherwise
        with writing(path, otherwise):
            self._target = _real(path)
            if parents:
                self._target.parent.mkdir(parents=True, exist_ok=True)
            self.sibling = _sibling(self._target)
            self.file = _created(self.sibling, self._target, private=private)

    def write(self, data: bytes) -> None:
        """Write to the sibling; after `discard`, nowhere."""
        if not self.file.closed:
            with writing(self._shown, self._otherwise):
                self.file.write(data)

    def commit(self) -> None:
        """Give the sibling the file's name, or discard it when that fails."""
        try:
            with writing(self._shown, self._otherwise):
                with self.file:
                    _flush(self.file)
                self.sibling.replace(self._target)
        except BaseException:
            self.discard()
            raise
        _flush_names(self._target.parent)

    def discard(self) -> None:
        """Remove the sibling."""
        with suppress(OSError):  # what could not be written is not wanted any more
            self.file.close()
        with suppress(OSError):
            self.sibling.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            self.commit()
        else:
            self.discard()
            with writing(self._shown, self._otherwise):
                raise error


def atomic_write(path: str | Path, content: bytes, otherwise: str, **how: bool) -> None:
    """Write a whole file; the parameters are those of AtomicFile."""
    with AtomicFile(path, otherwise, **how) as new:
        new.write(content)


def remove_file(path: Path) -> None:
    """Remove a file that is no longer needed, and what killed writers of it left beside it."""
    path = _real(path)
    for left in (path, *_siblings(path)):
        left.unlink(missing_ok=True)


def write_folder(
    folder: Path, files: Mapping[str, bytes], check: Callable[[Path], None], otherwise: str
) -> None:
    """Write a whole folder of these files; its parents are made.

    `check` raises when what stands there may not be replaced; it is called just before.
    """
    with writing(folder, otherwise):
        folder = _real(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder)
        new = _sibling(folder)
        try:
            shutil.rmtree(new, ignore_errors=True)  # left by a process that had this number before
            new.mkdir()
            for name, content in files.items():
                with (new / name).open("xb") as file:
                    file.write(content)
                    _flush(file)
            _flush_names(new)
            _swap(new, folder, check)
        except BaseException:  # Ctrl-C too
            shutil.rmtree(new, ignore_errors=True)
            restore(folder)
            raise


def restore(folder: Path) -> None:
    """Put back what a killed replacement left beside `folder`, when `folder` is missing."""
    folder = _real(folder)
    replaced = _replaced(folder)
    if os.path.lexists(folder) or not os.path.lexists(replaced):
        return
    time.sleep(_REPLACING_SECONDS)
    try:
        replaced.rename(folder)
    except OSError as error:
        # Or another process was faster, with the old folder or with the new one.
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


def check_writable(parent: Path) -> None:
    """Raise OSError when no folder could be written in `parent`, which need not exist yet."""
    while not os.path.lexists(parent):
        parent = parent.parent
    if not parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{parent} is not a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"{parent} may not be written")


@contextmanager
def writing(path: str | Path, otherwise: str) -> Iterator[None]:
    """Raise OSError as SentimentError; a pipe that nobody reads any more is no error of the user's.

    `otherwise` ends the message, as in AtomicFile.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "make room")
        raise SentimentError(
            f"cannot write {path}: {error.strerror or error}; {remedy} {otherwise}"
        ) from None


def is_forbidden(error: OSError) -> bool:
    """Return whether permission was denied: then more room would not help."""
    return error.errno in _FORBIDDEN


def _real(path: str | Path) -> Path:
    """Return a path with its links followed: what is renamed must be no link."""
    return Path(os.path.realpath(path))


def _sibling(path: Path, kind: str = "") -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}{kind}{_SIBLING}")


def _replaced(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{_REPLACED}")


def _created(sibling: Path, target: Path, *, private: bool) -> BufferedWriter:
    kept = target.stat().st_mode & 0o777 if target.exists() else None
    new = 0o600 if private else 0o666
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    sibling.unlink(missing_ok=True)  # left by a process that had this number before
    try:
        file = os.fdopen(os.open(sibling, flags, new if kept is None else kept), "wb")
        if kept is not None:
            sibling.chmod(kept)  # whatever the umask is
    except BaseException:
        sibling.unlink(missing_ok=True)
        raise
    return file


def _swap(new: Path, folder: Path, check: Callable[[Path], None]) -> None:
    replaced = _replaced(folder)
    for attempt in range(_ATTEMPTS):
        check(folder)
        if os.path.lexists(folder):
            _remove(replaced, folder)
            folder.rename(replaced)
        try:
            new.rename(folder)
            break
        except OSError as error:
            taken = error.errno in {errno.ENOTEMPTY, errno.EEXIST}
            if not taken or attempt == _ATTEMPTS - 1:
                raise
    _flush_names(folder.parent)
    with suppress(OSError):  # the next replacement removes it
        _remove(replaced, folder)


def _remove(replaced: Path, folder: Path) -> None:
    """Remove the old folder; renamed first, so that a kill leaves no half of it to be restored."""
    if os.path.lexists(replaced):
        garbage = _sibling(folder, ".old")
        replaced.rename(garbage)
        shutil.rmtree(garbage, ignore_errors=True)


def _siblings(path: Path) -> Iterator[Path]:
    for entry in path.parent.iterdir():
        if entry.name.startswith(f".{path.name}.") and entry.name.endswith(_SIBLING):
            yield entry


def _remove_stale(folder: Path) -> None:
    for left in _siblings(folder):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _flush(file: BufferedWriter) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_names(folder: Path) -> None:
    """Make the names in a folder outlast a power cut, where folders can be opened."""
    with suppress(OSError):  # Windows cannot, nor some network file systems
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
