"""What a terminal can show: harmless text, signs, bars and colours."""

import codecs
import os
import re
import unicodedata
from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_RISING_EIGHTHS = " ▁▂▃▄▅▆▇█"


class Display(NamedTuple):
    """What a terminal can show. It is asked once for each output."""

    width: int  # how many cells a line has
    unicode: bool = True  # whether blocks, and other signs beyond ASCII, can be drawn
    colours: int = 256  # how many colours there are; without any, signs replace them

    @classmethod
    def of(cls, width: int, encoding: str | None, color_system: str | None = None) -> "Display":
        """Return what a terminal can show; `color_system` is Rich's name for its colours."""
        try:
            unicode = not is_dumb() and codecs.lookup(encoding or "ascii").name == "utf-8"
        except LookupError:
            unicode = False
        colours = {None: 0, "256": 256, "truecolor": 1 << 24}.get(color_system, 16)
        return cls(width, unicode, colours)

    def narrowed(self, width: int) -> "Display":
        """Return a part of this display, so many cells wide."""
        return self._replace(width=width)

    def sign(self, drawn: str, plain: str) -> str:
        """Return the first sign if it can be drawn, else the second, which is ASCII."""
        return drawn if self.unicode else plain

    @property
    def ellipsis(self) -> str:
        """The sign for text that was cut."""
        return self.sign("…", "...")

    def bar(self, share: float, room: int) -> str:
        """Return a bar as long as share of room cells: (0.5, 3) → "█▌", or "##" without blocks."""
        if not self.unicode:
            return "#" * round(share * max(room, 0))
        whole, eighths = divmod(round(share * max(room, 0) * 8), 8)
        return "█" * whole + _EIGHTHS[eighths]

    def column(self, share: float, rows: int) -> str:
        """Return a column as high as share of rows, one sign a row from the top: (0.75, 2) → "▄█".

        No column is empty: the lowest is one eighth high, or one "#" without blocks.
        """
        if not self.unicode:
            return ("#" * max(1, round(share * rows))).rjust(rows)
        whole, eighths = divmod(max(1, round(share * rows * 8)), 8)
        top = _RISING_EIGHTHS[eighths] if eighths else ""
        return (top + "█" * whole).rjust(rows)


def is_dumb() -> bool:
    """Return whether the terminal can only append lines: TERM=dumb."""
    return os.environ.get("TERM", "").lower() in {"dumb", "unknown"}


# C0 and DEL, C1 (a terminal reads U+009B as ESC [), everything that Unicode calls Bidi_Control
# (it reorders its neighbours), line and paragraph separators, and lone surrogates (no encoding can
# print them).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SPACES = {"\t": " ", "\n": " ", "\r": " ", "\u2028": " ", "\u2029": " "}
# How many characters of no width may follow each other. The flags of England, Scotland and Wales
# have six; ten thousand make a terminal hang.
_STACKED_AT_MOST = 8
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})


def visible(text: str) -> str:
    r"""Return text as one line that a terminal cannot act on: "a\nb\x1b[31m" → "a b\ufffd[31m"."""
    if not text.isascii():
        text = "".join(text[index] for index in unstacked(text))
    return _UNSAFE.sub(lambda match: _SPACES.get(match[0], "\ufffd"), text)


def unstacked(text: str) -> list[int]:
    r"""Return the indices of the characters that `visible` keeps: piles of accents are cut."""
    kept = []
    stacked = 0
    for index, character in enumerate(text):
        # The vowels and final consonants of decomposed Hangul are letters, yet share the cell of
        # the consonant before them.
        no_width = unicodedata.category(character) in _NO_WIDTH or "\u1160" <= character <= "\u11ff"
        stacked = stacked + 1 if no_width else 0
        if stacked <= _STACKED_AT_MOST:
            kept.append(index)
    return kept


# Okabe and Ito's palette ("Color Universal Design", 2008), without its yellow, which vanishes
# on white. Colour is never the only cue: what it says is also written.
_BLUE, _ORANGE, _GREEN, _PINK, _SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"
_GREY = "#888888"
# For words, blue is too dark on black, and sky too light on white.
_OF_WORDS = {_BLUE: "#2a8acb", _SKY: "#3a96cb"}
_KNOWN = {"positive": _BLUE, "negative": _ORANGE, "neutral": _GREY}
_OTHERS = (_GREEN, _PINK, _SKY, _BLUE, _ORANGE)


def label_colours(labels: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label: positive is blue and negative orange in every model."""
    others = cycle(_OTHERS)
    return {label: _KNOWN.get(label) or next(others) for label in labels}


def diverging(labels: Sequence[str], label: str) -> tuple[str, str]:
    """Return the colours of what speaks for a label, and of what speaks against it.

    With two labels the second is that of the other label; with more it is orange or blue,
    whichever differs from the label's own.
    """
    colours = label_colours(labels)
    others = [colours[other] for other in labels if other != label]
    if len(others) == 1:
        return colours[label], others[0]
    return colours[label], _BLUE if colours[label] in {_ORANGE, _PINK} else _ORANGE


def shades(colour: str, colours: int) -> tuple[str, str, str]:
    """Return the styles of words, from weak to strong, for light and for dark backgrounds.

    The background is unknown: words have a contrast of at least 3 to black and to white, and the
    strongest have a background of their own. How a terminal shows its sixteen colours is unknown
    too, but black can be read on cyan and yellow, which ours become.
    """
    colour = _OF_WORDS.get(colour, colour)
    on_its_own = f"#000000 on {colour}"
    if colours <= 16:
        return on_its_own, f"bold {on_its_own}", f"bold underline {on_its_own}"
    with_grey = bytes(round(0.6 * part + 0.4 * 0x80) for part in bytes.fromhex(colour[1:]))
    return f"#{with_grey.hex()}", f"bold {colour}", f"bold {on_its_own}"


def format_duration(seconds: float) -> str:
    """Return seconds in a suitable unit: 4.2 → "4 s", 200 → "3 min", 5000 → "1 h 23 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 100 else f"{minutes} min"
