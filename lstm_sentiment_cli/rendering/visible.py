"""Text that came from outside, made harmless for a terminal."""

import re
import unicodedata

# C0 and DEL, C1 (a terminal reads U+009B as ESC [), everything that Unicode calls Bidi_Control
# (it reorders what stands beside it), line and paragraph separators, and lone surrogates (no
# encoding can print them).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SPACES = {"\t": " ", "\n": " ", "\r": " ", "\u2028": " ", "\u2029": " "}
# Signs of no width that one place of a line may hold. The flags of England, Scotland and Wales
# have six; a terminal that is given ten thousand stands still.
_STACKED_AT_MOST = 8
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})


def visible(text: str) -> str:
    r"""Return text as one line a terminal cannot act on: "a\nb\x1b[31m" → "a b\ufffd[31m"."""
    if not text.isascii():
        text = "".join(text[index] for index in unstacked(text))
    return _UNSAFE.sub(lambda match: _SPACES.get(match[0], "\ufffd"), text)


def unstacked(text: str) -> list[int]:
    r"""Return where the characters that `visible` shows stand: heaps of accents are cut off."""
    kept = []
    stacked = 0
    for index, character in enumerate(text):
        stacked = stacked + 1 if _has_no_width(character) else 0
        if stacked <= _STACKED_AT_MOST:
            kept.append(index)
    return kept


def _has_no_width(character: str) -> bool:
    # The vowels and final consonants of decomposed Hangul are letters, yet stand in the place of
    # the consonant before them.
    return unicodedata.category(character) in _NO_WIDTH or "\u1160" <= character <= "\u11ff"
