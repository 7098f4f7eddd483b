"""The few colours: told apart by every kind of eye, on light and on dark grounds."""

from collections.abc import Sequence

# Okabe and Ito's palette ("Color Universal Design", 2008), without its yellow, which vanishes
# on white. Colour is never the only sign: whatever it says is written beside it.
_BLUE, _ORANGE, _GREEN, _PINK, _SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"
_GREY = "#888888"
_KNOWN = {"positive": _BLUE, "negative": _ORANGE, "neutral": _GREY}
_OTHERS = (_GREEN, _PINK, _SKY, _BLUE, _ORANGE)


def label_colours(labels: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label: positive is blue and negative orange in every model."""
    others = [label for label in labels if label not in _KNOWN]
    cycled = {label: _OTHERS[number % len(_OTHERS)] for number, label in enumerate(others)}
    return {label: _KNOWN.get(label) or cycled[label] for label in labels}
