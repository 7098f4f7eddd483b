"""The colours of plots and page, on a light and on a dark ground."""

import re
from typing import NamedTuple


class Colour(NamedTuple):
    """One colour in its two shades."""

    name: str
    light: str
    dark: str


GROUND = Colour("ground", "#ffffff", "#0d1117")
PANEL = Colour("panel", "#f6f8fa", "#161b22")
LINE = Colour("line", "#d8dee4", "#30363d")
MUTED = Colour("muted", "#59636e", "#9198a1")
INK = Colour("ink", "#1f2328", "#f0f6fc")

COLOURS = (
    GROUND,
    PANEL,
    LINE,
    MUTED,
    INK,
    # Those of the labels (rendering/palette.py), lighter where the ground is dark.
    Colour("blue", "#0072b2", "#4aa8e0"),
    Colour("orange", "#d55e00", "#f0883e"),
    Colour("green", "#009e73", "#3fb890"),
    Colour("pink", "#cc79a7", "#dd9cc2"),
    Colour("sky", "#56b4e9", "#7cc7f2"),
    Colour("grey", "#888888", "#a5a5a5"),
)


_NAMES = {colour.light: colour.name for colour in COLOURS}
_SHADE = re.compile("|".join(_NAMES))
# What users wrote stands between tags, and what looks like a tag in it is escaped.
_TAG = re.compile("<[^>]+>")


def themed(svg: str) -> str:
    """Return a plot that takes its colours from the page it stands in.

    By itself a plot has the light shades as they are: programs that know no CSS show it too.
    """
    return _TAG.sub(lambda tag: _SHADE.sub(lambda shade: variable(shade[0]), tag[0]), svg)


def variable(shade: str) -> str:
    """Return what a page calls a light shade: "#0072b2" → "var(--blue)"."""
    return f"var(--{_NAMES[shade]})"
