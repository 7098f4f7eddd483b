"""Output of commands: data goes to stdout, everything else to stderr."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TextIO

import typer

from lstm_sentiment_cli.rendering.style import Display, is_dumb, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; a closed stream is None."""
    return stream is not None and stream.isatty()


@dataclass(frozen=True, slots=True)
class Terminal:
    """How to write to the user, by --quiet, --no-color and the environment."""

    quiet: bool = False
    no_color: bool = False

    def say(self, line: str) -> None:
        """Write one line to stderr, unless quiet; control characters are replaced."""
        if not self.quiet:
            sys.stderr.write(visible(line) + "\n")
            sys.stderr.flush()

    @property
    def animated(self) -> bool:
        """Whether progress may be drawn: stderr is a capable terminal."""
        return not self.quiet and is_terminal(sys.stderr) and not is_dumb()

    def data_elsewhere(self, output: str) -> bool:
        """Return whether data goes to a file; a pipe may end at the terminal of stderr."""
        try:
            place = os.fstat(sys.stdout.fileno()) if output == "-" else Path(output).stat()
            return stat.S_ISREG(place.st_mode) or os.path.samestat(place, Path(os.devnull).stat())
        except FileNotFoundError:
            return True
        except (OSError, ValueError, AttributeError):  # stdout may be closed, or no file
            return False

    def stdout(self) -> "Console":
        """Return a Rich console for data shown to a person: tables, bars."""
        # What this terminal's encoding lacks is shown as "?".
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
        return self._console(stderr=False)

    def stderr(self) -> "Console":
        """Return a Rich console for messages and progress."""
        return self._console(stderr=True)

    @staticmethod
    def display(console: "Console") -> Display:
        """Return what the terminal of a console can show."""
        return Display.of(console.width, console.encoding, console.color_system)

    def page(self, renderable: "RenderableType") -> None:
        """Show what may be longer than the screen in the user's pager, as git does."""
        # less then shows colours, and quits if everything fits; other pagers may not.
        options = os.environ.setdefault("LESS", "FRX")
        os.environ.pop("MANPAGER", None)  # Python would prefer it
        pager = PurePath((os.environ.get("PAGER", "").split() or ["less"])[0]).name
        coloured = pager == "cat" or (pager == "less" and "r" in options.lower())
        console = self.stdout()
        with console.pager(styles=coloured):
            console.print(renderable)

    def _console(self, *, stderr: bool) -> "Console":
        from rich.console import Console

        class Ours(Console):
            """Leaves a closed pipe to the program, which exits with 0; Rich would exit with 1."""

            def on_broken_pipe(self) -> None:
                raise BrokenPipeError

        # Without colours there are no other styles either, and so no escape codes. Rich itself
        # reads TERM=dumb. Markup and emoji codes are off: what users type is never interpreted.
        plain = self.no_color or bool(os.environ.get("NO_COLOR"))
        return Ours(
            stderr=stderr,
            color_system=None if plain else "auto",
            highlight=False,
            markup=False,
            emoji=False,
        )


def print_paths(*lines: str | Path) -> None:
    """Print lines that hold paths: as they are, for programs; without what a terminal acts on."""
    for line in lines:
        if is_terminal(sys.stdout):
            sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
            typer.echo(visible(str(line)))
        else:
            # As bytes: a file's name need not be text, and `cd "$(…)"` needs it as it is.
            typer.echo(os.fsencode(line))


def print_json(value: object) -> None:
    """Print a value as JSON for programs."""
    import json

    # Escaped to ASCII, which no terminal acts on and every encoding can print.
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


@contextmanager
def counting(
    terminal: Terminal, unit: str, *, shown: bool = True
) -> Iterator[Callable[[int], None]]:
    """Yield a function that shows on stderr how many units are done: "12,000 texts 0:00:01".

    It does nothing if progress may not be drawn, or is not to be shown.
    """
    if not (shown and terminal.animated):
        yield lambda _done: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {unit}"), TimeElapsedColumn())
    with Progress(*columns, console=terminal.stderr(), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done: progress.update(task, completed=done)
