"""A web server on this machine that can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    """What was asked, and how many bytes of it were answered."""

    range: str | None
    if_range: str | None
    sent: int = 0


@dataclass
class Site:
    """What the server holds, how it behaves, and what it was asked."""

    content: bytes
    url: str = ""
    etag: str | None = '"one"'
    last_modified: str | None = None
    length: bool = True  # whether it says how much comes
    moved_to: str | None = None  # where every request is sent instead
    ranges: bool = True
    heeds_if_range: bool = True
    # For each request in turn: a status instead of an answer, or after how many bytes to hang up.
    statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def changed(self, if_range: str | None) -> bool:
        """Whether the client holds the beginning of another file, as far as the server cares."""
        return self.heeds_if_range and if_range not in {self.etag, self.last_modified}


@contextmanager
def serving(content: bytes) -> Iterator[Site]:
    """Serve content on a free port until the block ends."""
    site = Site(content)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep quiet: tests look at `site.requests`."""

        def do_GET(self) -> None:
            request = Request(self.headers["Range"], self.headers["If-Range"])
            site.requests.append(request)
            if site.statuses and (status := site.statuses.pop(0)) != 200:
                self.send_error(status)
                return
            if site.moved_to:
                self.send_response(302)
                self.send_header("Location", site.moved_to)
                self.end_headers()
                return
            start = 0
            if request.range and site.ranges and not site.changed(request.if_range):
                start = int(request.range.removeprefix("bytes=").removesuffix("-"))
            self.send_head(start, len(site.content), partial=start > 0)
            end = site.cuts.pop(0) if site.cuts else len(site.content)
            body = site.content[start:end]
            request.sent = len(body)
            self.wfile.write(body)

        def send_head(self, start: int, size: int, *, partial: bool) -> None:
            self.send_response(206 if partial else 200)
            if partial:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            if site.length:
                self.send_header("Content-Length", str(size - start))
            if site.etag:
                self.send_header("ETag", site.etag)
            if site.last_modified and not partial:
                self.send_header("Last-Modified", site.last_modified)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}/file.zip"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
