"""What a user of the REPL feels: the first prompt, keys, answers; in a real pseudo-terminal.

    python benchmarks/repl.py [--rounds N] [--keys N]

The terminal only passes bytes on: what a real one needs to draw them comes on top.
"""

import argparse
import math
import os
import select
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import OURS, machine
from ptyprocess import PtyProcess

ROWS, COLUMNS = 24, 80
# Where a program asks for the cursor: it is answered as terminals do.
ASKED, ANSWERED = b"\x1b[6n", b"\x1b[3;1R"
PROMPT = b"1m>"  # bold
# Letters that stand in no escape code.
LETTERS = b"QWXYZ"
SENTENCE = "what a lovely day, i love it"
LONG = "so good " * 1_250
ENTRIES = 2_000
MILLISECONDS = 1_000


class Terminal:
    """A REPL in a pseudo-terminal, and what it wrote since it was last looked for something."""

    def __init__(self, state: str, *options: str) -> None:
        homes = {"XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state, "TERM": "xterm-256color"}
        self._began = time.perf_counter()
        self._process = PtyProcess.spawn(
            [*OURS, "repl", *options], dimensions=(ROWS, COLUMNS), env={**os.environ, **homes}
        )
        self._written = b""
        self.first_prompt = self.wait_for(PROMPT, since=self._began)

    def press(self, keys: bytes, sought: bytes, *, times: int = 1) -> float:
        """Return the milliseconds from keys to when these bytes have been written so often."""
        self._written = b""
        began = time.perf_counter()
        self._process.write(keys)
        return self.wait_for(sought, since=began, times=times)

    def wait_for(
        self, sought: bytes, *, since: float, times: int = 1, seconds: float = 20
    ) -> float:
        """Return the milliseconds since then when the program has written these bytes."""
        while self._written.count(sought) < times:
            if not self._read(seconds):
                raise RuntimeError(f"waited for {sought!r}, got {self._written[-2000:]!r}")
        return (time.perf_counter() - since) * MILLISECONDS

    def settle(self, seconds: float = 0.3) -> None:
        """Wait until nothing more is written."""
        while self._read(seconds):
            pass
        self._written = b""

    def leave(self) -> None:
        """Clear the line, leave, and wait for the end."""
        self._process.write(b"\x03\x04")
        try:
            while self._read(5):
                pass
        except EOFError:
            self._process.wait()
        self._process.close(force=True)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._process.fd], [], [], seconds)
        if ready:
            found = self._process.read(65_536)
            self._written += found
            for _ in range(found.count(ASKED)):
                self._process.write(ANSWERED)
        return bool(ready)


def first_prompts(state: str, rounds: int) -> list[float]:
    """Start the program so often, and once more before."""
    found = []
    for _ in range(rounds + 1):
        terminal = Terminal(state)
        found.append(terminal.first_prompt)
        terminal.settle()
        terminal.leave()
    return found[1:]


def keys_on(state: str, line: str, keys: int) -> list[float]:
    """Type keys at the end of a line, one after another."""
    terminal = Terminal(state)
    terminal.settle(1)
    if line:
        terminal.press(f"\x1b[200~{line}\x1b[201~".encode(), b"so good")
        terminal.settle()
    found = []
    for number in range(keys):
        letter = LETTERS[number % len(LETTERS) :][:1]
        found.append(terminal.press(letter, letter))
        terminal.settle(0.01)
        if not line and number % 40 == 39:
            terminal.press(b"\x15", b"\x1b[")
            terminal.settle(0.05)
    terminal.leave()
    return found


def keys_while_loading(state: str, rounds: int) -> list[float]:
    """Type as soon as there is a prompt, while the model is loaded behind it."""
    found = []
    for _ in range(rounds):
        terminal = Terminal(state)
        for letter in LETTERS * 4:
            found.append(terminal.press(bytes([letter]), bytes([letter])))
            time.sleep(0.02)
        terminal.settle()
        terminal.leave()
    return found


def answers(state: str, count: int, *options: str) -> list[float]:
    """Send a sentence so often: from Enter to the last bar."""
    terminal = Terminal(state, *options)
    terminal.settle(1)
    found = []
    for _ in range(count + 1):
        terminal.press(SENTENCE.encode(), b"t")
        terminal.settle(0.05)
        found.append(terminal.press(b"\r", b"%", times=2))
        terminal.settle(0.05)
    terminal.leave()
    return found[1:]


def keep_history(state: str) -> None:
    """Fill the history with as many entries as it holds; only on Linux does it lie here."""
    path = Path(state, "lstm-sentiment", "history")
    path.parent.mkdir(exist_ok=True)
    entries = (f'"entry number {number}, as long as tweets are"\n' for number in range(ENTRIES))
    path.write_text("".join(entries), encoding="utf-8")


def show(name: str, milliseconds: Sequence[float]) -> None:
    """Print a row: median, the largest but for a hundredth of all, the largest."""
    ordered = sorted(milliseconds)
    most = ordered[math.ceil(0.99 * len(ordered)) - 1]
    print(
        f"{name:<44} {statistics.median(ordered):7.1f} {ordered[0]:7.1f} {most:7.1f} "
        f"{ordered[-1]:7.1f} {len(ordered):5d}"
    )


def main() -> None:
    """Measure everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--keys", type=int, default=400)
    options = parser.parse_args()
    print(machine())
    print(f"{'milliseconds':<44} {'median':>7} {'least':>7} {'p99':>7} {'most':>7} {'n':>5}")
    with TemporaryDirectory() as state:
        parts: dict[str, Callable[[], list[float]]] = {
            "first prompt, from exec": lambda: first_prompts(state, options.rounds),
            "key on screen": lambda: keys_on(state, "", options.keys),
            "key on screen, line of 10,000 characters": lambda: keys_on(state, LONG, options.keys),
            "Enter to bars": lambda: answers(state, options.keys // 4),
            "Enter to bars, explained": lambda: answers(state, options.keys // 4, "--explain"),
        }
        for name, measured in parts.items():
            show(name, measured())
        keep_history(state)
        show(f"first prompt, history of {ENTRIES:,}", first_prompts(state, options.rounds))
        show(f"key on screen, history of {ENTRIES:,}", keys_on(state, "", options.keys))
        show("key on screen while the model loads", keys_while_loading(state, options.rounds))


if __name__ == "__main__":
    main()
