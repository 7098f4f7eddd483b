"""Where commands speak: data goes to stdout, everything else to stderr."""

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class Terminal:
    """How to speak to this user: from --quiet, --no-color and the environment."""

    quiet: bool = False
    no_color: bool = False

    def say(self, line: str) -> None:
        """Write one line to stderr, unless asked to be quiet; control characters are replaced."""
        if not self.quiet:
            sys.stderr.write(visible(line) + "\n")
            sys.stderr.flush()

    @property
    def animated(self) -> bool:
        """Whether progress may be drawn: a capable terminal listens on stderr."""
        return not self.quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def data_elsewhere(self, output: str) -> bool:
        """Whether data goes where it cannot run through what stderr shows."""
        return output != "-" or not sys.stdout.isatty()

    def stdout(self) -> "Console":
        """Return a Rich console for data a person looks at (tables, bars)."""
        return self._console(stderr=False)

    def stderr(self) -> "Console":
        """Return a Rich console for talk and progress."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> "Console":
        from rich.console import Console

        class Ours(Console):
            """Leaves a closed pipe to the program, which ends with 0; Rich would exit with 1."""

            def on_broken_pipe(self) -> None:
                raise BrokenPipeError

        # NO_COLOR and TERM=dumb are read by Rich itself; markup and emoji codes are switched
        # off because what users type must never be interpreted.
        return Ours(
            stderr=stderr,
            no_color=True if self.no_color else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
