"""The tokeniser: from text to token ids, by the same object in training and in inference."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import inf, log
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.text import MOST_TOKENS
from lstm_sentiment_cli.text.chunk_ids import ID_BYTES, ChunkIds, packed
from lstm_sentiment_cli.text.cleaning import (
    NORMALIZER_VERSION,
    cleaned,
    cleaned_chunk,
    decode_entities,
    may_have_sequences,
    without_accents,
    without_sequences,
)
from lstm_sentiment_cli.text.normalizer import EMOJI, TOKEN, Piece, emoji_words, pieces, words

RESERVED = ("<padding>", "<unknown>", "<empty>")
UNKNOWN, EMPTY = 1, 2

# The rest of a text is not read: no text is too long, and reading one takes bounded time.
CHARACTERS_PER_TOKEN = 64
_LONGEST_SEGMENT = 18
_NOTHING = packed(EMPTY)


class Encoded(NamedTuple):
    """Token ids of one text, at least one."""

    ids: list[int]
    truncated: bool


class EncodedTexts(NamedTuple):
    """Token ids of many texts, laid end to end."""

    flat: bytes  # int32 of this machine, as `numpy.frombuffer` reads them
    sizes: list[int]  # how many of these bytes each text has
    truncated: list[bool]


class Token(NamedTuple):
    """A token, and the characters of the original text that it came from."""

    text: str
    id: int
    start: int
    end: int


@dataclass(init=False, repr=False, unsafe_hash=True)
class Tokenizer:
    """A vocabulary over normalised words; ids are ranks by frequency after the reserved three."""

    vocabulary: tuple[str, ...]
    max_tokens: int
    normalizer: int  # the version of the rules that the words come from

    def __init__(
        self, vocabulary: Iterable[str], max_tokens: int, normalizer: int = NORMALIZER_VERSION
    ) -> None:
        """Take the words in the order of their ids, without RESERVED, which come first."""
        self.vocabulary = (*RESERVED, *vocabulary)
        self.max_tokens = max_tokens
        self.normalizer = normalizer
        self._ids = {word: index for index, word in enumerate(self.vocabulary)}
        clean = decode_entities if normalizer == 1 else cleaned_chunk
        self._chunks = ChunkIds(self._ids, clean, self._resolve, UNKNOWN)

    @classmethod
    def fit(
        cls, texts: Iterable[str], *, vocabulary_size: int, min_count: int = 1, max_tokens: int = 64
    ) -> "Tokenizer":
        """Keep the most frequent words with `min_count` or more, of ties the alphabetically first.

        `vocabulary_size` includes the reserved ids: it is the number of rows of the embedding.
        """
        counts = Counter(word for text in texts for word in words(text))
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        kept = [word for word, count in ranked if count >= min_count and word not in RESERVED]
        return cls(kept[: max(vocabulary_size - len(RESERVED), 0)], max_tokens)

    def encode(self, text: str) -> Encoded:
        """Return the ids, at most `max_tokens` of them: "good film!" → [57, 210, 4]."""
        flat, _, (truncated,) = self.encode_all([text])
        return Encoded(memoryview(flat).cast("i").tolist(), truncated)

    def encode_all(self, texts: Sequence[str]) -> EncodedTexts:
        """Return the ids of each text, without an object for each id."""
        longest = self.max_tokens * CHARACTERS_PER_TOKEN
        cut = [len(text) > longest for text in texts]
        if any(cut):
            texts = [text[:longest] for text in texts]
        # One look at all texts costs less than a look at each.
        if self.normalizer > 1 and may_have_sequences("".join(texts)):
            texts = list(map(without_sequences, texts))
        ids_of, join = self._chunks.__getitem__, b"".join
        rows = [join(map(ids_of, text.split())) or _NOTHING for text in texts]
        sizes = list(map(len, rows))
        most = self.max_tokens * ID_BYTES
        if max(sizes, default=0) > most:
            cut = [size > most or already for size, already in zip(sizes, cut, strict=True)]
            rows = [row[:most] for row in rows]
            sizes = list(map(len, rows))
        return EncodedTexts(join(rows), sizes, cut)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of `encode`, with their places in the original text."""
        read, starts, ends = cleaned(
            text[: self.max_tokens * CHARACTERS_PER_TOKEN], self.normalizer
        )
        found = [
            Token(
                self.vocabulary[token_id],
                token_id,
                starts[match.start() + start],
                ends[match.start() + end - 1],
            )
            for match in TOKEN.finditer(read)
            for piece in pieces(match)
            for token_id, start, end in self._resolve(piece)
        ]
        return found[: self.max_tokens] or [Token(RESERVED[EMPTY], EMPTY, 0, 0)]

    def to_json(self) -> str:
        """Return the tokeniser as JSON, the inverse of `from_json`."""
        return json.dumps(
            {
                "normalizer": self.normalizer,
                "max_tokens": self.max_tokens,
                "vocabulary": self.vocabulary[len(RESERVED) :],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, source: str) -> "Tokenizer":
        """Read what `to_json` wrote; SentimentError if it is something else, or newer."""
        try:
            data = json.loads(source)
            version, max_tokens, vocabulary = (
                data["normalizer"], data["max_tokens"], data["vocabulary"]
            )  # fmt: skip
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise SentimentError(f"tokenizer.json is not a tokeniser ({error!r})") from None
        if version not in range(1, NORMALIZER_VERSION + 1):
            raise SentimentError(
                f"tokenizer.json has normaliser {version!r:.60}, this program reads those up to "
                f"{NORMALIZER_VERSION}; use the version that trained the model"
            )
        if type(max_tokens) is not int or max_tokens < 1:
            raise SentimentError("tokenizer.json: max_tokens must be a whole number above 0")
        if max_tokens > MOST_TOKENS:
            raise SentimentError(f"tokenizer.json: max_tokens must be at most {MOST_TOKENS:,}")
        if not isinstance(vocabulary, list) or not all(isinstance(w, str) for w in vocabulary):
            raise SentimentError("tokenizer.json: vocabulary must be a list of words")
        return cls(vocabulary, max_tokens, int(version))

    def _resolve(self, piece: Piece) -> list[tuple[int, int, int]]:
        """Return (id, start, end) for a piece: of its best known form, or of its parts."""
        for form in piece.forms:
            known = self._ids.get(form)
            if known is not None:
                return [(known, piece.start, piece.end)]
        if self.normalizer > 1 and not piece.forms[0].isascii():
            for form in map(without_accents, piece.forms):
                if (known := self._ids.get(form)) is not None:
                    return [(known, piece.start, piece.end)]
        if piece.kind == "hashtag":
            return self._segments(piece)
        if piece.kind == "emoji":
            named = [self._ids[word] for word in emoji_words(piece.forms[0]) if word in self._ids]
            if named:
                return [(word, piece.start, piece.end) for word in named]
        return [(UNKNOWN, piece.start, piece.end)]

    def _segments(self, piece: Piece) -> list[tuple[int, int, int]]:
        """Split an unknown hashtag into the most probable known words: "worstday" → worst, day.

        The probability of a word is taken as 1 / its rank (Zipf 1949): no counts are needed.
        """
        body = piece.forms[0] if self.normalizer == 1 else without_accents(piece.forms[0])
        # The characters of a shortened hashtag are not those of the text: its words share one span.
        aligned = len(body) == piece.end - piece.start
        size, ids = len(body), self._ids
        unknown_cost = 2 * log(len(self.vocabulary) + 1)
        costs, origins = [0.0, *repeat(inf, size)], [0] * (size + 1)
        for start in range(size):
            so_far = costs[start]
            if so_far + unknown_cost < costs[start + 1]:
                costs[start + 1], origins[start + 1] = so_far + unknown_cost, start
            for end in range(start + 1, min(start + _LONGEST_SEGMENT, size) + 1):
                rank = ids.get(body[start:end])
                # Of two equal costs the first counts: its last word is longer.
                if rank is not None and (cost := so_far + log(rank + 2) + 2) < costs[end]:
                    costs[end], origins[end] = cost, start
        found: list[tuple[int, int, int]] = []
        end = len(body)
        while end:
            start = origins[end]
            place = (piece.start + start, piece.start + end)
            span = place if aligned else (piece.start, piece.end)
            found.append((self._ids.get(body[start:end], UNKNOWN), *span))
            end = start
        found.reverse()
        known = [token for token in found if token[0] != UNKNOWN]
        return known if 2 * len(known) > len(found) else [(UNKNOWN, piece.start, piece.end)]


_EMOJI_RUN = re.compile(f"(?:{EMOJI.pattern})+")
# "n't", however its apostrophe is written, or without one.
_NEGATION = re.compile("n['\u2019\u02bc`]?t", re.IGNORECASE)
_JOINERS = "\u200c\u200d"


class Unit(NamedTuple):
    """Neighbouring tokens, and the characters of the original text that people see as one thing."""

    start: int
    end: int
    ids: tuple[int, ...]


def units(tokenizer: Tokenizer, text: str) -> list[Unit]:
    """Return the units of what the model reads: "i don't 😂😂😂" → i, don't, 😂😂😂.

    They are in the order of the text and do not overlap; their ids together are those of
    `Tokenizer.encode`. A text without tokens has no units.
    """
    version = tokenizer.normalizer
    read, starts, ends = cleaned(text[: tokenizer.max_tokens * CHARACTERS_PER_TOKEN], version)
    runs = {starts[run.start()]: ends[run.end() - 1] for run in _EMOJI_RUN.finditer(read)}
    found: list[Unit] = []
    for token in tokenizer.tokens(text):
        if token.id == EMPTY:
            continue
        # A run of emoji ends with the last, though of a kind only the first two are tokens.
        end = max(token.end, runs.get(token.start, 0))
        while end < len(text) and _is_mark(text[end]):
            end += 1
        if found and _seen_as_one(text, found[-1], token, version):
            last = found.pop()
            found.append(Unit(last.start, max(last.end, end), (*last.ids, token.id)))
        else:
            found.append(Unit(token.start, end, (token.id,)))
    return found


def _is_mark(character: str) -> bool:
    """Return whether a character modifies or joins others: an accent, an Indic vowel sign."""
    return character in _JOINERS or unicodedata.category(character)[0] == "M"


def _seen_as_one(text: str, last: Unit, token: Token, version: int) -> bool:
    """Return whether a token is seen as part of the unit before it."""
    if token.start < last.end:  # the words that an emoji, or a shortened hashtag, is read as
        return True
    if cleaned(text[last.end : token.start], version).text:
        return False
    inside_a_word = _is_mark(text[last.end - 1]) and text[last.start].isalpha()
    raw = cleaned(text[token.start : token.end], version).text
    opens_a_hashtag = text[last.start : last.end] == "#"
    return inside_a_word or opens_a_hashtag or _NEGATION.fullmatch(raw) is not None
