"""What a renderable looks like on a terminal, as text."""

import io
import re

from rich.console import Console


def printed(renderable, width=80):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(renderable)
    return console.file.getvalue()


def line_of(name, text):
    """Return the cells of the one line that begins with a name; they are two spaces apart."""
    (found,) = (line for line in text.splitlines() if line.strip().startswith(name))
    return re.split(r"\s{2,}", found.strip())
