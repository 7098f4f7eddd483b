"""From a text as it was written to the characters that are read: what looks the same is the same.

HTML entities are decoded. Since version 2 of the normaliser, sequences that steer a terminal and
characters that nobody sees are dropped, accents are composed with their letters, and what looks
like an apostrophe is one.

Only sequences for terminals may contain spaces. All else can be cleaned chunk by chunk (a chunk is
what is between two spaces), which is cheap because chunks are remembered.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

NORMALIZER_VERSION = 2

# What emoji are made of: pictures, and the skin tones of some.
PICTURE = r"\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u203c\u2049"
SKIN_TONE = r"\U0001f3fb-\U0001f3ff"

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_BEGINNINGS = ("\x1b", "\x90", "\x9b", "\x9d")  # of sequences for terminals
# ECMA-48: sequences for colours and the cursor (CSI), strings that are not shown (OSC, DCS and
# others: a title, a link), and short ones. A string without an end loses its beginning only.
# After another byte of broken UTF-8, the forms of one character are bytes of that.
_SEQUENCE = r"""
    \x1b\[[0-?]*[ -/]*[@-~]?
  | \x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)
  | \x1b[ -/]*[0-~]?
  | \x9b(?<![\x80-\xff].)[0-?]*[ -/]*[@-~]
  | [\x90\x9d](?<![\x80-\xff].)[^\x07\x1b\x90\x9c\x9d]*(?:\x07|\x1b\\|\x9c)
"""

# Unicode's Default_Ignorable_Code_Point, without the joiner and the variation that emoji keep. Of
# the flags of England, Scotland and Wales, a black flag and invisible letters, the former is left.
_INVISIBLE = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IGNORABLE = rf"""
    [{_INVISIBLE}]+
  | \ufe0f(?<![{PICTURE}{SKIN_TONE}].)
  | \u200d(?![{PICTURE}])
  | \u200d(?<![{PICTURE}{SKIN_TONE}\ufe0f].)
"""

# A letter and its accents are in one run, for nothing composes with what comes before ASCII.
_RUN = r"[!-~]?[^\x00-\x7f]+"
# Accents that compose with nothing: a letter is struck out, or a heap of them is stacked on it.
_LOOSE = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

# Primes, quotation marks, accents that stand alone: those that Unicode's confusables.txt lists for
# the apostrophe, without the letters of other scripts, and a few that look like these.
_LOOKALIKES = (
    r"\u02b9\u02bb-\u02bf\u02c8\u02ca\u02cb\u02f4\u0374\u0384\u055a\u055d\u05f3\u07f4\u07f5\u1fbd"
    r"\u1fbf\u1fef\u1ffd\u1ffe\u201b\u2032\u2035\u275b\u275c\u275f\ua78b\ua78c\uff07\uff40"
)
_MARKS = r"\xb4\u2018\u2019\u201a\x91\x92"
# Letters with which broken UTF-8 begins.
_BROKEN = r"\xc2\xc3\xca\xd4\xe2\xef\u0393"
# What is left of U+FFFD after its first character, if its UTF-8 was read as Latin-1, once or twice.
_REST = r"(?:(?<=\ufffd)|(?<=\xef)\xbf\xbd|(?<=\xc3)\xaf\xc2\xbf\xc2\xbd)"
_APOSTROPHE = rf"""
    # The UTF-8 of such marks, read as the encoding of old Macs or of DOS, ...
    \u201a\xc4[\xf2\xf4] | [\u0393\xd4]\xc7[\xd6\xff]
    # ... and of Windows or as Latin-1, once or twice.
  | \xe2(?:\u20ac[\u02dc\u2122\u203a\xb2]|\x80[\x98\x99\x9b\xb2])
  | \xc2[\xb4\u2018\u2019\x91\x92] | \xca[\xb9\xbb\xbc]
  | \xc3(?:\xa2\xe2\u201a\xac\xe2\u201e\xa2|\xa2\xc2\x80\xc2[\x98\x99]|\u201a\xc2\xb4|\x82\xc2\xb4)
    # As \x91 and \x92, Latin-1 reads quotation marks of Windows. After one of these letters, each
    # is the second byte of another letter in broken UTF-8.
  | [{_MARKS}](?<![\xc2-\xc5\xd0\xd1].)
  | [{_LOOKALIKES}]
    # Escapes of programming languages.
  | \\(?<=[^\W_]\\)\\*(?:'|x(?:27|92|e2\\+x80\\+x9[89])|u(?:201[89]|0027|00[bB]4))(?=[^\W_])
    # U+FFFD stands for any character that was lost: an apostrophe where English has one.
  | [\ufffd\xef\xc3](?i:(?<=n.){_REST}(?=t\b) | (?<=[^\W_].){_REST}(?=(?:s|ll)\b)
      | (?<=i.){_REST}(?=m\b) | (?<=[iuey].){_REST}(?=d\b) | (?<=[iueyd].){_REST}(?=ve\b)
      | (?<=[uey].){_REST}(?=re\b))
"""


_Replace = Callable[[re.Match[str]], str]
_Step = tuple[re.Pattern[str], _Replace]


class Cleaned(NamedTuple):
    """A text as it is read, and where in the original each of its characters was."""

    text: str
    starts: list[int]
    ends: list[int]

    def replaced(self, pattern: re.Pattern[str], by: _Replace) -> "Cleaned":
        """Replace like `pattern.sub(by, text)`: the new characters were where the old ones were."""
        parts, starts, ends, last = [], [], [], 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = by(match)
            if new != match[0]:
                parts += [self.text[last:start], new]
                starts += self.starts[last:start] + [self.starts[start]] * len(new)
                ends += self.ends[last:start] + [self.ends[end - 1]] * len(new)
                last = end
        if not parts:
            return self
        text = "".join([*parts, self.text[last:]])
        return Cleaned(text, starts + self.starts[last:], ends + self.ends[last:])


def without_sequences(text: str) -> str:
    """Drop what steers a terminal: "awESC[1mfulESC[0m" → "awful"."""
    if not may_have_sequences(text):
        return text
    sequence, by = _sequences()
    return sequence.sub(by, text)


def may_have_sequences(text: str) -> bool:
    """Return whether a text contains a character with which such a sequence begins."""
    return any(beginning in text for beginning in _BEGINNINGS)


def cleaned_chunk(chunk: str) -> str:
    """Clean the characters between two spaces by version 2: "wasn&acute;t" → "wasn't"."""
    if "&" in chunk:
        chunk = decode_entities(chunk)
    if chunk.isascii():
        if "\\" not in chunk:
            return chunk
    elif _odd().search(chunk) is None and unicodedata.is_normalized("NFC", chunk):
        return chunk
    for pattern, by in _steps():
        chunk = pattern.sub(by, chunk)
    return chunk


def cleaned(text: str, version: int) -> Cleaned:
    """Clean a text: by version 2, as `without_sequences` and then `cleaned_chunk` do."""
    found = Cleaned(text, list(range(len(text))), list(range(1, len(text) + 1)))
    if text.isascii() and not any(sign in text for sign in "&\\\x1b"):
        return found
    steps: list[_Step] = [(_ENTITY, _character)] * 2
    if version > 1:
        steps = [_sequences(), *steps, *_steps()]
    for pattern, by in steps:
        found = found.replaced(pattern, by)
    return found


def decode_entities(text: str) -> str:
    """Decode HTML entities: "a &amp;lt;3" → "a <3" (twice, as tweets were often escaped)."""
    if "&" not in text:
        return text
    return _ENTITY.sub(_character, _ENTITY.sub(_character, text))


def without_accents(word: str) -> str:
    """Return a word without its accents: "naïve" → "naive"."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare)


# Compiled when first needed: most processes read ASCII only, and should start fast.
@cache
def _sequences() -> _Step:
    return re.compile(_SEQUENCE, re.VERBOSE), lambda _: ""


@cache
def _odd() -> re.Pattern[str]:
    """Return what finds a character with which a step may begin, accents that compose apart."""
    return re.compile(rf"[\\{_INVISIBLE}\ufe0f\u200d{_LOOSE}{_LOOKALIKES}{_MARKS}{_BROKEN}\ufffd]")


@cache
def _steps() -> tuple[_Step, ...]:
    loose = re.compile(f"[{_LOOSE}]+")
    return (
        (re.compile(_IGNORABLE, re.VERBOSE), lambda _: ""),
        (re.compile(_RUN), lambda match: loose.sub("", unicodedata.normalize("NFC", match[0]))),
        (re.compile(_APOSTROPHE, re.VERBOSE), lambda _: "'"),
    )


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])
