"""Public labelled data: downloaded, checked, and put into place as a whole.

A download in progress is kept as `NAME.zip.part`; files get their names when all checks pass.
"""

import csv
import hashlib
import json
import re
import shutil
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.atomic import AtomicFile, atomic_write, writing
from lstm_sentiment_cli.errors import SentimentError, suggestion

if TYPE_CHECKING:
    import httpx

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0)
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
# A range counts bytes as they are stored, not as compressed for the transfer.
_HEADERS = {"Accept-Encoding": "identity"}
_BLOCK = 1 << 20
_OTHERWISE = "or choose another folder with --output"
_AGAIN = "fetch it again, or from elsewhere with --url"


class Progress(NamedTuple):
    """Bytes of a download so far."""

    done: int
    total: int | None  # None: the server does not say


@dataclass(frozen=True, slots=True)
class Member:
    """A labelled file in an archive, and what it must contain."""

    path: str
    """Its name in the archive."""
    name: str
    """Its name on disk."""
    rows_by_label: Mapping[str, int]
    """What its first column must contain."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A zip archive of labelled csv files: in Latin-1, without header, the label first."""

    name: str
    url: str
    members: tuple[Member, ...]


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


@dataclass(frozen=True, slots=True)
class Fetched:
    """The files of a set, in place."""

    paths: tuple[Path, ...]
    downloaded: bool
    """False: they were there already, unchanged since the first download."""


def find_dataset(name: str) -> Dataset:
    """Return the data set with this name."""
    if name not in DATASETS:
        raise SentimentError(
            f"unknown data set '{name}'{suggestion(name, DATASETS)}; known: {', '.join(DATASETS)}"
        )
    return DATASETS[name]


def fetch(
    dataset: Dataset,
    folder: Path,
    *,
    url: str | None = None,
    force: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
    retry_seconds: Sequence[float] = RETRY_SECONDS,
) -> Fetched:
    """Put the files of a set into `folder`: all of them, checked, or none."""
    paths = tuple(folder / member.name for member in dataset.members)
    archive = folder / f"{dataset.name}.zip.part"
    sums = folder / f"{dataset.name}.sha256"
    with writing(folder, _OTHERWISE):
        folder.mkdir(parents=True, exist_ok=True)
        if not force and _in_place(paths, sums):
            return Fetched(paths, downloaded=False)
        download(
            url or dataset.url,
            archive,
            on_progress=on_progress,
            say=say,
            retry_seconds=retry_seconds,
        )
        say("checking the download")
        with ExitStack() as stack:
            drafts = [stack.enter_context(AtomicFile(path, _OTHERWISE)) for path in paths]
            with _discarded_if_wrong(archive):
                _extract(archive, dataset.members, drafts)
                _check_rows(dataset.members, drafts)
                # Recorded before the files get their names, so that every file has a checksum.
                found = [_sha256(draft.sibling) for draft in drafts]
                _check_sums(sums, dict(zip(paths, found, strict=True)))
        forget(archive)
    return Fetched(paths, downloaded=True)


def _in_place(paths: Sequence[Path], sums: Path) -> bool:
    """Return whether all files are there, unchanged; the user's own files are not replaced."""
    recorded = _read_sums(sums)
    present = [path for path in paths if path.exists()]
    for path in present:
        if _sha256(path) != recorded.get(path.name):
            raise SentimentError(f"{path} exists and is not as fetched; --force replaces it")
    return len(present) == len(paths)


def _extract(archive: Path, members: Sequence[Member], drafts: Sequence[AtomicFile]) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            for member, draft in zip(members, drafts, strict=True):
                # Its CRC is compared when a member is read to its end.
                with opened.open(member.path) as source:
                    shutil.copyfileobj(source, draft.file, _BLOCK)
                draft.file.flush()
    except KeyError as error:
        raise SentimentError(
            f"the download is another archive: {error.args[0]}; {_AGAIN}"
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SentimentError(
            f"the download is not a whole zip archive ({error}); {_AGAIN}"
        ) from None


def _check_rows(members: Sequence[Member], drafts: Sequence[AtomicFile]) -> None:
    for member, draft in zip(members, drafts, strict=True):
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
    return f"{sum(by_label.values()):,} rows ({shown}{more})"


def _check_sums(sums: Path, found: Mapping[Path, str]) -> None:
    """Compare with the checksums of the first download, or record them now."""
    recorded = _read_sums(sums)
    for path, sha256 in found.items():
        if recorded.get(path.name, sha256) != sha256:
            raise SentimentError(
                f"{path.name} is not the file that was first fetched: its checksum is not that in "
                f"{sums}; remove that file to accept the new one"
            )
    lines = [f"{sha256}  {path.name}\n" for path, sha256 in found.items()]
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


@contextmanager
def _discarded_if_wrong(archive: Path) -> Iterator[None]:
    """Remove an archive that is whole but wrong: the next run must download it again."""
    try:
        yield
    except SentimentError:
        forget(archive)
        raise


@dataclass(frozen=True, slots=True)
class _Note:
    """What a server said about a file, to recognise it later."""

    url: str
    size: int | None
    validator: str | None  # ETag or Last-Modified; None: the rest cannot be asked for

    @classmethod
    def of(cls, url: str, response: "httpx.Response") -> "_Note":
        length = response.headers.get("Content-Length", "")
        return cls(url, int(length) if length.isdecimal() else None, _validator(response))

    @classmethod
    def read(cls, path: Path) -> "_Note | None":
        """Return the note, or None if there is none that can be read."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")


def download(
    url: str,
    path: Path,
    *,
    on_progress: Callable[[Progress], None],
    say: Callable[[str], None],
    retry_seconds: Sequence[float] = RETRY_SECONDS,
) -> None:
    """Download to `path`, from where an earlier download stopped; retry when it breaks off."""
    try:
        import httpx
    except ModuleNotFoundError:
        raise SentimentError(
            "fetching needs httpx; install it with: pip install 'lstm-sentiment-cli[fetch]'"
        ) from None
    timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    with httpx.Client(headers=_HEADERS, follow_redirects=True, timeout=timeout) as client:
        for pause in (*retry_seconds, None):
            try:
                if not _resume(client, url, path, on_progress):
                    _begin(client, url, path, on_progress)
                return
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
                raise SentimentError(
                    f"cannot fetch {url}: {error}; check the address", "url"
                ) from None
            except httpx.HTTPError as error:
                if pause is None or _refused(error):
                    raise SentimentError(_failure(url, path, error)) from None
                say(f"{_reason(error)}; trying again in {pause:g} s")
                time.sleep(pause)


def forget(path: Path) -> None:
    """Remove a download and the note beside it."""
    path.unlink(missing_ok=True)
    _note_path(path).unlink(missing_ok=True)


def _resume(
    client: "httpx.Client", url: str, path: Path, on_progress: Callable[[Progress], None]
) -> bool:
    """Get the rest of a download; False if it must start again."""
    note = _Note.read(_note_path(path))
    start = path.stat().st_size if path.exists() else 0
    if note is None or note.url != url or start == 0:
        return False
    if start == note.size:
        return True
    if note.validator is None:
        return False
    headers = {"Range": f"bytes={start}-", "If-Range": note.validator}
    with client.stream("GET", url, headers=headers) as response:
        if not _goes_on(response, note, start):
            return False
        _receive(response, path, note.size, on_progress)
    return True


def _begin(
    client: "httpx.Client", url: str, path: Path, on_progress: Callable[[Progress], None]
) -> None:
    with client.stream("GET", url) as response:
        response.raise_for_status()
        note = _Note.of(url, response)
        # Emptied before the note is written: a note must never describe another file's bytes.
        path.write_bytes(b"")
        note.write(_note_path(path))
        _receive(response, path, note.size, on_progress)


def _goes_on(response: "httpx.Response", note: _Note, start: int) -> bool:
    """Return whether this is the rest of the file; servers may ignore Range, If-Range or both."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if response.status_code != 206 or found is None:
        return False
    same_size = note.size is None or found[2] in {str(note.size), "*"}
    # An answer to If-Range need not repeat Last-Modified.
    return int(found[1]) == start and same_size and _validator(response) in {note.validator, None}


def _receive(
    response: "httpx.Response",
    path: Path,
    total: int | None,
    on_progress: Callable[[Progress], None],
) -> None:
    with path.open("ab") as file:
        done = file.tell()
        # Blocks as they come: larger ones would lose what arrives before a connection breaks off.
        for block in response.iter_raw():
            file.write(block)
            done += len(block)
            on_progress(Progress(done, total))


def _validator(response: "httpx.Response") -> str | None:
    # A weak ETag promises the same meaning, not the same bytes.
    etag = response.headers.get("ETag", "W/")
    found = response.headers.get("Last-Modified") if etag.startswith("W/") else etag
    return str(found) if found else None


def _refused(error: "httpx.HTTPError") -> bool:
    """Return whether a retry is in vain: the server has answered, and not that it is busy."""
    import httpx

    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500


def _reason(error: "httpx.HTTPError") -> str:
    import httpx

    if isinstance(error, httpx.HTTPStatusError):
        return f"the server answers {error.response.status_code} {error.response.reason_phrase}"
    return str(error) or type(error).__name__


def _failure(url: str, path: Path, error: "httpx.HTTPError") -> str:
    if _refused(error):
        return f"cannot fetch {url}: {_reason(error)}; name another address with --url"
    held = path.stat().st_size if path.exists() else 0
    kept = f"{held:,} bytes are kept; run the same command to resume"
    again = kept if held else "check the connection and try again"
    return f"cannot fetch {url}: {_reason(error)}; {again}"


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")
