"""What a terminal can draw, and bars drawn with it."""

import codecs

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_RISING_EIGHTHS = " ▁▂▃▄▅▆▇█"


def is_dumb(term: str | None) -> bool:
    """Return whether a terminal of this TERM only adds lines at its end: "dumb" → True."""
    return (term or "").lower() in {"dumb", "unknown"}


def draws_blocks(encoding: str | None, term: str | None) -> bool:
    """Return whether eighth blocks can be drawn: ("utf-8", "xterm") → True; "ascii" → False."""
    try:
        return not is_dumb(term) and codecs.lookup(encoding or "ascii").name == "utf-8"
    except LookupError:
        return False


def bar(share: float, room: int, *, unicode: bool = True) -> str:
    """Return a bar as long as share of room cells: (0.5, 3) → "█▌", or "##" without blocks."""
    if not unicode:
        return "#" * round(share * max(room, 0))
    whole, eighths = divmod(round(share * max(room, 0) * 8), 8)
    return "█" * whole + _EIGHTHS[eighths]


def column(share: float, rows: int, *, unicode: bool = True) -> str:
    """Return a column as high as share of rows, a sign a row from the top: (0.75, 2) → "▄█".

    No column is empty: the lowest is one eighth high, or "#" without blocks.
    """
    if not unicode:
        return ("#" * max(1, round(share * rows))).rjust(rows)
    whole, eighths = divmod(max(1, round(share * rows * 8)), 8)
    top = _RISING_EIGHTHS[eighths] if eighths else ""
    return (top + "█" * whole).rjust(rows)


def ellipsis(unicode: bool) -> str:
    """Return the sign for text that was cut off."""
    return "…" if unicode else "..."
