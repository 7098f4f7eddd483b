"""Public labelled data: downloaded, checked, and put into place as a whole.

A download in progress is kept as `NAME.zip.part`; files get their names when all checks pass.
"""

import csv
import hashlib
import json
import re
import shutil
import socket
import ssl
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from errno import EINVAL
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.atomic import AtomicFile, atomic_write, locked, writing
from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import counted

if TYPE_CHECKING:
    import httpx

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0)
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
# A range counts bytes as they are stored, not as compressed for the transfer.
_HEADERS = {"Accept-Encoding": "identity"}
_BLOCK = 1 << 20
_GIGABYTE = 10**9
# Answers of a server that is busy: another try may succeed.
_BUSY = {408, 425, 429}
_OTHERWISE = "or choose another folder with --output"
_AGAIN = "fetch it again, or from elsewhere with --url"


# Called with the bytes so far and with their total; None: the server does not say.
OnProgress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Member:
    """A labelled file in an archive, and what it must contain."""

    path: str  # its name in the archive
    name: str  # its name on disk
    rows_by_label: Mapping[str, int]  # what its first column must contain


@dataclass(frozen=True, slots=True)
class Dataset:
    """A zip archive of labelled csv files: in Latin-1, without header, the label first."""

    name: str
    url: str
    members: tuple[Member, ...]
    # The most that is fetched, and the most that is unpacked: a small zip can fill any disk.
    most_bytes: int = _GIGABYTE


# The publisher gives no checksum. Its length, the CRCs of the zip and the rows of each label are
# checked instead, and the checksums of the first download are kept beside the files for the next.
SENTIMENT140 = Dataset(
    name="sentiment140",
    url="http://cs.stanford.edu/people/alecmgo/trainingandtestdata.zip",
    members=(
        Member(
            "training.1600000.processed.noemoticon.csv",
            "sentiment140.csv",
            {"0": 800_000, "4": 800_000},
        ),
        Member(
            "testdata.manual.2009.06.14.csv",
            "sentiment140_test.csv",
            {"0": 177, "2": 139, "4": 182},
        ),
    ),
)
DATASETS = {SENTIMENT140.name: SENTIMENT140}


def find_dataset(name: str) -> Dataset:
    """Return the data set with this name."""
    if name not in DATASETS:
        raise SentimentError(
            f"unknown data set '{name}'{suggestion(name, DATASETS)}; "
            f"choose from {', '.join(DATASETS)}"
        )
    return DATASETS[name]


def fetch(
    dataset: Dataset,
    folder: Path,
    *,
    url: str | None = None,
    force: bool = False,
    on_progress: OnProgress = lambda _done, _total: None,
    say: Callable[[str], None] = lambda _: None,
    retry_seconds: Sequence[float] = RETRY_SECONDS,
) -> tuple[Path, ...]:
    """Put the files of a set into `folder`: all of them, checked, or none; return their paths."""
    paths = tuple(folder / member.name for member in dataset.members)
    archive = folder / f"{dataset.name}.zip.part"
    sums = folder / f"{dataset.name}.sha256"
    with ExitStack() as whole:
        whole.enter_context(writing(folder, _OTHERWISE))
        folder.mkdir(parents=True, exist_ok=True)
        whole.enter_context(locked(archive, _busy(dataset, folder), patience=0))
        if not force and _in_place(paths, sums):
            say("already there and unchanged")
            return paths
        download(
            url or dataset.url,
            archive,
            most_bytes=dataset.most_bytes,
            on_progress=on_progress,
            say=say,
            retry_seconds=retry_seconds,
        )
        say("checking the download")
        with ExitStack() as stack:
            drafts = [
                (member, stack.enter_context(AtomicFile(path, _OTHERWISE)))
                for member, path in zip(dataset.members, paths, strict=True)
            ]
            try:
                _extract(archive, drafts, dataset.most_bytes)
                _check_rows(drafts)
                # Recorded before the files get their names, so that every file has a checksum.
                _check_sums(sums, {each.name: _sha256(draft.sibling) for each, draft in drafts})
            except SentimentError:  # it is whole, but wrong: the next run must download it again
                forget(archive)
                raise
        forget(archive)
    return paths


def _busy(dataset: Dataset, folder: Path) -> SentimentError:
    problem = f"another command is fetching {dataset.name} into {folder}"
    return SentimentError(f"{problem}; wait until it has ended, {_OTHERWISE}", "output")


def _in_place(paths: Sequence[Path], sums: Path) -> bool:
    """Return whether all files are there, unchanged; the user's own files are not replaced."""
    recorded = _read_sums(sums)
    present = [path for path in paths if path.exists()]
    for path in present:
        if _sha256(path) != recorded.get(path.name):
            raise SentimentError(
                f"{path} exists and differs from the file that was fetched; replace it with --force"
            )
    return len(present) == len(paths)


def _extract(archive: Path, drafts: Sequence[tuple[Member, AtomicFile]], most_bytes: int) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            _check_sizes([opened.getinfo(member.path) for member, _ in drafts], most_bytes)
            for member, draft in drafts:
                # No more than its declared size is read, and its CRC is compared at its end.
                with opened.open(member.path) as source:
                    shutil.copyfileobj(source, draft.file, _BLOCK)
                draft.file.flush()
    except KeyError as error:
        raise SentimentError(
            f"the download is not the expected archive: {error.args[0]}; {_AGAIN}"
        ) from None
    # A RuntimeError asks for a password; the last two are of names and places that cannot be.
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError),
        *(RuntimeError, ValueError, OSError),
    ) as error:
        if isinstance(error, OSError) and error.errno != EINVAL:  # the disk's
            raise
        raise SentimentError(
            f"the download is not a whole zip archive ({error}); {_AGAIN}"
        ) from None


def _check_sizes(members: Sequence[zipfile.ZipInfo], most_bytes: int) -> None:
    """Raise SentimentError before anything is unpacked that could fill the disk or the memory."""
    for member in members:
        # zipfile unpacks other methods block by block, however large a block becomes.
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise SentimentError(f"{member.filename} is not compressed by deflate; {_AGAIN}")
    size = sum(member.file_size for member in members)
    if size > most_bytes:
        raise SentimentError(
            f"the download unpacks to {_bytes(size)}, more than the {_bytes(most_bytes)} allowed; "
            f"{_AGAIN}"
        )


def _bytes(size: int) -> str:
    return f"{size / _GIGABYTE:,.1f} GB" if size >= _GIGABYTE else counted(size, "byte")


def _check_rows(drafts: Sequence[tuple[Member, AtomicFile]]) -> None:
    for member, draft in drafts:
        try:
            with draft.sibling.open(encoding="latin-1", newline="") as file:
                found = Counter(row[0] for row in csv.reader(file) if row)
        except csv.Error as error:
            raise SentimentError(f"{member.path} is not a csv file ({error}); {_AGAIN}") from None
        if found != member.rows_by_label:
            raise SentimentError(
                f"{member.path} has {_rows(found)} instead of {_rows(member.rows_by_label)}; "
                f"{_AGAIN}"
            )


def _rows(by_label: Mapping[str, int]) -> str:
    """Return {"0": 2, "4": 1} as "3 rows (0: 2, 4: 1)"; of many labels the most frequent."""
    most = sorted(Counter(by_label).most_common(4))
    shown = ", ".join(f"{label[:20]}: {rows:,}" for label, rows in most)
    more = ", …" if len(by_label) > len(most) else ""
    return f"{counted(sum(by_label.values()), 'row')} ({shown}{more})"


def _check_sums(sums: Path, found: Mapping[str, str]) -> None:
    """Compare with the checksums of the first download, or record them now."""
    recorded = _read_sums(sums)
    for name, sha256 in found.items():
        if recorded.get(name, sha256) != sha256:
            raise SentimentError(
                f"{name} is not the file that was first fetched: its checksum is not that in "
                f"{sums}; remove {sums} to accept the new file"
            )
    lines = [f"{sha256}  {name}\n" for name, sha256 in found.items()]
    atomic_write(sums, "".join(lines).encode(), _OTHERWISE)


def _read_sums(sums: Path) -> dict[str, str]:
    """Read the format of the program sha256sum: "SUM  NAME" on each line."""
    if not sums.exists():
        return {}
    lines = sums.read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Note:
    """What a server said about a file, to recognise it later."""

    address: str  # the checksum of the address, which may hold a password
    size: int | None
    validator: str | None  # ETag or Last-Modified; None: the rest cannot be asked for

    @classmethod
    def read(cls, path: Path) -> "_Note | None":
        """Return the note, or None if there is none that can be read."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None


def download(
    url: str,
    path: Path,
    *,
    on_progress: OnProgress,
    say: Callable[[str], None],
    retry_seconds: Sequence[float] = RETRY_SECONDS,
    most_bytes: int = _GIGABYTE,
) -> None:
    """Download to `path`, from where an earlier download stopped; retry when it breaks off.

    Errors show the address without password and query.
    """
    try:
        import httpx
    except ModuleNotFoundError:
        raise SentimentError(
            "fetching needs httpx; install it with: pip install 'lstm-sentiment-cli[fetch]'"
        ) from None
    shown = _shown(url)
    timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    try:
        client = httpx.Client(headers=_HEADERS, follow_redirects=True, timeout=timeout)
    except (httpx.InvalidURL, ImportError, ValueError, OSError):  # whose texts may hold a password
        raise SentimentError(
            "cannot use the proxy or the certificates that the environment names; correct "
            "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR, or unset them"
        ) from None
    with client:
        attempt = _Download(client, url, path, most_bytes, on_progress, say)
        for pause in (*retry_seconds, None):
            try:
                problem = attempt.run()
            except _InVainError as error:
                raise SentimentError(f"cannot fetch {shown}: {error}", "url") from None
            if problem is None:
                return
            if pause is None:
                raise SentimentError(f"cannot fetch {shown}: {problem}; {attempt.remedy()}")
            say(f"{problem}; trying again in {pause:g} s")
            time.sleep(pause)


def _shown(url: str) -> str:
    """Return an address without password and query, which may be secrets; check it on the way."""
    import httpx

    try:
        its = httpx.URL(url)
        its.host.encode("idna")  # as the socket does, where it would be a traceback
        port = 1 if its.port is None else its.port  # httpx passes 99999 on, which wraps around
        if its.scheme in {"http", "https"} and its.host and port in range(1, 1 << 16):
            return str(its.copy_with(userinfo=b"", query=None, fragment=None))
    except (httpx.InvalidURL, ValueError):
        pass
    # Where a password ends in what is no address cannot be told: at the last @.
    harmless = re.sub(r"^(\w*:?//)?.*@", r"\1", url, flags=re.DOTALL)
    raise SentimentError(
        f"cannot fetch {re.split('[?#]', harmless)[0]}: it is no http or https address; "
        "check the address",
        "url",
    )


def forget(path: Path) -> None:
    """Remove a download and the note beside it."""
    path.unlink(missing_ok=True)
    _note_path(path).unlink(missing_ok=True)


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


class _InVainError(Exception):
    """Why another try would end as this one; what to do is part of it."""


@dataclass(slots=True)
class _Download:
    """A file on its way; the note beside it holds what the server said about it."""

    client: "httpx.Client"
    url: str
    path: Path
    most_bytes: int
    on_progress: OnProgress
    say: Callable[[str], None]
    ranges: bool = True  # whether the server gives a part of a file, as far as is known

    def run(self) -> str | None:
        """Get what is missing; return why it broke off, or None."""
        import httpx

        try:
            if not self.resume():
                self.begin()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects, UnicodeError):
            raise _InVainError("it leads to no http or https address; check the address") from None
        except httpx.HTTPStatusError as error:
            answer = error.response
            reason = f"the server answers {answer.status_code} {answer.reason_phrase}"
            if answer.status_code < 500 and answer.status_code not in _BUSY:
                raise _InVainError(f"{reason}; name another address with --url") from None
            return reason
        except httpx.HTTPError as error:
            if _is_nowhere(error) and self.note() is None:
                raise _InVainError(
                    f"{_reason(error)}; check the address and the connection"
                ) from None
            return _reason(error)
        return None

    def note(self) -> _Note | None:
        """Return what the server said when it answered at this address before."""
        found = _Note.read(_note_path(self.path))
        return found if found and found.address == _address(self.url) else None

    def held(self) -> int:
        """Return how many bytes are on disk."""
        return self.path.stat().st_size if self.path.exists() else 0

    def remedy(self) -> str:
        """Return what to do when the connection keeps breaking."""
        held, note = self.held(), self.note()
        if not held:
            return "check the connection and try again"
        if self.ranges and note is not None and note.validator:
            return f"{counted(held, 'byte')} kept; run the same command to resume"
        forget(self.path)
        return "the server cannot resume a download; run the same command to start again"

    def resume(self) -> bool:
        """Get the rest of a download; False if it must start again."""
        note, start = self.note(), self.held()
        if note is None or start == 0:
            return False
        if start == note.size:
            return True
        if note.validator is None or not self.ranges:
            return False
        headers = {"Range": f"bytes={start}-", "If-Range": note.validator}
        with self.client.stream("GET", self.url, headers=headers) as response:
            if not _goes_on(response, note, start):
                same = _validator(response) == note.validator
                self.ranges = not (same and response.status_code == 200)
                return False
            self._receive(response, note.size)
        return True

    def begin(self) -> None:
        """Get all of it."""
        with self.client.stream("GET", self.url) as response:
            response.raise_for_status()
            length = response.headers.get("Content-Length", "")
            size = int(length) if length.isdecimal() else None
            self._check_size(size or 0)
            if self.held():
                self.say("starting again from the beginning")
            note = json.dumps(asdict(_Note(_address(self.url), size, _validator(response))))
            # Emptied before the note is written: a note must never describe another file's bytes.
            self.path.write_bytes(b"")
            _note_path(self.path).write_text(note + "\n", encoding="utf-8")
            self._receive(response, size)

    def _receive(self, response: "httpx.Response", total: int | None) -> None:
        with self.path.open("ab") as file:
            done = file.tell()
            # Blocks as they come: larger ones would lose what comes before a connection breaks off.
            for block in response.iter_raw():
                done += len(block)
                self._check_size(done)
                file.write(block)
                self.on_progress(done, total)

    def _check_size(self, size: int) -> None:
        if size > self.most_bytes:
            forget(self.path)
            raise _InVainError(
                f"it is larger than the {_bytes(self.most_bytes)} allowed; "
                "name another address with --url"
            )


def _address(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what caused it: httpx hides the error of the socket."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_nowhere(error: Exception) -> bool:
    """Return whether there is no such host, or another one answers in its place."""
    final = (socket.gaierror, ssl.SSLCertVerificationError)
    return any(isinstance(each, final) for each in _causes(error))


def _reason(error: Exception) -> str:
    if any(isinstance(each, socket.gaierror) for each in _causes(error)):
        return "no host of this name is found"
    return str(error) or type(error).__name__


def _goes_on(response: "httpx.Response", note: _Note, start: int) -> bool:
    """Return whether this is the rest of the file; servers may ignore Range, If-Range or both."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if response.status_code != 206 or found is None:
        return False
    same_size = note.size is None or found[2] in {str(note.size), "*"}
    # An answer to If-Range need not repeat Last-Modified.
    return int(found[1]) == start and same_size and _validator(response) in {note.validator, None}


def _validator(response: "httpx.Response") -> str | None:
    # A weak ETag promises the same meaning, not the same bytes.
    etag = response.headers.get("ETag", "W/")
    found = response.headers.get("Last-Modified") if etag.startswith("W/") else etag
    return str(found) if found else None
