"""The terminal that a conversation is shown on."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lstm_sentiment_cli.rendering.blocks import draws_blocks, is_dumb
from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


@dataclass(frozen=True)
class Screen:
    """Answers go to stdout, talk and errors to stderr."""

    open_console: "Callable[[], Console]"
    """Called for the first answer: nothing of Rich is needed before the first prompt."""
    say: Callable[[str], None]

    @property
    def width(self) -> int:
        """How many cells a line has now; the user may resize the window between answers."""
        return shutil.get_terminal_size().columns

    @property
    def dumb(self) -> bool:
        """Whether the terminal understands no escape codes."""
        return is_dumb(os.environ.get("TERM"))

    @property
    def unicode(self) -> bool:
        """Whether blocks and other signs beyond ASCII can be drawn."""
        return draws_blocks(sys.stdout.encoding, os.environ.get("TERM"))

    def show(self, answer: "Text") -> None:
        """Show an answer that fits the width, then an empty line."""
        self._console.print(answer, soft_wrap=True)
        self._console.print()

    def show_lines(self, lines: Iterable[str]) -> None:
        """Show lines as they are but for what a terminal would act on, then an empty line."""
        from rich.text import Text

        self.show(Text("\n".join(map(visible, lines))))

    def error(self, message: str) -> None:
        """Show what went wrong, even when asked to be quiet, then an empty line."""
        sys.stderr.write(f"error: {visible(message)}\n\n")
        sys.stderr.flush()

    @cached_property
    def _console(self) -> "Console":
        # What cannot be encoded is shown as "?" rather than ending the conversation.
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        return self.open_console()
