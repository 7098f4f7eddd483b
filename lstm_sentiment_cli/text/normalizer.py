"""From raw text to normalised pieces, each with the characters it came from.

The rules are those that made small networks strong on tweets (Baziotis et al. 2017): every user
and every address become the same token, elongations are shortened, hashtags are split, emoticons
and emoji are kept, and a negation is a token of its own.
A change to any rule, or to `cleaning.py`, changes what a trained model reads: raise
NORMALIZER_VERSION with it, and go on to read what earlier versions read.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple, TypeVar

from lstm_sentiment_cli.text.cleaning import (
    PICTURE,
    SKIN_TONE,
    cleaned_chunk,
    without_sequences,
)

# Western emoticons with symbols for a mouth, and with letters (which must end the word, or the
# time 5:30 and the note:so would contain one); mirrored ones, which must not follow a word (as a
# closing bracket does); hearts; eastern ones.
# Here and below, an alternative begins with a character class and looks behind after it: then one
# look at the character lets the engine rule it out.
_EMOTICON = r"""
    [:;=]['`]?[-o^~]?[)\](\[}{|\\@$*]+
  | [:;=]['`]?[-^~]?/+(?![/\w])
  | [:;=](?<![0-9].)['`]?[-^~]?[dDpPoO03cCsSxXbB](?!\w)
  | [xX](?<![^\W_].)-?[dD]+(?!\w)
  | [)(\]\[}{D](?<!\w.)[-o^~]?['`]?[:;=](?![\w)(\]\[])
  | </?3+(?!\d)
  | [\^>;=-](?<!\w.)(?:_+|\.)[\^<;=-](?!\w)
  | [tT](?<!\w.)(?:_+|\.)[tT](?!\w)
  | [oO](?<!\w.)(?:_+|\.)[oO](?!\w)
  | [uU'](?<!\w.)_+[uU'](?!\w)
  | \^\^
"""
EMOTICON = re.compile(_EMOTICON, re.VERBOSE)

_URL = r"""https?://[^\s<>"]+ | www\.[^\s<>"]+
  | [\w-]++\.(?:com|org|net|ly|gl|tv|me|fm|co|uk)\b(?:/[^\s<>"]*)?"""
_EMAIL = r"\.*+[\w+-]++(?:\.[\w+-]++)*+@[\w-]+\.[\w.-]+"
_MODIFIERS = rf"[\ufe0f{SKIN_TONE}]*"
# One emoji: a flag, or a picture with its variation and skin tone, perhaps joined to others.
_EMOJI = (
    r"[\U0001f1e6-\U0001f1ff]{2}"
    rf"|[{PICTURE}]{_MODIFIERS}(?:\u200d[{PICTURE}]{_MODIFIERS})*"
)
_WORD = r"[^\W_]+(?:['\u2019\u02bc`][^\W_]+)*"

EMOJI = re.compile(_EMOJI)

# Every alternative is a group, so that `lastgroup` names the kind; the first that fits wins.
TOKEN = re.compile(
    rf"""
    (?P<url>{_URL})
  | (?P<email>{_EMAIL})
  | (?P<user>@\w+)
  | (?P<hashtag>\#\w+)
  | (?P<emoticon>{_EMOTICON})
  | (?P<word>{_WORD})
  | (?P<emoji>(?:{_EMOJI})+)
  | (?P<ending>[!?]+)
  | (?P<ellipsis>\.\.+|\u2026)
  | (?P<ampersand>&)
    """,
    re.VERBOSE,
)

# A character, or a pair of them (hahahaha), three times or more.
REPEATED = re.compile(r"(.)\1{2,}")
REPEATED_PAIR = re.compile(r"(.{2})\1{2,}")
REPETITION = re.compile(r"(.)\1\1|(..)\2\2")
# Parts of a hashtag in camel case, with runs of capitals and of digits.
CAMEL_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W_]")


T = TypeVar("T")

# More chunks, or long ones, would fill memory with what is never met again.
MOST_CHUNKS = 100_000
LONGEST_CHUNK = 24


class Memory(dict[str, tuple[T, ...]]):
    """Chunk (the characters between two spaces) → what the rules make of it.

    The rules run only for new chunks; a dict with `__missing__` looks up the others in C.
    """

    def __init__(self, make: Callable[[str], tuple[T, ...]]) -> None:
        """Take the rules, which must be deterministic: one chunk, one result."""
        super().__init__()
        self._make = make
        self._user = make("@user")

    def __missing__(self, chunk: str) -> tuple[T, ...]:
        # Most users are never met again, and all are the same token.
        if chunk[0] == "@" and chunk.isascii() and chunk[1:].replace("_", "x").isalnum():
            return self._user
        made = self._make(chunk)
        if len(chunk) <= LONGEST_CHUNK and len(self) < MOST_CHUNKS:
            self[chunk] = made
        return made


# Characters that are no tokens, and end a word.
_IGNORED = frozenset(',."')
_APOSTROPHES = str.maketrans("\u2019\u02bc`", "'''")
_INVISIBLE = str.maketrans(
    dict.fromkeys(map(ord, "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"))
)
# "n't" without its apostrophe; "wont" and "cant" are English words too, but hardly in tweets.
_VERBS = "ai are ca could did does do had has have is should was were wo would"
_NEGATIONS = frozenset(f"{verb}nt" for verb in _VERBS.split())
# Mouth → the emoticon its variants are folded into.
_FOLDED = {
    ":)": ")]}3",
    ":(": "([{c@",
    ":D": "d",
    ":P": "pb",
    ":O": "o0",
    ":/": "/\\s$",
    ":|": "|x",
}
_MOUTHS = {mouth: folded for folded, mouths in _FOLDED.items() for mouth in mouths} | {"*": ":*"}
_MIRRORED = {"(": ":)", "[": ":)", "{": ":)", ")": ":(", "]": ":(", "}": ":(", "d": ":("}
_EASTERN = {"t": "T_T", ";": "T_T", "'": "T_T", "^": "^_^", ">": ">_<"}


class Piece(NamedTuple):
    """A normalised token, for any vocabulary: "sooo" → kind word, forms ("soo", "so")."""

    kind: str
    forms: tuple[str, ...]  # from the nearest to the text to the most general
    start: int  # in characters of the raw token
    end: int


def chunks(text: str) -> list[str]:
    """Return what is between spaces: the rules read each chunk by itself."""
    return without_sequences(text).split()


def words(text: str) -> list[str]:
    """Return the normalised tokens, for any vocabulary: "SOOO good" → ["soo", "good"]."""
    return list(chain.from_iterable(map(_FIRST_FORMS.__getitem__, chunks(text))))


def plain_word(chunk: str) -> str:
    """Return a chunk that is one word of ASCII letters, in lower case: "Day," → "day"; else "".

    Most chunks are such words, and need no search for tokens.
    """
    word = chunk[:-1] if chunk[-1] in _IGNORED else chunk
    # A word with x first may be the emoticon xD; negations are two tokens.
    if word.isascii() and word.isalpha() and word[0] not in "xX":
        word = word.lower()
        return "" if word in _NEGATIONS else word
    return ""


def chunk_pieces(chunk: str) -> Iterator[Piece]:
    """Yield the pieces of one of `chunks`, by the newest rules; no token contains a space.

    Their offsets are within their raw tokens, not within the chunk.
    """
    if word := plain_word(chunk):
        yield Piece("word", shorten(word), 0, len(word))
        return
    for match in TOKEN.finditer(cleaned_chunk(chunk)):
        yield from pieces(match)


def pieces(match: re.Match[str]) -> Iterable[Piece]:
    """Return the normalised pieces of one match of TOKEN: "don't" → do, n't."""
    kind, raw = str(match.lastgroup), match[0]
    if kind in _MARKERS:
        form = _MARKERS[kind]
    elif kind == "emoticon":
        form = _folded(raw)
    elif kind == "ending":
        form = "?!" if "!" in raw and "?" in raw else raw[:2]
    else:
        return _MAKERS[kind](raw)
    return [Piece(kind, (form,), 0, len(raw))]


def shorten(word: str) -> tuple[str, ...]:
    """Shorten elongations, to two and to one: "soooo" → ("soo", "so")."""
    # What is repeated twice is there thrice: a look that is cheaper than the search.
    if len(word) - len(set(word)) < 2 or REPETITION.search(word) is None:
        return (word,)
    two = REPEATED_PAIR.sub(r"\1\1", REPEATED.sub(r"\1\1", word))
    return two, REPEATED_PAIR.sub(r"\1", REPEATED.sub(r"\1", word))


def emoji_words(emoji: str) -> list[str]:
    """Return the words of an emoji's Unicode name, a meaning for emoji without training texts."""
    name = unicodedata.name(emoji[0], "").lower()
    return [word for word in re.findall("[a-z]+", name) if word not in {"sign", "symbol", "with"}]


def _word(raw: str) -> Iterable[Piece]:
    word = raw.translate(_APOSTROPHES).lower()
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word).lower()
    if word.isdigit():
        return [Piece("number", (word if len(word) <= 2 else "<number>",), 0, len(raw))]
    negation = 3 if word.endswith("n't") else 2 if word in _NEGATIONS else 0
    if negation and len(word) == len(raw) > negation:
        border = len(raw) - negation
        stem = "can" if word.startswith("can") else word[:border]
        return [Piece("word", (stem,), 0, border), Piece("word", ("n't",), border, len(raw))]
    forms = shorten(word)
    if word.endswith("'s"):
        forms = (*forms, word[:-2])
    return [Piece("word", forms, 0, len(raw))]


def _hashtag(raw: str) -> Iterator[Piece]:
    yield Piece("hashtag", ("#",), 0, 1)
    parts = [] if raw.islower() or raw.isupper() else list(CAMEL_PART.finditer(raw, 1))
    # Only camel case is split here: "#worstDayEver"; "#worstday" needs the vocabulary.
    if len(parts) > 1 and any(part[0][0].isupper() for part in parts[1:]):
        for part in parts:
            yield Piece("word", shorten(part[0].lower()), part.start(), part.end())
    else:
        yield Piece("hashtag", shorten(raw[1:].lower()), 1, len(raw))


def _emojis(raw: str) -> Iterator[Piece]:
    last, run = "", 0
    for match in EMOJI.finditer(raw):
        emoji = match[0].translate(_INVISIBLE) or match[0]
        run = run + 1 if emoji == last else 1
        last = emoji
        if run <= 2:  # a wall of one emoji says no more than two of it
            yield Piece("emoji", (emoji, emoji[0]), match.start(), match.end())


def _folded(raw: str) -> str:
    """Fold variants into one: ":-))" and "(:" → ":)", "T.T" → "T_T"."""
    low = raw.lower()
    if low.startswith("<"):
        return "</3" if "/" in low else "<3"
    if low == "^^" or "_" in low or "." in low:
        return _EASTERN.get(low[0], "-_-" if low[0] in "-=u" else "o_o")
    if low[0] == "x":
        return ":D"
    if low[-1] in ":;=":
        return _MIRRORED[low[0]]
    if "'" in low or "`" in low:
        return ":'(" if _MOUTHS[low[-1]] in {":(", ":/", ":|"} else ":')"
    folded = _MOUTHS[low[-1]]
    return ";)" if low[0] == ";" and folded in {":)", ":D"} else folded


_MAKERS: dict[str, Callable[[str], Iterable[Piece]]] = {
    "emoji": _emojis,
    "hashtag": _hashtag,
    "word": _word,
}
_MARKERS = {
    "ampersand": "and",
    "ellipsis": "...",
    "email": "<email>",
    "url": "<url>",
    "user": "<user>",
}
# The only state of this module: what it remembers follows from the rules alone.
_FIRST_FORMS: Memory[str] = Memory(
    lambda chunk: tuple(piece.forms[0] for piece in chunk_pieces(chunk))
)
