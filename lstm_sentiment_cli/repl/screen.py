"""The terminal that a conversation is shown on."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lstm_sentiment_cli.rendering.style import Display, is_dumb, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


@contextmanager
def count_silently(_unit: str) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many units are done, and shows nothing."""
    yield lambda _done: None


@dataclass(frozen=True)
class Screen:
    """Answers go to stdout, messages and errors to stderr."""

    open_console: "Callable[[], Console]"
    """Called for the first answer: Rich is not needed before the first prompt."""
    say: Callable[[str], None]
    counting: Callable[[str], AbstractContextManager[Callable[[int], None]]] = count_silently
    """Shows how many of a unit ("texts") are done, while something long runs."""

    @property
    def display(self) -> Display:
        """What the terminal can show now; the user may resize the window between answers."""
        return Display.of(self.width, sys.stdout.encoding, self._console.color_system)

    @property
    def plain_display(self) -> Display:
        """The same without colours, which only Rich knows: it is not imported for the banner."""
        return Display.of(self.width, sys.stdout.encoding)

    @property
    def width(self) -> int:
        """How many cells a line has now."""
        return shutil.get_terminal_size().columns

    @property
    def dumb(self) -> bool:
        """Whether the terminal understands no escape codes."""
        return is_dumb()

    def show(self, answer: "Text") -> None:
        """Show an answer that fits the width, then an empty line."""
        self._console.print(answer, soft_wrap=True)
        self._console.print()

    def show_lines(self, lines: Iterable[str]) -> None:
        """Show lines, made harmless, then an empty line."""
        from rich.text import Text

        self.show(Text("\n".join(map(visible, lines))))

    def error(self, message: str) -> None:
        """Show an error, even if quiet, then an empty line."""
        sys.stderr.write(f"error: {visible(message)}\n\n")
        sys.stderr.flush()

    @cached_property
    def _console(self) -> "Console":
        # What cannot be encoded is shown as "?".
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        return self.open_console()
