"""What stands between two spaces → token ids, by short routes where the rules leave no doubt.

In 300,000 tweets every seventh chunk was none of those met before, and reading them by the rules
took three quarters of the tokeniser's time.
Most are a word, a user or a hashtag, perhaps between signs of punctuation: for those a few looks
at the string say what `chunk_pieces` would. Tests hold the routes to the rules.
"""

from collections.abc import Callable, Iterable
from sys import byteorder

from lstm_sentiment_cli.text.normalizer import (
    LONGEST_CHUNK,
    MOST_CHUNKS,
    TOKEN,
    Piece,
    decode_entities,
    pieces,
    plain_word,
    shorten,
)

ID_BYTES = 4
# They are part of no word, user or hashtag, and none of them begins an emoticon or goes on with
# one unless there is one of :;=-_<>^ too, so that a chunk may be cut before and behind them.
_SIGNS = "!?.,\"'*()\u2026"
# Words that are more with a sign behind them: "www.!" is an address, "D:" and "Do:" are sad.
_SIGNS_AND_COLON = _SIGNS + ":"
_NOT_ALONE = frozenset({"www", "D", "Do"})
_ENDS_URL = frozenset('<>"&')

Resolve = Callable[[Piece], Iterable[tuple[int, int, int]]]
"""From a piece to its ids, each with where it begins and ends."""


def packed(token_id: int) -> bytes:
    """Return an id as an int32 of this machine."""
    return token_id.to_bytes(ID_BYTES, byteorder)


class ChunkIds(dict[str, bytes]):
    """Chunk → its ids, packed: bytes are joined in C, by text and by window, without a list.

    What is met again is answered by the dict; beyond MOST_CHUNKS nothing more is remembered.
    """

    def __init__(self, ids: dict[str, int], resolve: Resolve, unknown: int) -> None:
        """Take the vocabulary, and the rules for what is not in it."""
        super().__init__()
        self._ids = ids
        self._resolve = resolve
        self._unknown = packed(unknown)
        self._user = self.by_rules("@user")
        self._hash = b"".join(
            [packed(found[0]) for found in resolve(Piece("hashtag", ("#",), 0, 1))]
        )
        self._url = self.by_rules("http://x")

    def __missing__(self, chunk: str) -> bytes:
        # Most users are never met again, and all are one token: not worth remembering.
        if chunk[0] == "@" and (chunk[1:].isalnum() or _is_name(chunk[1:].rstrip(":"))):
            return self._user
        if word := plain_word(chunk):
            # Vocabularies hold words as the rules leave them: one that is there is itself.
            known = self._ids.get(word)
            found = self._shortened(word) if known is None else packed(known)
        else:
            found = (
                self._between_signs(chunk)
                or self._hashtag(chunk)
                or self._around_dots(chunk)
                or self._address(chunk)
                or self.by_rules(chunk)
            )
        if len(self) < MOST_CHUNKS and len(chunk) <= LONGEST_CHUNK:
            self[chunk] = found
        return found

    def by_rules(self, chunk: str) -> bytes:
        """Return what the rules make of a chunk, which is cut at its tokens."""
        found = []
        for match in TOKEN.finditer(decode_entities(chunk)):
            raw = match[0]
            # A word that is a part of the chunk, as in "and/or", has often been met alone. What
            # begins with x may be an emoticon when it stands alone.
            if len(raw) < len(chunk) and raw.isascii() and raw.isalnum() and raw[0] not in "xX":
                found.append(self[raw])
            else:
                for piece in pieces(match):
                    found += [packed(token_id) for token_id, _, _ in self._resolve(piece)]
        return b"".join(found)

    def _shortened(self, word: str) -> bytes:
        """Return the id of a word that is not known as it stands: "soooo" → that of "so"."""
        for form in shorten(word):
            if (known := self._ids.get(form)) is not None:
                return packed(known)
        return self._unknown

    def _between_signs(self, chunk: str) -> bytes | None:
        """Return the ids of one word, user or hashtag and of the signs around it, if it is so."""
        core = chunk.strip(_SIGNS_AND_COLON)
        if len(core) == len(chunk) or not core or core in _NOT_ALONE:
            return None
        if not (core.isascii() and core.isalpha()) and not (core[0] in "@#" and _is_name(core[1:])):
            return None
        before, _, behind = chunk.partition(core)
        if ":" in before or (":" in behind and behind.strip(":")):  # perhaps an emoticon
            return None
        return (self[before] if before else b"") + self[core] + (self[behind] if behind else b"")

    def _hashtag(self, chunk: str) -> bytes | None:
        """Return the ids of a hashtag of ASCII letters that is not in camel case, if it is so."""
        body = chunk[1:]
        if chunk[0] != "#" or not (body[1:].islower() and body.isascii() and body.isalpha()):
            return None
        piece = Piece("hashtag", shorten(body.lower()), 1, len(chunk))
        return self._hash + b"".join([packed(token_id) for token_id, _, _ in self._resolve(piece)])

    def _around_dots(self, chunk: str) -> bytes | None:
        """Return the ids of a word, the dots behind it, and what follows: "well...yes"."""
        word, dots, rest = chunk.partition("..")
        if not dots or not (word.isascii() and word.isalpha()) or word == "www":
            return None
        rest = rest.lstrip(".")
        # Dots may begin an address of mail; and a thousand words between dots are too deep.
        if "@" in rest or "&" in rest or ".." in rest:
            return None
        return self[word] + self[dots] + (self[rest] if rest else b"")

    def _address(self, chunk: str) -> bytes | None:
        """Return the id of an address in the net and of nothing more, if it is so."""
        if len(chunk) <= len("https://") or not chunk.startswith(("http://", "https://")):
            return None
        return None if _ENDS_URL.intersection(chunk) else self._url


def _is_name(text: str) -> bool:
    r"""Return whether all of it is \w: what a user's name and a hashtag are made of."""
    return text.replace("_", "x").isalnum()
