"""A real browser, driven by the DevTools protocol: https://chromedevtools.github.io/devtools-protocol."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 60.0
# What it is shown is our own, and in a container it starts without its sandbox or not at all.
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run")
# It reads commands from descriptor 3 and answers on 4: JSON, a zero byte after each.
_RUN = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'


def find_chromium() -> str | None:
    """Return where a browser is that can be driven, or None; Windows has other pipes."""
    return None if os.name == "nt" else next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser with one page, which ends with its context."""

    def __init__(self, program: str) -> None:
        self.events: list[dict[str, Any]] = []
        """What was told of the page since it was last opened."""
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = [*_OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}"]
        self._process = subprocess.Popen(
            ["sh", "-c", _RUN, "sh", program, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._received = b""
        self._number = 0
        self._session: dict[str, str] = {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": session["sessionId"]}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> "Chromium":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            pipe.close()
        self._profile.cleanup()

    def open(self, url: str, *, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        """Show a page and wait until it is whole."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.call("Emulation.setDeviceMetricsOverride", **size, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._receive())

    def evaluate(self, expression: str) -> Any:
        """Return what an expression of JavaScript is in the page."""
        ended = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in ended, ended["exceptionDetails"]
        return ended["result"].get("value")

    def screenshot(self) -> bytes:
        """Return what is to be seen of the page, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; what is told meanwhile goes to `events`."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters, **self._session}
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\0")
        while (message := self._receive()).get("id") != self._number:
            self.events.append(message)
        assert "error" not in message, f"{method}: {message['error']}"
        result: dict[str, Any] = message["result"]
        return result

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        answers, until = self._process.stdout.fileno(), time.monotonic() + SECONDS
        while b"\0" not in self._received:
            ready, _, _ = select.select([answers], [], [], max(0, until - time.monotonic()))
            block = os.read(answers, 1 << 20) if ready else b""
            assert block, "Chromium does not answer" if not ready else "Chromium has ended"
            self._received += block
        message, self._received = self._received.split(b"\0", 1)
        told: dict[str, Any] = json.loads(message)
        return told
