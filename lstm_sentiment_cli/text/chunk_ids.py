"""From chunks (the characters between two spaces) to token ids, by short cuts where they are safe.

In 300,000 tweets every seventh chunk was new, and reading the new ones by the rules took three
quarters of the tokeniser's time. Most of them are a word, a user or a hashtag, perhaps between
punctuation marks, and a few looks at the string tell what `chunk_pieces` would. Tests compare the
short cuts with the rules.
"""

from collections.abc import Callable, Iterable
from sys import byteorder

from lstm_sentiment_cli.text.normalizer import (
    LONGEST_CHUNK,
    MOST_CHUNKS,
    TOKEN,
    Piece,
    pieces,
    plain_word,
    shorten,
)

ID_BYTES = 4
# They are part of no word, user or hashtag, and of no emoticon without one of :;=-_<>^, so that a
# chunk may be cut before and after them.
_SIGNS = "!?.,\"'*()\u2026"
# Words that are something else before a sign: "www.!" is an address, "D:" and "Do:" are sad.
_SIGNS_AND_COLON = _SIGNS + ":"
_NOT_ALONE = frozenset({"www", "D", "Do"})
_ENDS_URL = frozenset('<>"&')

Clean = Callable[[str], str]
"""Returns a chunk as the rules read it: without entities, for example."""

Resolve = Callable[[Piece], Iterable[tuple[int, int, int]]]
"""Returns the ids of a piece, each with its start and end."""


def packed(token_id: int) -> bytes:
    """Return an id as int32 of this machine."""
    return token_id.to_bytes(ID_BYTES, byteorder)


class ChunkIds(dict[str, bytes]):
    """Chunk → its ids, packed: bytes are joined in C, by text and by window, without a list.

    The dict remembers chunks, up to MOST_CHUNKS.
    """

    def __init__(self, ids: dict[str, int], clean: Clean, resolve: Resolve, unknown: int) -> None:
        """Take the vocabulary, and what resolves pieces that are not in it."""
        super().__init__()
        self._ids = ids
        self._clean = clean
        self._resolve = resolve
        self._unknown = packed(unknown)
        self._user = self._by_rules("@user")
        self._hash = self._of(Piece("hashtag", ("#",), 0, 1))
        self._url = self._by_rules("http://x")

    def __missing__(self, chunk: str) -> bytes:
        ascii_only = chunk.isascii()
        if not ascii_only and (clean := self._clean(chunk)) != chunk:
            # "It's" has often been met without its odd apostrophe, and stays what it is.
            plain = clean.isascii() and clean.replace("'", "").isalnum()
            found = self[clean] if plain else self._by_rules(clean)
        # Most users are never met again, and all are the same token: not worth remembering.
        elif chunk[0] == "@" and (chunk[1:].isalnum() or _is_name(chunk[1:].rstrip(":"))):
            return self._user
        elif word := plain_word(chunk):
            # Words of the vocabulary are normalised: a word that is in it stands for itself.
            known = self._ids.get(word)
            found = self._shortened(word) if known is None else packed(known)
        else:
            found = (
                self._between_signs(chunk)
                or self._hashtag(chunk)
                or self._around_dots(chunk)
                or self._address(chunk)
                or self._by_rules(self._clean(chunk) if ascii_only else chunk)
            )
        if len(self) < MOST_CHUNKS and len(chunk) <= LONGEST_CHUNK:
            self[chunk] = found
        return found

    def _by_rules(self, chunk: str) -> bytes:
        """Return what the rules make of a clean chunk, token by token."""
        found = []
        for match in TOKEN.finditer(chunk):
            raw = match[0]
            # A word that is part of the chunk, as in "and/or", has often been met alone. One with x
            # first may be an emoticon when it is alone.
            if len(raw) < len(chunk) and raw.isascii() and raw.isalnum() and raw[0] not in "xX":
                found.append(self[raw])
            else:
                found += map(self._of, pieces(match))
        return b"".join(found)

    def _of(self, piece: Piece) -> bytes:
        return b"".join([packed(token_id) for token_id, _, _ in self._resolve(piece)])

    def _shortened(self, word: str) -> bytes:
        """Return the id of a word that is not in the vocabulary: "soooo" → that of "so"."""
        for form in shorten(word):
            if (known := self._ids.get(form)) is not None:
                return packed(known)
        return self._unknown

    def _between_signs(self, chunk: str) -> bytes | None:
        """Return the ids of a word, user or hashtag between signs; None for any other chunk."""
        core = chunk.strip(_SIGNS_AND_COLON)
        if len(core) == len(chunk) or not core or core in _NOT_ALONE:
            return None
        if not (core.isascii() and core.isalpha()) and not (core[0] in "@#" and _is_name(core[1:])):
            return None
        before, _, after = chunk.partition(core)
        if ":" in before or (":" in after and after.strip(":")):  # perhaps an emoticon
            return None
        return (self[before] if before else b"") + self[core] + (self[after] if after else b"")

    def _hashtag(self, chunk: str) -> bytes | None:
        """Return the ids of a hashtag of ASCII letters that is not in camel case, or None."""
        body = chunk[1:]
        if chunk[0] != "#" or not (body[1:].islower() and body.isascii() and body.isalpha()):
            return None
        return self._hash + self._of(Piece("hashtag", shorten(body.lower()), 1, len(chunk)))

    def _around_dots(self, chunk: str) -> bytes | None:
        """Return the ids of a word, dots and what follows, as in "well...yes", or None."""
        word, dots, rest = chunk.partition("..")
        if not dots or not (word.isascii() and word.isalpha()) or word == "www":
            return None
        rest = rest.lstrip(".")
        # Dots may begin an e-mail address; and a thousand words between dots would nest too deep.
        if "@" in rest or "&" in rest or ".." in rest:
            return None
        return self[word] + self[dots] + (self[rest] if rest else b"")

    def _address(self, chunk: str) -> bytes | None:
        """Return the id of a chunk that is a web address and nothing else, or None."""
        if len(chunk) <= len("https://") or not chunk.startswith(("http://", "https://")):
            return None
        return None if _ENDS_URL.intersection(chunk) else self._url


def _is_name(text: str) -> bool:
    r"""Return whether all of it is \w: what a user's name and a hashtag are made of."""
    return text.replace("_", "x").isalnum()
