"""The few colours: told apart by every kind of eye, on light and on dark grounds."""

from collections.abc import Sequence

# Okabe and Ito's palette ("Color Universal Design", 2008), without its yellow, which vanishes
# on white. Colour is never the only sign: whatever it says is written beside it.
_BLUE, _ORANGE, _GREEN, _PINK, _SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"
_GREY = "#888888"
_MIDDLE_GREY = "#808080"
# As words, blue is too dark to be read on black, and sky too light on white.
_OF_WORDS = {_BLUE: "#2a8acb", _SKY: "#3a96cb"}
_KNOWN = {"positive": _BLUE, "negative": _ORANGE, "neutral": _GREY}
_OTHERS = (_GREEN, _PINK, _SKY, _BLUE, _ORANGE)


def label_colours(labels: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label: positive is blue and negative orange in every model."""
    others = [label for label in labels if label not in _KNOWN]
    cycled = {label: _OTHERS[number % len(_OTHERS)] for number, label in enumerate(others)}
    return {label: _KNOWN.get(label) or cycled[label] for label in labels}


def diverging(labels: Sequence[str], label: str) -> tuple[str, str]:
    """Return the colours of what speaks for a label and of what speaks against it.

    With two labels the second is that of the other; with more it is orange or blue, whichever is
    told from the label's own.
    """
    colours = label_colours(labels)
    others = [colours[other] for other in labels if other != label]
    if len(others) == 1:
        return colours[label], others[0]
    return colours[label], _BLUE if colours[label] in {_ORANGE, _PINK} else _ORANGE


def colours_of(color_system: str | None) -> int:
    """Return how many colours a terminal has, by the name that Rich gives its system.

    None → 0, "standard" → 16, "256" → 256, "truecolor" → 16,777,216.
    """
    sixteen_or_more = {"256": 256, "truecolor": 1 << 24}
    return 0 if color_system is None else sixteen_or_more.get(color_system, 16)


def shades(colour: str, colours: int) -> tuple[str, str, str]:
    """Return styles of words, from weak to strong, for light and for dark grounds.

    Grounds are of unknown colour: what is written on them has a contrast of 3 at least to black
    and to white, and the strongest brings its own ground. Of sixteen colours nobody knows what
    they look like but that black can be read on cyan and yellow, which ours become.
    """
    colour = _OF_WORDS.get(colour, colour)
    on_its_own = f"#000000 on {colour}"
    if colours <= 16:
        return on_its_own, f"bold {on_its_own}", f"bold underline {on_its_own}"
    return _mixed(colour, _MIDDLE_GREY, 0.6), f"bold {colour}", f"bold {on_its_own}"


def _mixed(first: str, second: str, share: float) -> str:
    """Return a colour between two: ("#ff0000", "#000000", 0.6) → "#990000"."""
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + bytes(round(share * one + (1 - share) * other) for one, other in pairs).hex()
