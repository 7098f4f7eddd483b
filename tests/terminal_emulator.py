"""The real program in a real pseudo-terminal, and the screen its user would see."""

import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType

import pexpect
import pyte
from wcwidth import wcwidth

ENTER, TAB, ESCAPE = "\r", "\t", "\x1b"
ALT_ENTER = ESCAPE + ENTER
CTRL_A, CTRL_C, CTRL_D, CTRL_L, CTRL_R = "\x01\x03\x04\x0c\x12"
CTRL_X_CTRL_E = "\x18\x05"
UP, RIGHT = "\x1b[A", "\x1b[C"
PASTE = "\x1b[200~{}\x1b[201~"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[;m]")
ROOT = str(Path(__file__).parent.parent)
LSTM_SENTIMENT = (sys.executable, "-m", "lstm_sentiment_cli")


class Emulator:
    """A terminal in which a program runs: send keys, read the screen."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.raw = b""
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            dimensions=(rows, columns),
            env={**_plain_environment(), **(environment or {})},
            # The terminal's own echo of keys must not wait: we measure what users feel.
            timeout=0,
        )
        self._child.delaybeforesend = None
        self.screen = _Screen(columns, rows)
        # Programs ask a terminal where its cursor is; ours answers.
        self.screen.write_process_input = self._child.send
        self._stream = pyte.ByteStream(self.screen)

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.close(force=True)

    def show(self, text: str) -> None:
        """Put on the screen what stood there before the program began."""
        self._stream.feed(text.encode())

    def send(self, keys: str) -> None:
        r"""Press keys: "\r" is Enter, "\x03" Ctrl-C, "\x04" Ctrl-D."""
        self._child.send(keys)

    def send_bytes(self, typed: bytes) -> None:
        """Send bytes as they are, whether they are characters or not."""
        self._child.send(typed)

    def paste(self, text: str) -> None:
        """Paste text as terminals do that tell pasted from typed."""
        self.send(PASTE.format(text))

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size; the program gets SIGWINCH."""
        self.screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    @property
    def lines(self) -> list[str]:
        """What the screen shows, without the empty lines at its end."""
        return _shown(self.screen)

    @property
    def above(self) -> list[str]:
        """What the screen shows down to the cursor: nothing of a menu or of a line at the foot."""
        shown = [line.rstrip() for line in self.screen.display]
        return shown[: self.screen.cursor.y + 1]

    @property
    def foot(self) -> str:
        """The last line of the screen."""
        return self.screen.display[-1].rstrip()

    @property
    def text(self) -> str:
        """What the screen shows, as one string."""
        return "\n".join(self.lines)

    def wait_for(
        self, sought: str | Callable[[str], bool], *, times: int = 1, seconds: float = 20
    ) -> None:
        """Wait until the screen shows a text so many times, or until a condition of it holds."""

        def shown() -> bool:
            if callable(sought):
                return sought(self.text)
            return self.text.count(sought) >= times

        end = time.monotonic() + seconds
        while not shown():
            if time.monotonic() > end or not self._read():
                raise AssertionError(f"waited for {sought!r}; the screen shows:\n{self.text}")

    def settle(self, *, seconds: float = 0.5) -> None:
        """Take in what is written within a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read():
            pass

    def wait_for_prompt(self, *, seconds: float = 20) -> None:
        """Wait until the cursor stands at an empty prompt."""
        self.wait_for(lambda _text: self.above[-1] == ">", seconds=seconds)

    def wait_for_exit(self, *, seconds: float = 20) -> int:
        """Wait until the program has ended and return its exit code (128 + n for a signal)."""
        end = time.monotonic() + seconds
        while self._read():
            if time.monotonic() > end:
                raise AssertionError(f"does not end; the screen shows:\n{self.text}")
        self._child.close()
        return (
            self._child.exitstatus
            if self._child.signalstatus is None
            else (128 + self._child.signalstatus)
        )

    def _read(self) -> bool:
        """Take in what the program wrote; False when it has closed the terminal."""
        try:
            written = self._child.read_nonblocking(65536, timeout=0.1)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += written
        self._stream.feed(written)
        return True


class Conversation(Emulator):
    """The REPL, and who types into it."""

    def ask(self, keys: str) -> list[str]:
        """Press keys at an empty prompt; return the lines that they left and that answer them."""
        self.wait_for_prompt()
        return self.ask_on(keys)

    def ask_on(self, keys: str) -> list[str]:
        """Press keys at the end of a line; return the lines that it left and that answer it."""
        before = len(self.above) - 1
        self.send(keys)
        self.wait_for(lambda _text: len(self.above) > before + 2)
        self.wait_for_prompt()
        return self.above[before:-1]

    def wait_for_answers(self, lines: int = 2) -> None:
        """Wait until so many lines show percentages, and the prompt is there again."""
        self.wait_for("%", times=lines)
        self.wait_for_prompt()

    def wait_for_foot(self, sought: str) -> None:
        """Wait until the last line of the screen holds a text."""
        self.wait_for(lambda _text: sought in self.foot)

    def clear(self) -> None:
        """Clear the line."""
        self.send(CTRL_C)
        self.wait_for_prompt()

    def leave(self) -> None:
        """Press Ctrl-D at an empty prompt, which leaves nothing but the conversation."""
        self.wait_for_prompt()
        self.send(CTRL_D)
        assert self.wait_for_exit() == 0
        assert self.lines == self.above[:-1]
        assert self.lines[-1] == ">"

    def begin_again(self, columns: int, rows: int) -> None:
        """Forget what was typed, and clear a screen of this size; settings and answers stay."""
        self.wait_for_prompt()
        self.resize(columns, rows)
        self.send(f"/history clear{ENTER}")
        self.wait_for("history cleared")
        self.wait_for_prompt()
        self.send(CTRL_L)
        self.wait_for(lambda _text: self.screen.cursor.y == 0 and self.above == [">"])
        self.raw = b""


def drawn(raw: bytes, columns: int) -> list[str]:
    """Return what an empty screen shows after these bytes, without the empty lines at its end."""
    screen = _Screen(columns, 24)
    pyte.ByteStream(screen).feed(raw)
    return _shown(screen)


def _shown(screen: pyte.Screen) -> list[str]:
    return "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")


class _Screen(pyte.Screen):
    """A screen that, as many terminals, does not join emoji: a family stands as its members."""

    def draw(self, data: str) -> None:
        """Draw characters; pyte itself would leave out all that follows one without a width."""
        super().draw("".join(filter(_is_drawn, data)))

    def select_graphic_rendition(self, *codes: int, **private: bool) -> None:
        """Set how characters look; dim, of which pyte knows nothing, is kept as its blinking."""
        super().select_graphic_rendition(*_dim_as_blinking(codes), **private)


def _is_drawn(character: str) -> bool:
    return wcwidth(character) != 0 or unicodedata.combining(character) != 0


def _dim_as_blinking(codes: Sequence[int]) -> Iterator[int]:
    """Yield codes with dim (2) as blinking (5); ends of both: [2, 38, 5, 2] → [5, 38, 5, 2]."""
    remaining = iter(codes)
    for code in remaining:
        if code in {38, 48}:  # a colour: its kind, and one number or three
            kind = next(remaining, 5)
            yield from (code, kind, *islice(remaining, 1 if kind == 5 else 3))
        else:
            yield from {2: (5,), 22: (22, 25)}.get(code, (code,))


def _plain_environment() -> dict[str, str]:
    """Return our environment without what would change how a terminal is drawn on."""
    unwanted = {"NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES", "PYTHONIOENCODING"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONPATH": ROOT}
