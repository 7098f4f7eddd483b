"""Files by path or URI: found, opened, read and written, here or on an object store.

URIs (s3://, gs://, hdfs:// …) are those of Arrow's file systems
(https://arrow.apache.org/docs/python/filesystems.html); file:// is a path.
"""

import os
import posixpath
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from io import RawIOBase
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lstm_sentiment_cli.atomic import atomic_write, temporary_files, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.formats import is_uri

_WILD = re.compile(r"[*?\[]")  # "?" begins the query of a URI
_COPIED_BYTES = 8 * 1024**2


class StoredFile(NamedTuple):
    """A file as it was found."""

    path: str
    size: int  # bytes
    stamp: str  # changes when the file is written again: nanoseconds since the epoch


def local(path: str) -> str:
    """Return a file:// URI as the path that it means, anything else as it is."""
    if not path.lower().startswith("file://"):
        return path
    from urllib.request import url2pathname  # a fiftieth of a second

    return url2pathname(urlsplit(path).path)


def join(folder: str, name: str) -> str:
    """Return the path or URI of what has this name below a folder; "/" separates names."""
    if not is_uri(folder):
        return str(Path(folder, *name.split("/")))
    place, sign, query = folder.partition("?")
    return posixpath.join(place, name) + sign + query


def find(place: str) -> tuple[str, list[StoredFile]]:
    """Return the files that a file, folder or pattern names, by path, and the folder above them.

    Folders are read with all below them, but for names that begin with "_" or ".": readers of such
    folders leave these out too. SentimentError where there is nothing.
    """
    base, pattern = _parted(place)
    try:
        files = _files_elsewhere(base) if is_uri(base) else _files_here(Path(base))
        found = sorted(
            file for name, file in files if pattern is None or _fits(name.split("/"), pattern)
        )
    except OSError as error:
        problem = f"cannot read {place}: {_reason(error)}; check the path and the access to it"
        raise SentimentError(problem, "input") from None
    if not found:
        what = "no files in" if pattern is None else "no file matches"
        raise SentimentError(f"{what} {place}; check the path", "input")
    if len(found) == 1 and found[0].path == place:
        base = _parent(place)
    return base, found


def _parted(place: str) -> tuple[str, list[str] | None]:
    """Return the folder where a pattern begins to be one, and the pattern, name by name."""
    path, sign, query = place.partition("?") if is_uri(place) else (place, "", "")
    if not _WILD.search(path) or (not is_uri(place) and Path(place).exists()):
        return place, None
    names = path.split("/") if is_uri(place) else list(Path(path).parts)
    first = next(number for number, name in enumerate(names) if _WILD.search(name))
    fixed, pattern = names[:first], names[first:]
    return ("/".join(fixed) + sign + query if is_uri(place) else str(Path(*fixed))), pattern


def _files_here(root: Path) -> Iterator[tuple[str, StoredFile]]:
    """Yield each file below a folder, or the file itself, with its name below the folder."""
    if root.is_dir():
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not _hidden(name)]
            for path in (Path(folder, name) for name in names if not _hidden(name)):
                # A link to nothing is a file that cannot be read; a pipe would be waited for.
                if path.is_file() or not path.exists():
                    yield path.relative_to(root).as_posix(), _here(path)
    elif root.is_file():
        yield root.name, _here(root)
    elif root.exists():
        raise SentimentError(f"{root} is no file; name files or folders", "input")


def _here(path: Path) -> StoredFile:
    try:
        state = path.stat()
    except OSError:
        return StoredFile(str(path), 0, "")
    return StoredFile(str(path), state.st_size, str(state.st_mtime_ns))


def _files_elsewhere(base: str) -> Iterator[tuple[str, StoredFile]]:
    from pyarrow.fs import FileSelector, FileType

    system, root = _system(base)
    [state] = system.get_file_info([root])
    if state.type == FileType.File:
        yield posixpath.basename(root), StoredFile(base, state.size, str(state.mtime_ns))
        return
    selector = FileSelector(root, recursive=True, allow_not_found=True)
    for each in system.get_file_info(selector):
        name = posixpath.relpath(each.path, root)
        if each.type == FileType.File and not any(map(_hidden, name.split("/"))):
            yield name, StoredFile(join(base, name), each.size, str(each.mtime_ns))


def _fits(names: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether a path fits a pattern, name by name; "**" stands for any number of names."""
    if not pattern or (not names and pattern[0] != "**"):
        return not names and not pattern
    if pattern[0] == "**":
        return _fits(names, pattern[1:]) or (bool(names) and _fits(names[1:], pattern))
    return fnmatchcase(names[0], pattern[0]) and _fits(names[1:], pattern[1:])


def _hidden(name: str) -> bool:
    return name.startswith(("_", "."))


def _parent(place: str) -> str:
    if not is_uri(place):
        return str(Path(place).parent)
    path, sign, query = place.partition("?")
    return posixpath.dirname(path) + sign + query


def open_stored(uri: str) -> RawIOBase:
    """Open a file elsewhere for reading; SentimentError if that fails."""
    try:
        system, path = _system(uri)
        return _Elsewhere(system.open_input_file(path))
    except FileNotFoundError:
        raise SentimentError(f"no such file: {uri}; check the path", "input") from None
    except OSError as error:
        raise SentimentError(
            f"cannot read {uri}: {_reason(error)}; check the access to it", "input"
        ) from None


class _Elsewhere(RawIOBase):
    """Arrow's file as one of Python's, which are read by raw reads and may be asked to seek."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        self._file.close()
        super().close()


def read_stored(path: str) -> bytes | None:
    """Return the content of a small file, None if there is none."""
    try:
        if not is_uri(path):
            return Path(path).read_bytes()
        system, name = _system(path)
        with system.open_input_stream(name, compression=None) as file:
            content: bytes = file.read()
        return content
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SentimentError(f"cannot read {path}: {_reason(error)}; check the access") from None


def write_stored(path: str, content: bytes, otherwise: str) -> None:
    """Write a small file, with the folders above it, whole or not at all."""
    if not is_uri(path):
        atomic_write(path, content, otherwise, parents=True)
        return
    with _writing_elsewhere(path, otherwise):
        system, name = _system(path)
        system.create_dir(posixpath.dirname(name), recursive=True)
        with system.open_output_stream(name, compression=None) as file:
            file.write(content)


def make_folder(path: str) -> None:
    """Make the folders above a file; elsewhere, what writes it does."""
    if not is_uri(path):
        with writing(path, "or choose another folder"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)


def size_of(path: str) -> int:
    """Return the bytes of a file that is there."""
    if not is_uri(path):
        return Path(path).stat().st_size
    system, name = _system(path)
    return int(system.get_file_info([name])[0].size)


def names_below(folder: str) -> list[str]:
    """Return the names of all files below a folder, with "/"; none if there is no such folder."""
    if not is_uri(folder):
        if Path(folder).exists() and not Path(folder).is_dir():
            raise SentimentError(f"{folder} is a file; name a folder", "output")
        return sorted(
            Path(above, name).relative_to(folder).as_posix()
            for above, _, names in os.walk(folder)
            for name in names
        )
    from pyarrow.fs import FileSelector, FileType

    system, root = _system(folder)
    found = system.get_file_info(FileSelector(root, recursive=True, allow_not_found=True))
    return sorted(posixpath.relpath(e.path, root) for e in found if e.type == FileType.File)


def remove_stored(path: str) -> None:
    """Remove a file if it is there."""
    try:
        if is_uri(path):
            system, name = _system(path)
            system.delete_file(name)
        else:
            Path(path).unlink()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SentimentError(f"cannot remove {path}: {_reason(error)}; check the access") from None


class Upload:
    """A file elsewhere in the making: kept here until it is whole, and then uploaded at once.

    An object store has no rename, and a stream to it cannot be given up.
    """

    def __init__(self, uri: str, otherwise: str) -> None:
        self._uri, self._otherwise = uri, otherwise
        with temporary_files():
            self._kept = tempfile.TemporaryFile()  # noqa: SIM115  closed by commit and discard

    def write(self, data: bytes) -> None:
        """Keep more of it."""
        if not self._kept.closed:
            with temporary_files():
                self._kept.write(data)

    def commit(self) -> None:
        """Upload it."""
        self._kept.seek(0)
        with self._kept, _writing_elsewhere(self._uri, self._otherwise):
            system, name = _system(self._uri)
            system.create_dir(posixpath.dirname(name), recursive=True)
            with system.open_output_stream(name, compression=None) as file:
                while block := self._kept.read(_COPIED_BYTES):
                    file.write(block)

    def discard(self) -> None:
        """Forget it; nothing was uploaded."""
        self._kept.close()


@contextmanager
def _writing_elsewhere(uri: str, otherwise: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"cannot write {uri}: {_reason(error)}; check the access to it"
        raise SentimentError(f"{problem} {otherwise}") from None


def _system(uri: str) -> tuple[Any, str]:
    """Return Arrow's file system for a URI, and the path in it; SentimentError for an odd one."""
    parts = urlsplit(uri)
    if parts.username or parts.password:
        raise SentimentError(
            f"{parts.scheme}://…@{parts.hostname or ''} names a user or a password, which the plan "
            "would keep; leave them to the environment, such as AWS_ACCESS_KEY_ID",
            "input",
        )
    system, above = _system_at(parts.scheme, parts.netloc, parts.query)
    return system, above + parts.path.lstrip("/")


@cache
def _system_at(scheme: str, host: str, query: str) -> tuple[Any, str]:
    """Return a file system, and what its paths have before those of the URI."""
    uri = f"{scheme}://{host}/x" + (f"?{query}" if query else "")
    try:
        from pyarrow import ArrowException
        from pyarrow.fs import FileSystem
    except ModuleNotFoundError:
        raise SentimentError(
            f"reading from {scheme}:// needs pyarrow; "
            "install it with: pip install 'lstm-sentiment-cli[parquet]'",
            "input",
        ) from None
    try:
        system, path = FileSystem.from_uri(uri)
    except (ValueError, OSError, ArrowException) as error:
        raise SentimentError(
            f"{scheme}://{host} cannot be used: {_reason(error)}; check the address", "input"
        ) from None
    return system, path.removesuffix("x")


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return f"{' '.join(str(text).split()):.200}".rstrip(".")
