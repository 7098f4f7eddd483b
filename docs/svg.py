"""A terminal's screen as a picture: SVG that needs no font but the reader's own.

Everything is drawn by plain attributes, in the colours of a light page, for programs without style
sheets; those that have them follow the reader's light or dark.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from pyte.screens import Char, Screen

# In units of the picture: a cell of the terminal, and the space around all of them.
WIDE, HIGH, MARGIN = 8.4, 18, 16
BASELINE = 13
GROUND, INK, FRAME = "#ffffff", "#1f2328", "#d1d9e0"
FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
STYLE = f"""\
svg {{ color-scheme: light dark; --ground: {GROUND}; --ink: {INK}; --frame: {FRAME}; }}
@media (prefers-color-scheme: dark) {{
  svg {{ --ground: #0d1117; --ink: #f0f6fc; --frame: #3d444d; }}
}}
svg, .ink {{ fill: var(--ink); }}
.ground {{ fill: var(--ground); stroke: var(--frame); }}
.on-ink {{ fill: var(--ground); }}
text {{ white-space: pre; }}
"""
# Blocks by their share of a cell. They are drawn, because fonts leave gaps between them.
LEFT = {block: eighths / 8 for eighths, block in enumerate("▏▎▍▌▋▊▉█", start=1)}
LOWER = {block: eighths / 8 for eighths, block in enumerate("▁▂▃▄▅▆▇█", start=1)}


class Look(NamedTuple):
    """What distinguishes one run of characters from the next."""

    fill: str
    """Attributes of the characters: ' fill="#0072b2"', "" for the ink of the page."""
    ground: str
    """Attributes of the rectangle behind them, "" if there is none."""
    shape: str
    """Attributes of text: ' font-weight="bold"'."""
    block: bool


def svg(screen: Screen, *, title: str) -> str:
    """Return a screen, down to its last line that is not empty, as a picture."""
    rows = 1 + max(number for number, line in enumerate(screen.display) if line.strip())
    width = screen.columns * WIDE + 2 * MARGIN
    height = rows * HIGH + 2 * MARGIN
    cells = [[screen.buffer[row][at] for at in range(screen.columns)] for row in range(rows)]
    # A full block belongs to a column if there are columns, else to a bar.
    upright = any(each.data in LOWER.keys() - LEFT.keys() for row in cells for each in row)
    drawn = "\n".join(
        part
        for number, characters in enumerate(cells)
        for part in line(number, characters, upright=upright)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label={quoteattr(title)} '
        f'fill="{INK}" font-family="{FONT}" font-size="14" xml:space="preserve">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n"
        f'<rect class="ground" x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" '
        f'rx="8" fill="{GROUND}" stroke="{FRAME}"/>\n'
        f'<g shape-rendering="crispEdges">\n{drawn}\n</g>\n</svg>\n'
    )


def line(number: int, characters: list[Char], *, upright: bool) -> Iterator[str]:
    """Yield the grounds, the text and the bars of one line of the screen; columns stand upright."""
    top = MARGIN + number * HIGH
    at = 0
    for seen, group in groupby(characters, key=look):
        run = list(group)
        text = "".join(character.data for character in run)
        left = MARGIN + at * WIDE
        at += len(run)
        if seen.ground:
            yield rectangle(left, top, len(run) * WIDE, HIGH, seen.ground)
        if seen.block and upright:
            for index, character in enumerate(text):
                high = LOWER.get(character, 1) * HIGH
                yield rectangle(left + index * WIDE, top + HIGH - high, WIDE, high, seen.fill)
        elif seen.block:
            length = sum(LEFT[character] for character in text) * WIDE
            yield rectangle(left, top + 3, length, HIGH - 6, seen.fill)
        elif words := text.strip():
            # Whatever the reader's font is, each run begins and ends in its cell.
            left += (len(text) - len(text.lstrip())) * WIDE
            length = len(words) * WIDE
            yield (
                f'<text x="{left:g}" y="{top + BASELINE}" textLength="{length:g}"'
                f"{seen.fill}{seen.shape}>{escape(words)}</text>"
            )


def rectangle(left: float, top: float, width: float, height: float, fill: str) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"{fill}/>'


def look(character: Char) -> Look:
    """Return how a character is drawn."""
    ink = "" if character.fg == "default" else f' fill="#{character.fg}"'
    ground = "" if character.bg == "default" else f' fill="#{character.bg}"'
    if character.reverse:
        ink, ground = (
            ground or f' class="on-ink" fill="{GROUND}"',
            ink or f' class="ink" fill="{INK}"',
        )
    shapes = (
        (character.bold, ' font-weight="bold"'),
        (character.italics, ' font-style="italic"'),
        (character.underscore, ' text-decoration="underline"'),
        (character.blink, ' opacity="0.65"'),  # dim, which is how the emulator keeps it
    )
    shape = "".join(attribute for is_so, attribute in shapes if is_so)
    block = character.data in LEFT or character.data in LOWER
    return Look(ink, ground, shape, block)
