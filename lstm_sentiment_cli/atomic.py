"""Files and folders that are written whole or not at all, and locks that keep others away.

New content goes into a sibling, `.NAME.PID.tmp` in the same folder, is flushed to the disk and then
renamed. A symbolic link stays, and what it points to is replaced. A replaced file keeps its
permissions; a new one has those of the umask, or is its owner's alone when it is private. On any
error, Ctrl-C included, the sibling is removed and what stood at NAME is untouched. OSError becomes
SentimentError: "cannot write PATH: why; what to do next". Its writer holds a lock on the sibling:
one that nobody holds was left by a kill, and the next writer of NAME removes it.

A folder cannot be renamed over another. Replacing one is: NAME → .NAME.replaced, sibling → NAME,
.NAME.replaced is removed. After a kill between the first two steps NAME is missing; `restore` puts
the old folder back, and is called by whoever opens one.

Locks are the operating system's: they end with their process, however that ends. A file system
without locks has none, and a command goes on there as if it were alone.
"""

import errno
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import Self

from lstm_sentiment_cli.errors import SentimentError

_REPLACED = ".replaced"
_SIBLING = ".tmp"
_OLD = ".old"
_LOCK = ".lock"
# Under a lock one only reads and writes a file: who holds it longer than this was stopped.
_PATIENCE_SECONDS = 10.0
_POLL_SECONDS = 0.01
# A live replacement of a folder spends a fraction of this between its two renames.
_REPLACING_SECONDS = 0.05
# Should a reader nevertheless put the old folder back between the two, the writer begins again.
_ATTEMPTS = 10
# Where no lock tells, what has not changed for so long was left by a kill.
_STALE_SECONDS = 3600.0
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_REMEDIES = {
    **dict.fromkeys(_FORBIDDEN, "make it writable"),
    errno.ENOENT: "create its folder",
    errno.ENOTDIR: "create its folder",
    errno.ENAMETOOLONG: "shorten the name",
    errno.EEXIST: "wait for the other program that writes it",
}

# Siblings that this process has begun to write, noted before they are made.
_begun: set[Path] = set()


@contextmanager
def locked(
    path: str | Path, busy: SentimentError, patience: float = _PATIENCE_SECONDS
) -> Iterator[None]:
    """Keep a file or folder from all others that lock it, in this process too.

    When another still has it after `patience` seconds, `busy` is raised. The lock is a file beside
    it, `.NAME.lock`, which is there only as long as somebody holds it, or was killed.
    """
    path = _real(path)
    lock = path.parent / f".{path.name}{_LOCK}"
    file = None
    try:
        file = _taken(lock, patience)
    except TimeoutError:
        raise busy from None
    except OSError:  # what forbids the lock forbids writing beside it too, which will be told
        pass
    try:
        yield
    finally:
        if file is not None:
            _give_back(lock, file)


def _taken(lock: Path, patience: float) -> FileIO:
    """Return the lock's open file, locked where that is possible; TimeoutError, OSError."""
    end = time.monotonic() + patience
    while True:
        file = FileIO(lock, "a+")
        free = _try_lock(file.fileno())
        # Whoever had it before may have removed its name since we opened it.
        if free is not False and _is_named(file.fileno(), lock):
            return file
        file.close()
        if free is False and time.monotonic() >= end:
            raise TimeoutError
        time.sleep(_POLL_SECONDS)


def _give_back(lock: Path, file: FileIO) -> None:
    # The name goes before the lock: others that have opened the file see that it has no name any
    # more. Windows removes no open file, and so none that another process has opened by then.
    if sys.platform == "win32":
        file.close()
    try:
        with suppress(OSError):
            _delete(lock)
    finally:
        file.close()


def _try_lock(descriptor: int) -> bool | None:
    """Lock an open file until it is closed, without waiting.

    False: somebody else has it. None: it cannot be locked here.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in {errno.EAGAIN, errno.EACCES} else None
    return True


def _is_named(descriptor: int, path: Path) -> bool:
    """Return whether an open file or folder is still the one of this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


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
                _flush(self.file)
                if sys.platform == "win32":  # renames nothing that is open
                    self.file.close()
                self.sibling.replace(self._target)
                self.file.close()  # now: it ends the lock
        except BaseException:
            self.discard()
            raise
        _flush_names(self._target.parent)

    def discard(self) -> None:
        """Remove the sibling."""
        try:
            with suppress(OSError):  # what could not be written is not wanted any more
                self.file.close()
        finally:
            with suppress(OSError):
                _delete(self.sibling)

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


def remove_unfinished() -> None:
    """Remove what this process has not finished: a signal may come before anything can clean up."""
    own = f".{os.getpid()}{_SIBLING}"
    for sibling in _begun:
        if sibling.name.endswith(own):  # not what the process that it was forked from writes
            with suppress(OSError):
                _delete(sibling)


def remove_file(path: Path) -> None:
    """Remove a file that is no longer needed, and what killed writers of it left beside it."""
    path = _real(path)
    path.unlink(missing_ok=True)
    _remove_abandoned(path)


def write_folder(
    folder: Path, files: Mapping[str, bytes], check: Callable[[Path], None], otherwise: str
) -> None:
    """Write a whole folder of these files; its parents are made.

    `check` raises when what stands there may not be replaced; it is called just before.
    """
    with writing(folder, otherwise):
        folder = _real(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = _sibling(folder)
        descriptor = _claimed(new, folder, partial(_make_folder, new))
        try:
            for name, content in files.items():
                with (new / name).open("xb") as file:
                    file.write(content)
                    _flush(file)
            _flush_names(new)
            _swap(new, folder, check)
        except BaseException:  # Ctrl-C too
            shutil.rmtree(new, ignore_errors=True)
            restore(folder)
            shutil.rmtree(_sibling(folder, _OLD), ignore_errors=True)
            with suppress(OSError):
                _remove(_replaced(folder), folder)
            raise
        finally:
            if descriptor is not None:
                os.close(descriptor)


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
        raise PermissionError(errno.EACCES, f"{parent} is not writable")


@contextmanager
def writing(path: str | Path, otherwise: str) -> Iterator[None]:
    """Raise OSError as SentimentError; a pipe whose reader has gone is not the user's error.

    `otherwise` ends the message, as in AtomicFile.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "free some space")
        raise SentimentError(
            f"cannot write {path}: {error.strerror or error}; {remedy} {otherwise}"
        ) from None


@contextmanager
def temporary_files() -> Iterator[None]:
    """Raise the OSError of files in the system's temporary folder as SentimentError."""
    try:
        yield
    except OSError as error:
        raise SentimentError(
            f"cannot write temporary files: {error.strerror or error}; "
            "free some space, or set TMPDIR to a folder that has some"
        ) from None


def is_forbidden(error: OSError) -> bool:
    """Return whether permission was denied: then more room would not help."""
    return error.errno in _FORBIDDEN


def _real(path: str | Path) -> Path:
    """Return a path with its links followed: what is renamed must not be a link."""
    return Path(os.path.realpath(path))


def _sibling(path: Path, kind: str = "") -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}{kind}{_SIBLING}")


def _replaced(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}{_REPLACED}")


def _created(sibling: Path, target: Path, *, private: bool) -> BufferedWriter:
    kept = target.stat().st_mode & 0o777 if target.exists() else None
    mode = (0o600 if private else 0o666) if kept is None else kept
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = _claimed(sibling, target, partial(os.open, sibling, flags, mode))
    assert descriptor is not None
    try:
        if kept is not None:
            sibling.chmod(kept)  # whatever the umask is
        return os.fdopen(descriptor, "wb")
    except BaseException:
        _delete(sibling)
        os.close(descriptor)
        raise


def _make_folder(sibling: Path) -> int | None:
    """Make a folder, and open it where that is possible."""
    sibling.mkdir()
    try:
        return None if sys.platform == "win32" else os.open(sibling, os.O_RDONLY)
    except BaseException:
        sibling.rmdir()
        raise


def _claimed(sibling: Path, target: Path, make: Callable[[], int | None]) -> int | None:
    """Make a sibling, and lock it until the descriptor that `make` returns is closed.

    Before it is locked another writer may take it for abandoned: then it is made again.
    FileExistsError if somebody else is writing under this name: a process with our number, in
    another container.
    """
    for attempt in range(_ATTEMPTS):
        _remove_abandoned(target)
        _begun.add(sibling)
        try:
            descriptor = make()
        except FileExistsError:
            _begun.discard(sibling)
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            if descriptor is None:
                return None
            try:
                if _try_lock(descriptor) is not False and _is_named(descriptor, sibling):
                    return descriptor
            except BaseException:
                _delete(sibling)
                os.close(descriptor)
                raise
            os.close(descriptor)
        time.sleep(_POLL_SECONDS)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


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
        garbage = _sibling(folder, _OLD)
        replaced.rename(garbage)
        shutil.rmtree(garbage, ignore_errors=True)


def _remove_abandoned(path: Path) -> None:
    """Remove the siblings of `path` that nobody writes any more."""
    for sibling, process in _siblings(path):
        with suppress(OSError), _abandoned(sibling, process) as abandoned:  # or it is not ours
            if abandoned:
                _delete(sibling)


def _siblings(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield the siblings of all processes, each with the number of its process."""
    before = f".{path.name}."
    with suppress(OSError):  # a folder that can be written need not be readable
        for name in os.listdir(path.parent):  # noqa: PTH208 - it may be full of files
            if name.startswith(before) and name.endswith(_SIBLING):
                process = name.removeprefix(before).removesuffix(_SIBLING).removesuffix(_OLD)
                if process.isdecimal():
                    yield path.with_name(name), int(process)


@contextmanager
def _abandoned(sibling: Path, process: int) -> Iterator[bool]:
    """Yield whether nobody writes a sibling, and nobody will while the block runs.

    Where there are no locks, a process with our number has ended, and no folder takes so long to
    write, nor can Windows remove an open file.
    """
    if sibling.is_symlink():  # no writer makes one
        yield True
        return
    state = sibling.stat()
    folder = stat.S_ISDIR(state.st_mode)
    told_by_age = folder or sys.platform == "win32"
    old = told_by_age and state.st_mtime < time.time() - _STALE_SECONDS
    otherwise = old or process == os.getpid()
    if sys.platform == "win32":
        yield otherwise
        return
    # Network drives lock only what is open for writing.
    writable = not folder and os.access(sibling, os.W_OK)
    descriptor = os.open(sibling, (os.O_RDWR if writable else os.O_RDONLY) | os.O_NONBLOCK)
    try:
        free = _try_lock(descriptor)
        yield otherwise if free is None else free
    finally:
        os.close(descriptor)


def _delete(path: Path) -> None:
    """Remove a file or folder, also when a signal comes just before."""

    def delete() -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    try:
        delete()
    except OSError:
        raise
    except BaseException:
        with suppress(OSError):
            delete()
        raise


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
