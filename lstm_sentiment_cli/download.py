"""A file from the net: resumed where it broke off, begun anew where it has changed.

The bytes go to a file that its caller names; a note beside it keeps what the server said of them,
so that a later run can ask for the rest of the same file and of no other.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    import httpx

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0)
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
# Packed once more, the bytes would be others than those that a range counts.
_HEADERS = {"Accept-Encoding": "identity"}


class Progress(NamedTuple):
    """How far a download has come, in bytes."""

    done: int
    total: int | None  # None: the server does not say


@dataclass(frozen=True, slots=True)
class _Note:
    """What a server said of a file, to know it again."""

    url: str
    size: int | None
    validator: str | None  # ETag or Last-Modified; None: its rest cannot be asked for

    @classmethod
    def of(cls, url: str, response: "httpx.Response") -> "_Note":
        length = response.headers.get("Content-Length", "")
        return cls(url, int(length) if length.isdecimal() else None, _validator(response))

    @classmethod
    def read(cls, path: Path) -> "_Note | None":
        """Return the note, or None when there is none that can be understood."""
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
    """Fill `path` with what `url` holds, going on from what is there; after drops, try again."""
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
                raise SentimentError(f"cannot fetch {url}: {error}; check the address") from None
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
    """Get the rest of what is there; False when it has to be begun anew."""
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
        # Emptied before the note is written: a note must never speak of the bytes of another file.
        path.write_bytes(b"")
        note.write(_note_path(path))
        _receive(response, path, note.size, on_progress)


def _goes_on(response: "httpx.Response", note: _Note, start: int) -> bool:
    """Whether this is the rest of the same file: servers may ignore Range, If-Range or both."""
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
        # Blocks as they come: larger ones would lose what came before the connection broke off.
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
    """Whether asking again is in vain: the server answered, and not that it is busy."""
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
    kept = f"{held:,} bytes are kept, the same command goes on from there"
    again = kept if held else "look after the connection and try again"
    return f"cannot fetch {url}: {_reason(error)}; {again}"


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")
